"""A request in the core's words, and the files it comes to. No session, no Qt.

Names and frame numbers are all it takes, so the dialog asks while the artist types.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from roto.delivery import Order
from roto.errors import ExportError, RotoError
from roto.export import FramePattern
from roto.export.contract import Subject
from roto.export.outputs import existing
from roto.export.registry import check, check_some, format_named
from roto.hosts import HostOrder, exporting, folder_beside
from roto.package import MANIFEST, PackageOrder, check_target
from roto.package.orders import InFolder, Way
from roto.package.writing import name_of
from roto_gui.export.hosts import host_named

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


def host_order_of(request: ExportRequest) -> HostOrder:
    """A request for a project in the words of the adapters, which may take seconds to check it.

    Raises:
        HostError: the program cannot do it, or only it can write its projects and is not here.
        ExportError: there is a project already, which may not be replaced.
    """
    return exporting().prepare(
        request.host,
        request.pattern,
        feature=request.feature,
        background=request.background if request.feature == "cutout" else None,
        overwrite=request.overwrite,
    )


def package_folder(request: ExportRequest) -> Path:
    """Where a request's package will be.

    Raises:
        HostError: it is beside a project, and nothing is known of its program.
    """
    place = Path(request.pattern)
    if request.kind != "project":
        return place
    return folder_beside(place, host_named(request.host).extension)


def package_order_of(request: ExportRequest) -> PackageOrder:
    """A request for a package, or for that of a project, in the core's words."""
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
        HostError: nothing is known of the program that a project is for.
    """
    chosen = _chosen(request, names)
    inside = [frame for frame in frames if request.covers(frame)]
    subject = _subject(clip, chosen)
    if request.packaged:
        check_some(chosen, [f for f in inside if request.first <= f <= request.last])
        for way in _ways(request):
            way.job(subject, inside, package_folder(request))
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
    if request.packaged:
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
    if request.packaged:
        inside = [frame for frame in frames if request.covers(frame)]
        root, first = package_folder(request), _in_package(request, names, inside[:1])
        count = len(_in_package(request, names, inside)) if inside else 0
        inner = [path for path in first if path.is_relative_to(root)]
        per_way = {path.relative_to(root).parts[0]: path for path in reversed(inner)}
        beside = [path for path in first if path not in inner]
        return Listing((*reversed(per_way.values()), *beside), count)
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

    Of a package that is its folder, of a project its file as well.
    """
    if not request.packaged:
        return existing(preview(request, names, frames))
    folder = package_folder(request)
    project = [Path(request.pattern)] if request.kind == "project" else []
    found = [path for path in project if os.path.lexists(path)]
    try:
        return [*found, folder] if any(folder.iterdir()) else found
    except FileNotFoundError:
        return found
    except OSError:  # no folder, or one that cannot be read: writing will say why
        return [*found, folder]


def obstacle(request: ExportRequest) -> str:
    """Why a package cannot replace what is there, or a project not be made; empty: they can."""
    if not request.packaged:
        return ""
    try:
        if request.kind == "project":
            host_order_of(replace(request, overwrite=True))
        check_target(Path(os.path.realpath(package_folder(request))), replace_it=True)
    except RotoError as error:
        return str(error)
    return ""


def paths_of(order: Order) -> list[Path]:
    """All files of an order, each once."""
    return list(dict.fromkeys(path for frame in order.frames for path in order.paths(frame)))


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
    name = name_of(package_folder(request))
    return [Way.of(format, name) for format in package_order_of(request).formats()]


def _in_package(
    request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]
) -> list[Path]:
    """The files of a package, and its project, each once, those of a format side by side."""
    root, chosen = package_folder(request), _chosen(request, names)
    inside = [frame for frame in frames if request.covers(frame)]
    found: dict[Path, None] = {}
    for way in _ways(request):
        pattern = InFolder(way.pattern, root=root)
        for frame in inside:
            found |= dict.fromkeys(pattern.path(frame, name) for name in chosen.values())
    project = [Path(request.pattern)] if request.kind == "project" else []
    return [*found, root / MANIFEST, *project]
