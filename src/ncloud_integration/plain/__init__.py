"""The walk as line prompts, for screen readers and terminals that only print: the same rules, the same submission."""
