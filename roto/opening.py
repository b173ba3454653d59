"""Sessions from paths and names: :func:`new_session` and :func:`open_session`."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roto.api import load_model
from roto.engine import Settings
from roto.errors import FrameSizeError, SettingsError
from roto.media import FrameSource, open_clip
from roto.models import DEFAULT, find_model, sha256_of
from roto.project import ClipRecord, Project, find_clip, fingerprint, relative_to
from roto.session import Session
from roto.session.status import made_with, provenance_of

if TYPE_CHECKING:
    from fractions import Fraction

    from roto.engine import Engine
    from roto.media import ClipLike

log = logging.getLogger(__name__)

DISK_CACHE_BYTES = 2 * 2**30
"""Bound of the encoded frames beside a project file; ``Session.cache_estimate`` says the need."""


def new_session(
    clip: ClipLike,
    path: str | os.PathLike[str] | None = None,
    *,
    model: str | os.PathLike[str] | Engine = DEFAULT,
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
    first_frame: int | None = None,
    frame_rate: Fraction | None = None,
) -> Session:
    """A session on a clip that is new to roto.

    Args:
        clip: What :func:`roto.open_clip` takes.
        path: Project file to make; without it everything stays in memory until ``save``.
        model: Name, path, or an engine. A network is loaded when something is propagated.
        settings: Working size and memory; not with an engine, which has its own.
        device: As for :func:`roto.load_model`.
        precision: As for :func:`roto.load_model`.
        first_frame: Number of a movie's first frame.
        frame_rate: Frames per second, where the clip does not know it or is wrong.

    Raises:
        ProjectExistsError: there is such a project; open it instead.
        RotoError: clip or model cannot be found or read.
    """
    source = open_clip(clip, first_frame=first_frame, frame_rate=frame_rate)
    try:
        arguments: dict[str, Any] = {} if first_frame is None else {"first_frame": first_frame}
        if frame_rate is not None:
            arguments["frame_rate"] = str(frame_rate)
        record = _clip_record(source, clip, path, arguments)
        project = Project.create(record, path)
        return _session(source, project, model, settings, device, precision)
    except BaseException:
        if source is not clip:
            source.close()
        raise


def open_session(
    path: str | os.PathLike[str],
    *,
    clip: ClipLike | None = None,
    model: str | os.PathLike[str] | Engine = DEFAULT,
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
    read_only: bool = False,
) -> Session:
    """Go on with a project.

    Args:
        path: Project file.
        clip: Where the clip is now, if it cannot be found.
        model: As for :func:`new_session`.
        settings: As for :func:`new_session`.
        device: As for :func:`roto.load_model`.
        precision: As for :func:`roto.load_model`.
        read_only: Look only, also while another program works on it.

    Raises:
        ProjectError: not a project, damaged, or open elsewhere.
        ClipNotFoundError: the clip is not where it was; give ``clip``.
        FrameSizeError: the clip has another size now.
    """
    project = Project.open(path, read_only=read_only)
    try:
        source = _reopen(project, clip)
        _note_place(project, clip)
        return _session(source, project, model, settings, device, precision)
    except BaseException:
        project.close()
        raise


def _session(
    source: FrameSource,
    project: Project,
    model: str | os.PathLike[str] | Engine,
    settings: Settings | None,
    device: str,
    precision: str,
) -> Session:
    if not isinstance(model, (str, os.PathLike)):
        if settings is not None:
            raise SettingsError("An engine has settings of its own; give settings to load_model.")
        return Session(
            source, model, project, made_with=made_with(model), disk_cache_bytes=DISK_CACHE_BYTES
        )
    found = find_model(model)
    settings = settings or Settings()
    load = partial(load_model, model, settings=settings, device=device, precision=precision)
    made = provenance_of(found.name, sha256_of(found.path), settings)
    return Session(source, load, project, made_with=made, disk_cache_bytes=DISK_CACHE_BYTES)


def _clip_record(
    source: FrameSource,
    clip: ClipLike,
    path: str | os.PathLike[str] | None,
    arguments: dict[str, Any],
) -> ClipRecord:
    known = source.clip
    on_disk = isinstance(clip, (str, os.PathLike))
    absolute = os.path.abspath(os.fspath(clip)) if on_disk else ""  # type: ignore[arg-type]
    return ClipRecord(
        name=Path(known.path).name or "clip",
        absolute=absolute,
        relative=relative_to(absolute, path) if path is not None and absolute else None,
        fingerprint=fingerprint(absolute) if absolute else "",
        width=known.width,
        height=known.height,
        frame_rate=str(known.frame_rate),
        first_frame=known.first_frame,
        frame_count=known.frame_count,
        colour_space=known.colour_space,
        arguments=arguments,
    )


def _note_place(project: Project, clip: ClipLike | None) -> None:
    """A clip that was found again is looked for in its new place from now on."""
    if not isinstance(clip, (str, os.PathLike)) or project.read_only:
        return
    place = os.path.abspath(os.fspath(clip))
    record = replace(
        project.clip,
        absolute=place,
        relative=None if project.path is None else relative_to(place, project.path),
        fingerprint=fingerprint(place),
    )
    if record != project.clip:
        with project.edit(None) as edit:
            edit.set_clip(record)


def _reopen(project: Project, clip: ClipLike | None) -> FrameSource:
    record = project.clip
    if clip is None:
        found = find_clip(record, project.path)
        if found.changed:
            log.warning("The clip %s is not what it was when the project was made.", found.path)
        clip = found.path
    source = open_clip(clip, **record.arguments)
    if (source.clip.width, source.clip.height) != (record.width, record.height):
        source.close()
        raise FrameSizeError(
            f"The clip {record.name!r} is {source.clip.width}x{source.clip.height} but the project "
            f"was made with {record.width}x{record.height}; give the right clip."
        )
    return source
