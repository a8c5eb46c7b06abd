"""What the practice gateway is held to."""
