"""Tests of what survives a dropped connection and a killed process."""
