"""What survives a dropped connection, a killed process, and a closed terminal."""
