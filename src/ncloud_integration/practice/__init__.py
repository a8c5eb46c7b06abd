"""A gateway of our own, to practise on without an account or a network."""
