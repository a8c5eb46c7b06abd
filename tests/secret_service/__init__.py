"""Keys kept in a real gnome-keyring, on a message bus of its own."""
