"""What the sources of keys are held to."""
