"""Real-time playback, and its buttons."""
