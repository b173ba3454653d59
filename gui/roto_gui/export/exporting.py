"""Export as the app asks for it: the same files as ``roto export`` writes. No Qt.

It needs the session and runs in its thread; what a request comes to is told beforehand by
:mod:`roto_gui.export.listing`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from roto.delivery import deliver, gaps
from roto.errors import ExportError
from roto.package import write_package
from roto_gui.export.listing import existing, order_of, package_order_of, paths_of
from roto_gui.state import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roto.delivery import Order, Written
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
    asking to cancel: every file is whole, and movies and packages appear with their last frame
    or not at all. Called again it writes all of it anew, and takes the files it wrote itself for
    its own.

    Raises:
        ExportError: there is nothing to write, frames are missing or open and the request does
            not say ``partial``, files exist and it does not say ``overwrite``, or the disk is full.
        SettingsError: the pattern, the format or the bit depth cannot be.
    """

    def __init__(self, request: ExportRequest) -> None:
        self.request = request
        self._own: set[Path] = set()

    def __call__(self, session: Session) -> Iterator[Progress]:
        """The frames as they are on disk."""
        started = time.perf_counter()
        package = self.request.kind == "package"
        for written in self._package(session) if package else self._files(session):
            event = written.event
            seconds = time.perf_counter() - started
            yield Progress("export", event.done, event.total or 0, event.frame, seconds=seconds)

    def _files(self, session: Session) -> Iterator[Written]:
        names = {i: record.name for i, record in session.objects.items()}
        order = order_of(self.request, names, session.source.frame_numbers)
        order.check()
        found = gaps(session, order)
        if found and not self.request.partial:
            raise ExportError(f"{found}: propagate first, or export what is there.")
        self._check_existing(order)
        self._own.update(paths_of(order))  # some are written ahead of their events
        return deliver(session, order, found)

    def _package(self, session: Session) -> Iterator[Written]:
        gone = set(self.request.objects) - set(session.objects)
        if gone:
            raise ExportError("An object to export is not there any more: choose them anew.")
        return write_package(session, self.request.pattern, package_order_of(self.request))

    def _check_existing(self, order: Order) -> None:
        if self.request.overwrite:
            return
        there = [path for path in existing(paths_of(order)) if path not in self._own]
        if there:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            raise ExportError(
                f"{there[0]}{more} exist already: allow them to be replaced, or choose other names."
            )
