"""What every file says of itself: how its pixels are meant, and what they were made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto.export.contract import Job
    from roto.media.source import ColourSpace

KEY = "roto/key"
"""The note that says what a frame was made of; see ``Picture.key``."""


def notes_of(job: Job, key: str, light: ColourSpace) -> dict[str, str]:
    """How pixels are meant, by name, as text of 7 bits.

    The same pixels get the same notes, so that files that need not change do not.

    Args:
        job: What is written.
        key: See ``Picture.key``; left out where it is "".
        light: What the file's colours mean.
    """
    notes = {
        "roto/version": job.subject.provenance.roto,
        "roto/alpha": alpha_of(job),
        "roto/colour": _colour_of(job, light),
        KEY: key,
    }
    return {name: value for name, value in notes.items() if value}


def provenance_notes(job: Job, frame: int) -> dict[str, str]:
    """What mattes were made of, by name, as text of 7 bits."""
    made = job.subject.provenance
    notes = {
        "roto/model": made.model,
        "roto/weights": made.weights,
        "roto/settings": as_json(made.settings),
        "roto/keyframes": as_json(made.keyframes),
        "roto/frame": str(frame),
    }
    return {name: value for name, value in notes.items() if value}


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON of 7 bits, so that any header holds it."""
    return json.dumps(value, separators=(", ", ": "))


def alpha_of(job: Job) -> str:
    """``matte``, ``straight``, ``premultiplied``, or ``none`` where there is no alpha."""
    look = job.look
    if look.content == "cutout":
        return "premultiplied" if look.premultiplied else "straight"
    return "matte" if look.content == "matte" else "none"


def _colour_of(job: Job, light: ColourSpace) -> str:
    """In words what the colour values are."""
    if job.look.content == "matte":
        return "data: alpha, linear from 0 to 1"
    plate = job.subject.colour_space
    meant = {"display": "display: sRGB code values", "linear": "linear light"}[light]
    if plate == light:
        return f"{meant}, as the plate"
    return f"{meant}, the plate converted by the sRGB curve"
