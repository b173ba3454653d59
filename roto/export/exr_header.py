"""The header of an EXR: rate, timecode, pixel aspect, notes; and names that EXR readers take."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from roto.export.notes import as_json, notes_of, provenance_notes
from roto.export.timecode import timecode_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from roto.export.contract import Job, Picture

_LONGEST_LAYER = 48  # Blender cuts names at 63 bytes, with the component


def header_of(job: Job, picture: Picture) -> dict[str, Any]:
    """Attributes that all parts of a frame's file have."""
    subject = job.subject
    header: dict[str, Any] = {
        "framesPerSecond": subject.frame_rate,
        "pixelAspectRatio": float(subject.pixel_aspect),
        **notes_of(job, picture.key, "linear"),
        **provenance_notes(job, picture.frame),
    }
    code = _timecode(job, picture.frame)
    if code is not None:
        header["timeCode"] = code
    missing = [name for i, name in subject.names.items() if i not in picture.mattes]
    if missing:
        header["roto/missing"] = as_json(missing)
    return header


def layer_names(names: Mapping[int, str]) -> dict[int, str]:
    """A layer for each object: ASCII letters, digits, "_" and "-", no two alike.

    >>> layer_names({1: "hero", 2: "left arm", 3: "left.arm", 4: "左腕"})
    {1: 'hero', 2: 'left_arm', 3: 'left_arm_2', 4: 'object4'}
    """
    layers: dict[int, str] = {}
    for object_id, name in sorted(names.items()):
        layers[object_id] = _free(_safe(name) or f"object{object_id}", layers.values())
    return layers


def _safe(name: str) -> str:
    """The name in the letters that every compositor takes; a "." would begin another layer."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_")
    text = f"_{text}" if text[:1].isdigit() else text
    return text[:_LONGEST_LAYER]


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or with a number where another layer has it, in whatever case."""
    used = {other.casefold() for other in taken}
    candidate, number = name, 2
    while candidate.casefold() in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def _timecode(job: Job, frame: int) -> Any:
    """OpenEXR's own timecode; None where the plate has none.

    It counts to 29: above 30 frames per second two frames share a number, and the field phase
    tells them apart, as SMPTE ST 12-1 has it.
    """
    import OpenEXR

    label = timecode_at(job.subject, frame)
    if label is None:
        return None
    pairs = round(job.subject.frame_rate) > 30
    code = OpenEXR.TimeCode()
    code.hours, code.minutes, code.seconds = label.hours, label.minutes, label.seconds
    code.frame = min(label.frame // 2 if pairs else label.frame, 29)
    code.fieldPhase = pairs and bool(label.frame % 2)
    code.dropFrame = label.drop
    return code
