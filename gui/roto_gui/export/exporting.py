"""Export as the app asks for it: the same files as ``roto export`` writes. No Qt.

``preview`` and ``existing_files`` only need names and frame numbers, so the dialog calls them
while the artist types; ``Export`` and ``export`` need the session and run in its thread.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from roto.delivery import Order, deliver, gaps
from roto.errors import ExportError
from roto.export import FramePattern
from roto.export.contract import Look
from roto_gui.state import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.session import Session
    from roto_gui.state import ExportRequest


def export(session: Session, request: ExportRequest) -> Iterator[Progress]:
    """Write what a request asks for; see :class:`Export`."""
    return Export(request)(session)


class Export:
    """One export, which may be begun anew when an edit came between.

    Args:
        request: What to write.

    Called with the session it checks everything first, then writes a frame per event. Stop
    asking to cancel: every file is whole. Called again it writes all of it anew, and takes the
    files it wrote itself for its own.

    Raises:
        ExportError: there is nothing to write, frames are missing or open and the request does
            not say ``partial``, files exist and it does not say ``overwrite``, or the disk is full.
        SettingsError: the pattern, the format or the bit depth cannot be.
    """

    def __init__(self, request: ExportRequest) -> None:
        self.request = request
        self.files: list[Path] = []
        """What was written so far, the newest last."""
        self._own: set[Path] = set()

    def __call__(self, session: Session) -> Iterator[Progress]:
        """The frames as they are on disk."""
        names = {i: record.name for i, record in session.objects.items()}
        order = order_of(self.request, names, session.source.frame_numbers)
        order.check()
        found = gaps(session, order)
        if found and not self.request.partial:
            raise ExportError(f"{found}: propagate first, or export what is there.")
        self._check_existing(order)
        self._own.update(_paths(order))  # some are written ahead of their events
        self.files = []
        started, total = time.perf_counter(), len(order.frames)
        for written in deliver(session, order, found):
            self.files += written.files
            event = written.event
            seconds = time.perf_counter() - started
            yield Progress("export", event.done, total, event.frame, seconds=seconds)

    def _check_existing(self, order: Order) -> None:
        if self.request.overwrite:
            return
        there = [path for path in _existing(_paths(order)) if path not in self._own]
        if there:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            raise ExportError(
                f"{there[0]}{more} exist already: allow them to be replaced, or choose other names."
            )


def order_of(request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]) -> Order:
    """A request in the core's words.

    Args:
        request: What was asked for.
        names: Names of all objects by id; those of the request are taken from it.
        frames: All frame numbers of the clip, ascending; those in the range are taken.

    Raises:
        ExportError: an object is not there any more.
        SettingsError: something in the pattern's braces is not ``{object}``.
    """
    gone = [i for i in request.objects if i not in names]
    if gone:
        raise ExportError("An object to export is not there any more: choose the objects anew.")
    ids = request.objects or tuple(names)
    return Order(
        {i: names[i] for i in sorted(ids)},
        [frame for frame in frames if request.first <= frame <= request.last],
        FramePattern(request.pattern),
        look=Look(bit_depth=request.bit_depth),
        labels=request.kind == "labels",
    )


def preview(request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]) -> list[Path]:
    """All files that would be written, by frame and object.

    Args:
        request: What is asked for.
        names: Names of all objects by id.
        frames: All frame numbers of the clip, ascending.

    Raises:
        ExportError: there is nothing to write.
        SettingsError: the pattern, the format or the bit depth cannot be.
    """
    order = order_of(request, names, frames)
    order.check()
    return _paths(order)


def existing_files(
    request: ExportRequest, names: Mapping[int, str], frames: Sequence[int]
) -> list[Path]:
    """Which of the files are there already; arguments and errors as of :func:`preview`."""
    return _existing(preview(request, names, frames))


def _paths(order: Order) -> list[Path]:
    return [path for frame in order.frames for path in order.paths(frame)]


def _existing(paths: Sequence[Path]) -> list[Path]:
    """Those that are there. Folders are listed once: asking file by file is slow on servers."""
    listed: dict[Path, frozenset[str]] = {}
    for folder in {path.parent for path in paths}:
        try:
            listed[folder] = frozenset(name.casefold() for name in os.listdir(folder))
        except OSError:  # not there, or not readable: writing will say why
            listed[folder] = frozenset()
    likely = [path for path in paths if path.name.casefold() in listed[path.parent]]
    return [path for path in likely if path.exists()]
