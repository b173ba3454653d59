"""Mattes out: what to ask the artist, and how it is written."""
