"""One screen a step, and the dialogs."""
