"""``roto info``: what a clip is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roto.cli.output import emit
from roto.media import describe, open_clip

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Print the description of a clip."""
    with open_clip(options.plate) as source:
        clip = source.clip
    if options.json:
        values = asdict(clip)
        emit("clip", **{name: _plain(value) for name, value in values.items()})
        return 0
    rows = describe(clip)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    return 0


def _plain(value: object) -> object:
    """Fractions as text, which is exact; the rest as it is."""
    return value if isinstance(value, (int, str, bool, tuple, type(None))) else str(value)
