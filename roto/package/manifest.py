"""From a package to the JSON value of its ``matte.json``, and back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from roto.errors import PackageError
from roto.export.contract import Provenance
from roto.package.paths import check_inside
from roto.package.records import (
    MANIFEST,
    FileRecord,
    Frames,
    Package,
    PackagedClip,
    PackagedObject,
    Representation,
)
from roto.package.schema import SCHEMA, VERSION, check_schema, upgraded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_RATIONAL = re.compile(r"[1-9][0-9]{0,9}/[1-9][0-9]{0,9}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 2**53 - 1  # what every JSON reader holds exactly
_KINDS = ("sequence", "layer", "cryptomatte", "movie")


def to_manifest(package: Package) -> dict[str, Any]:
    """The JSON value of a package, in the order in which a person reads it."""
    made = package.provenance
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "name": package.name,
        "clip": _clip_json(package.clip),
        "objects": [_object_json(one) for one in package.objects],
        "provenance": {
            "roto": made.roto,
            "model": made.model,
            "weights": made.weights,
            "settings": dict(made.settings),
            "keyframes": {name: _ranges(Frames.of(at)) for name, at in made.keyframes.items()},
        },
        "files": {
            name: {"sha256": file.sha256, "bytes": file.bytes}
            for name, file in sorted(package.files.items())
        },
    }


def from_manifest(data: object, folder: Path) -> Package:
    """The package that a JSON value tells of.

    Args:
        data: What ``matte.json`` says, of any version.
        folder: Where it is.

    Raises:
        PackageError: it is not a manifest, of a newer roto, damaged, or contradicts itself.
    """
    where = str(folder / MANIFEST)
    found = upgraded(data, where)
    check_schema(found, where)
    made = found.get("provenance", {})
    keyframes = made.get("keyframes", {})
    package = Package(
        folder=folder,
        name=found["name"],
        clip=_clip(found["clip"], where),
        objects=tuple(_object(one, where) for one in found["objects"]),
        provenance=Provenance(
            roto=made.get("roto", ""),
            model=made.get("model", ""),
            weights=made.get("weights", ""),
            settings=made.get("settings", {}),
            keyframes={name: _frames(at, where) for name, at in keyframes.items()},
        ),
        files=read_files(found["files"], where),
    )
    _check(package, where)
    return package


def read_files(data: Mapping[str, Any], where: str) -> dict[str, FileRecord]:
    """The files that a manifest lists, each checked as the schema says, but quickly.

    Raises:
        PackageError: a path that leaves the package, or a checksum that is none.
    """
    files = {}
    for name, entry in data.items():
        check_inside(name, f"A file in {where}")
        if name == MANIFEST:
            raise PackageError(f"{where} cannot list itself.")
        files[name] = _file(entry, name, where)
    return files


def _file(entry: object, name: str, where: str) -> FileRecord:
    values = entry if isinstance(entry, dict) else {}
    digest, size = values.get("sha256"), values.get("bytes")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise PackageError(f"{where} has no proper checksum of {name}.")
    if isinstance(size, float) and size.is_integer():  # JSON does not tell 12.0 from 12
        size = int(size)
    if type(size) is not int or not 0 <= size <= _MOST_BYTES:
        raise PackageError(f"{where} has no proper size of {name}.")
    return FileRecord(digest, size)


def _clip_json(clip: PackagedClip) -> dict[str, Any]:
    return {
        "path": clip.path,
        "relative": clip.relative,
        "fingerprint": clip.fingerprint,
        "start": clip.start,
        "first": clip.first,
        "last": clip.last,
        "frames": _ranges(clip.frames),
        "handles": list(clip.handles),
        "rate": _text(clip.rate),
        "width": clip.width,
        "height": clip.height,
        "pixel_aspect": _text(clip.pixel_aspect),
        "timecode": clip.timecode or None,
        "timecode_frame": clip.timecode_frame,
        "colour_space": clip.colour_space,
        "data_window": None if clip.data_window is None else list(clip.data_window),
    }


def _clip(data: Mapping[str, Any], where: str) -> PackagedClip:
    frames = _frames(data["frames"], where)
    first, last = int(data["first"]), int(data["last"])
    if (frames[0], frames[-1]) != (first, last):
        raise PackageError(
            f"{where} says that the clip goes from {first} to {last}, but its frames go from "
            f"{frames[0]} to {frames[-1]}."
        )
    head, tail = (int(handle) for handle in data.get("handles", (0, 0)))
    if head + tail > last - first:
        raise PackageError(f"{where} has handles of {head} and {tail} frames: nothing is left.")
    start, window = int(data.get("start", first)), data.get("data_window")
    return PackagedClip(
        path=data.get("path", ""),
        relative=data.get("relative"),
        fingerprint=data.get("fingerprint", ""),
        start=start,
        frames=frames,
        handles=(head, tail),
        rate=_rational(data["rate"], where),
        width=int(data["width"]),
        height=int(data["height"]),
        pixel_aspect=_rational(data["pixel_aspect"], where),
        timecode=data.get("timecode") or "",
        timecode_frame=int(data.get("timecode_frame", start)),
        colour_space=data.get("colour_space", "display"),
        data_window=None if window is None else _box(window),
    )


def _box(data: Sequence[int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(side) for side in data)
    return left, top, right, bottom


def _object_json(one: PackagedObject) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "colour": list(one.colour),
        "representations": [_representation_json(way) for way in one.representations],
        "states": {state: _ranges(frames) for state, frames in one.states.items()},
    }


def _object(data: Mapping[str, Any], where: str) -> PackagedObject:
    red, green, blue = (int(part) for part in data.get("colour", (255, 255, 255)))
    return PackagedObject(
        id=int(data["id"]),
        name=data["name"],
        colour=(red, green, blue),
        representations=tuple(_representation(way, where) for way in data["representations"]),
        states={state: _frames(at, where) for state, at in data.get("states", {}).items()},
    )


def _representation_json(way: Representation) -> dict[str, Any]:
    return {
        "kind": way.kind,
        ("pattern" if way.numbered else "path"): way.pattern,
        "format": way.format,
        "bit_depth": way.bit_depth,
        "channel": way.channel,
        "alpha": way.alpha,
        "range": way.range,
        "colour": way.colour,
        "frames": _ranges(way.frames),
    }


def _representation(data: Mapping[str, Any], where: str) -> Representation:
    pattern = data["pattern"] if "pattern" in data else data["path"]
    check_inside(pattern, f"A representation in {where}")
    return Representation(
        kind=data["kind"],
        pattern=pattern,
        format=data["format"],
        bit_depth=int(data["bit_depth"]),
        frames=_frames(data["frames"], where),
        channel=data.get("channel"),
        alpha=data.get("alpha", "straight"),
        range=data.get("range", "full"),
        colour=data.get("colour", "data"),
    )


def _ranges(frames: Frames) -> list[list[int]]:
    return [[first, last] for first, last in frames.ranges]


def _frames(data: Sequence[Sequence[int]], where: str) -> Frames:
    try:
        return Frames((int(first), int(last)) for first, last in data)
    except PackageError as error:
        raise PackageError(f"{where} is damaged: {error}") from None


def _text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _rational(text: str, where: str) -> Fraction:
    if not _RATIONAL.fullmatch(text):  # "$" of the schema lets a line break through
        raise PackageError(f"{where} has a number that is no ratio: {text!r:.40}.")
    return Fraction(text)


def _check(package: Package, where: str) -> None:
    """Make sure that a manifest does not contradict itself."""
    for what in ("id", "name"):
        values = [getattr(one, what) for one in package.objects]
        if len(set(values)) < len(values):
            raise PackageError(f"{where} has two objects of the same {what}.")
    checked = set()
    for one in package.objects:
        for way in one.representations:
            # Checked once: a hostile manifest could name a long sequence very often.
            if way.kind in _KINDS and (way.pattern, way.frames) not in checked:
                checked.add((way.pattern, way.frames))
                _check_listed(package, way, where)


def _check_listed(package: Package, way: Representation, where: str) -> None:
    for frame in way.frames if way.numbered else way.frames[:1]:
        if way.file(frame) not in package.files:  # ends at the first that is not
            raise PackageError(f"{where} names {way.file(frame)} but has no checksum of it.")
