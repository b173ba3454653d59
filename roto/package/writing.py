"""Writes what a session knows as a package of mattes, frame by frame."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from roto.delivery import Written, subject_of
from roto.errors import ExportError, PackageError
from roto.package.channels import channel_of
from roto.package.checking import extra_files
from roto.package.folders import whole_folder
from roto.package.manifest import from_manifest, to_manifest
from roto.package.orders import PackageOrder, Way, check_gaps, check_movies
from roto.package.reading import read_package
from roto.package.records import (
    MANIFEST,
    Frames,
    Package,
    PackagedClip,
    PackagedObject,
    Representation,
)
from roto.package.writers import Writers
from roto.project import relative_to
from roto.session.states import State

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from roto.delivery import Gaps
    from roto.export.contract import Subject
    from roto.session import Session

_ENDING = ".mattes"
_PAIR = re.compile(r"\[\n *(-?\d+),\n *(-?\d+)\n *\]")
_JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # file managers leave these anywhere


def write_package(
    session: Session, folder: str | os.PathLike[str], order: PackageOrder | None = None
) -> Generator[Written, None, Package]:
    """Write a package; one event per frame. It appears when the last one was asked for.

    Everything that can be told beforehand is checked before this function returns. Stop asking
    to cancel: then nothing appears, and an older package stays as it is.

    Args:
        session: What knows the frames.
        folder: The package to make; missing parents are made. Any name will do.
        order: What is to be in it; None for EXR sequences of all objects at all frames.

    Returns:
        The events; the generator's own return value is the package.

    Raises:
        ExportError: there is something already, nothing to write, or frames are missing.
        SettingsError: an unknown representation, or one that cannot hold this.
        KeyframeError: the clip has none of these frames.
        MaskError: no such object.
    """
    order = order or PackageOrder()
    target = Path(os.path.realpath(folder))
    check_target(target, replace_it=order.overwrite)
    names = order.names(session)
    frames, handles = order.frames(session)
    name = name_of(target)
    ways = [Way.of(format, name) for format in order.formats()]
    subject = subject_of(session, names)
    for way in ways:
        way.job(subject, frames, target)
    found = check_gaps(session, names, frames, partial=order.partial)
    check_movies(ways, found)
    plan = _Plan(Path(folder), target, name, subject, frames, handles, ways, found)
    return _write(session, plan, replace_it=order.overwrite)


def name_of(folder: Path) -> str:
    """The name of the shot that a package's folder stands for."""
    return folder.name.removesuffix(_ENDING) or folder.name


@dataclass(frozen=True)
class _Plan:
    """What is written where. ``folder`` is ``target`` as it was given."""

    folder: Path
    target: Path
    name: str
    subject: Subject
    frames: Frames
    handles: tuple[int, int]
    ways: list[Way]
    found: Gaps


def _write(session: Session, plan: _Plan, *, replace_it: bool) -> Generator[Written, None, Package]:
    may_replace = partial(check_target, plan.target, replace_it=True) if replace_it else None
    described = _describe(session, plan)  # as it is now: edits while it is written are not in it
    with whole_folder(plan.target, may_replace) as root:
        writers = Writers(session, plan.subject, plan.ways, plan.frames, plan.found.missing, root)
        for done in writers.write():
            yield Written(done.event, [plan.folder / name for name in done.files])
        manifest = to_manifest(replace(described, files=writers.files))
        package = from_manifest(manifest, root)  # what we write, we can read
        (root / MANIFEST).write_bytes(_text(manifest).encode("utf-8"))
    return replace(package, folder=plan.folder)


def _text(manifest: dict[str, Any]) -> str:
    """JSON for people: a range of frames is on one line. Line breaks in texts are escaped."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    return _PAIR.sub(r"[\1, \2]", text) + "\n"


def _describe(session: Session, plan: _Plan) -> Package:
    """The package without its files."""
    subject, height, width = plan.subject, *plan.subject.size
    place = session.source.clip.path
    path = os.path.abspath(place) if place else ""
    relative = relative_to(path, plan.target / MANIFEST)
    clip = PackagedClip(
        path=_encodable(path),
        relative=None if relative is None else _encodable(relative),
        fingerprint=session.project.clip.fingerprint,
        start=session.source.clip.first_frame,
        frames=plan.frames,
        handles=plan.handles,
        width=width,
        height=height,
        rate=subject.frame_rate,
        pixel_aspect=subject.pixel_aspect,
        colour_space=subject.colour_space,
        timecode=subject.timecode,
        timecode_frame=subject.first_frame,
        data_window=subject.data_window,
    )
    states = session.status().states
    objects = tuple(
        PackagedObject(
            id=i,
            name=name,
            colour=session.objects[i].colour,
            representations=tuple(_representation(plan, way, i) for way in plan.ways),
            states=_by_state(states[i], plan.frames),
        )
        for i, name in sorted(subject.names.items())
    )
    return Package(plan.folder, plan.name, clip, objects, subject.provenance)


def _representation(plan: _Plan, way: Way, object_id: int) -> Representation:
    missing = frozenset(plan.found.missing.get(object_id, ()))
    name = plan.subject.names[object_id]
    return Representation(
        kind=way.kind,
        pattern=way.of_object(name),
        format=way.format.name,
        bit_depth=way.bit_depth,
        frames=Frames.of(frame for frame in plan.frames if frame not in missing),
        channel=channel_of(way.format.name, object_id, plan.subject.names),
    )


def _by_state(states: Mapping[int, State], frames: Frames) -> dict[str, Frames]:
    found = {state: Frames.of(f for f in frames if states[f] == state) for state in get_args(State)}
    return {state: where for state, where in found.items() if where}


def _encodable(path: str) -> str:
    """Names of files may hold bytes that are no text, which no JSON can hold."""
    return path.encode("utf-8", "replace").decode("utf-8")


def check_target(target: Path, *, replace_it: bool) -> None:
    """Make sure that a package may be written, and that nothing but a package would be lost.

    Args:
        target: Its folder, links resolved.
        replace_it: Whether an older package may be replaced.

    Raises:
        ExportError: there is something else, or there may be nothing.
    """
    if not os.path.lexists(target) or (target.is_dir() and not any(target.iterdir())):
        return
    if not replace_it:
        raise ExportError(
            f"Cannot write {target}: it is there already; choose another name, or overwrite it."
        )
    try:
        package = read_package(target)
    except PackageError as error:
        raise ExportError(f"{target} is not replaced: {error} Move it away first.") from error
    foreign = [name for name in extra_files(package) if Path(name).name not in _JUNK]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise ExportError(
            f"{target} is not replaced: {foreign[0]}{more} would be lost, which roto did not "
            "write. Move it away first."
        )
