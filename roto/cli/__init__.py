"""The command line: every command is a few lines around a session."""

from roto.cli.main import main

__all__ = ["main"]
