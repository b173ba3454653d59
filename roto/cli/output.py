"""Lines for people and lines for programs."""

from __future__ import annotations

import json
import sys
from typing import Any


def say(text: str, *, json_lines: bool = False) -> None:
    """A line for the person at the terminal; silent where a program reads along."""
    if not json_lines:
        print(text)


def tell(text: str) -> None:
    """A line beside the output: what is good to know and no result."""
    print(text, file=sys.stderr)


def emit(event: str, **values: Any) -> None:
    """One JSON line for the program that reads along."""
    print(json.dumps({"event": event, **values}), flush=True)
