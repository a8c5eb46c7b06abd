"""Tests of the line prompts."""
