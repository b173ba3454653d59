"""A request in the core's words, and the files it comes to. No session, no Qt.

Names and frame numbers are all it takes, so the dialog asks while the artist types.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roto.delivery import Order
from roto.errors import ExportError
from roto.export import FramePattern
from roto.export.contract import Subject
from roto.export.registry import check, check_some, format_named
from roto.package import MANIFEST, PackageOrder, check_target
from roto.package.orders import InFolder, Way
from roto.package.writing import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto.media.source import Clip
    from roto_gui.state import ExportRequest

_SHOWN = 4  # files of one frame, or movies, that are named in full


def order_of(request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]) -> Order:
    """A request for mattes or label maps in the core's words.

    Args:
        request: What was asked for.
        names: Names of all objects by id; those of the request are taken from it.
        frames: All frame numbers of the clip, ascending; those in the range are taken.

    Raises:
        ExportError: an object is not there any more.
        SettingsError: there is no such format, or something in the pattern's braces is not
            ``{object}``.
    """
    labels = request.kind == "labels"
    format = format_named(request.format) if request.format and not labels else None
    extension, movie = (format.extensions[0], format.movie) if format else (".png", False)
    return Order(
        _chosen(request, names),
        [frame for frame in frames if request.covers(frame)],
        FramePattern(request.pattern, extension, movie),
        format,
        request.look,
        labels=labels,
    )


def package_order_of(request: ExportRequest) -> PackageOrder:
    """A request for a package in the core's words."""
    return PackageOrder(
        objects=request.objects or None,
        range=(request.first, request.last),
        handles=request.handles,
        also=request.also,
        overwrite=request.overwrite,
        partial=request.partial,
    )


def check_request(
    request: ExportRequest, clip: Clip, names: Mapping[int, str], frames: Sequence[int]
) -> None:
    """Make sure that a request can be written, as far as can be told without the session.

    Args:
        request: What is asked for.
        clip: Of the plate.
        names: Names of all objects by id.
        frames: All frame numbers of the clip, ascending.

    Raises:
        ExportError: there is nothing to write.
        SettingsError: the pattern, the format or what is to be in it cannot be.
    """
    chosen = _chosen(request, names)
    inside = [frame for frame in frames if request.covers(frame)]
    subject = _subject(clip, chosen)
    if request.kind == "package":
        check_some(chosen, [f for f in inside if request.first <= f <= request.last])
        for way in _ways(request):
            way.job(subject, inside, Path(request.pattern))
        return
    order = order_of(request, names, frames)
    order.check()
    if request.kind == "mattes":
        check(order.job(subject), order.chosen)


def preview(request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]) -> list[Path]:
    """All files that would be written, each once, by frame and object.

    Args:
        request: What is asked for.
        names: Names of all objects by id.
        frames: All frame numbers of the clip, ascending.

    Raises:
        ExportError: there is nothing to write.
        SettingsError: the pattern, the format or the bit depth cannot be.
    """
    if request.kind == "package":
        return _in_package(request, names, frames)
    order = order_of(request, names, frames)
    order.check()
    return paths_of(order)


@dataclass(frozen=True)
class Listing:
    """What a request comes to, for people.

    Attributes:
        shown: The first files and the last one.
        count: How many there are.
    """

    shown: tuple[Path, ...]
    count: int


def listing(request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]) -> Listing:
    """The same without naming every file; arguments and errors as of :func:`preview`."""
    if request.kind == "package":
        inside = [frame for frame in frames if request.covers(frame)]
        first = _in_package(request, names, inside[:1])
        count = len(_in_package(request, names, inside)) if inside else 0
        per_way = {path.relative_to(request.pattern).parts[0]: path for path in reversed(first)}
        return Listing(tuple(reversed(per_way.values())), count)
    order = order_of(request, names, frames)
    first, last = order.paths(order.frames[0]), order.paths(order.frames[-1])
    if first == last:  # movies, or one frame
        few = len(first) <= _SHOWN
        return Listing(tuple(first if few else [*first[: _SHOWN - 1], first[-1]]), len(first))
    count = len(first) * len(order.frames)
    return Listing((*first[:2], last[-1]) if count > 2 else (*first, *last), count)


def existing_files(
    request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]
) -> list[Path]:
    """Which of the files are there already; arguments and errors as of :func:`preview`.

    Of a package that is its folder.
    """
    if request.kind != "package":
        return existing(preview(request, names, frames))
    folder = Path(request.pattern)
    try:
        return [folder] if any(folder.iterdir()) else []
    except FileNotFoundError:
        return []
    except OSError:  # no folder, or one that cannot be read: writing will say why
        return [folder]


def obstacle(request: ExportRequest) -> str:
    """Why what is there already cannot be replaced by a package; empty where it can."""
    if request.kind != "package":
        return ""
    try:
        check_target(Path(os.path.realpath(request.pattern)), replace_it=True)
    except ExportError as error:
        return str(error)
    return ""


def paths_of(order: Order) -> list[Path]:
    """All files of an order, each once."""
    return list(dict.fromkeys(path for frame in order.frames for path in order.paths(frame)))


def existing(paths: Sequence[Path]) -> list[Path]:
    """Those that are there. Folders are listed once: asking file by file is slow on servers."""
    listed: dict[Path, frozenset[str]] = {}
    for folder in {path.parent for path in paths}:
        try:
            listed[folder] = frozenset(name.casefold() for name in os.listdir(folder))
        except OSError:  # not there, or not readable: writing will say why
            listed[folder] = frozenset()
    likely = [path for path in paths if path.name.casefold() in listed[path.parent]]
    return [path for path in likely if path.exists()]


def _chosen(request: ExportRequest, names: Mapping[int, str]) -> dict[int, str]:
    """Names of the request's objects by id, ascending.

    Raises:
        ExportError: one is not there any more.
    """
    ids = request.objects or tuple(names)
    if any(i not in names for i in ids):
        raise ExportError("An object to export is not there any more: choose the objects anew.")
    return {i: names[i] for i in sorted(ids)}


def _subject(clip: Clip, names: Mapping[int, str]) -> Subject:
    """What is known of an export's subject without its session."""
    return Subject(
        size=(clip.height, clip.width),
        names=names,
        frame_rate=clip.frame_rate,
        pixel_aspect=clip.pixel_aspect,
        colour_space=clip.colour_space,
        timecode=clip.timecode,
        first_frame=clip.first_frame,
    )


def _ways(request: ExportRequest) -> list[Way]:
    name = name_of(Path(request.pattern))
    return [Way.of(format, name) for format in package_order_of(request).formats()]


def _in_package(
    request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]
) -> list[Path]:
    """The files of a package, each once, those of one format after those of another."""
    root, chosen = Path(request.pattern), _chosen(request, names)
    inside = [frame for frame in frames if request.covers(frame)]
    found: dict[Path, None] = {}
    for way in _ways(request):
        pattern = InFolder(way.pattern, root=root)
        for frame in inside:
            found |= dict.fromkeys(pattern.path(frame, name) for name in chosen.values())
    return [*found, root / MANIFEST]
