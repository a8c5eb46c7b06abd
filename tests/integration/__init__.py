"""What the rules of an integration are held to."""
