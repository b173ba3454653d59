"""``roto info``: what a clip is, and with ``--check`` whether all of it can be read."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import TYPE_CHECKING

from tqdm import tqdm

from roto.cli.output import emit
from roto.cli.texts import count
from roto.media import check_frames, describe, frames_to_check, open_clip, open_to_check
from roto.media.describe import frame_ranges

if TYPE_CHECKING:
    import argparse

    from roto.media import Checked, Clip, FrameSource

BROKEN = 1


def run(options: argparse.Namespace) -> int:
    """Print the description of a clip; the exit code is 1 where ``--check`` finds a bad frame."""
    with redirect_stdout(sys.stderr):  # OpenEXR prints warnings, which are no JSON lines
        source = (open_to_check if options.check else open_clip)(options.plate)
    with source:
        if options.json:
            values = asdict(source.clip)
            emit("clip", **{name: _plain(value) for name, value in values.items()})
        else:
            _print(source.clip)
        return _check(source, json_lines=options.json) if options.check else 0


def _print(clip: Clip) -> None:
    rows = describe(clip)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")


def _check(source: FrameSource, *, json_lines: bool) -> int:
    """Decode all frames, say what is wrong with which; the exit code."""
    total, checked = len(frames_to_check(source)), check_frames(source)
    bad: list[Checked] = []
    # Without a terminal a bar is noise in a log: tqdm's None asks for one.
    silent = True if json_lines else None
    with tqdm(total=total, desc="Checked", unit="frame", file=sys.stderr, disable=silent) as bar:
        for done in range(1, total + 1):
            with redirect_stdout(sys.stderr):
                found = next(checked)
            bar.update()
            if found.trouble:
                bad.append(found)
            if json_lines:
                emit("frame", **asdict(found), done=done, total=total)
    frames = [found.frame for found in bad]
    if json_lines:
        emit("end", frames=total, bad=frames)
    else:
        for found in bad:
            print(f"{found.frame}: {found.text}")
        worst = f"{len(bad)} with trouble: {frame_ranges(frames)}" if bad else "nothing is wrong"
        print(f"{count(total, 'frame')} checked, {worst}.")
    return BROKEN if bad else 0


def _plain(value: object) -> object:
    """Fractions as text, which is exact; the rest as it is."""
    return value if isinstance(value, (int, str, bool, tuple, type(None))) else str(value)
