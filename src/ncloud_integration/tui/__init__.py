"""The wizard on a terminal: screens, widgets, and what goes over the wire to the terminal."""
