"""The open project: its only writer, the thread that owns the session, and values it sends."""
