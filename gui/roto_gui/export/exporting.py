"""Export as the app asks for it: the same files as ``roto export`` writes. No Qt.

It needs the session and runs in its thread; what a request comes to is told beforehand by
:mod:`roto_gui.export.listing`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from roto.delivery import deliver, gaps
from roto.errors import ExportError
from roto.export.outputs import existing
from roto.hosts import exporting
from roto.package import read_package, write_package
from roto_gui.export.listing import host_order_of, order_of, package_order_of, paths_of
from roto_gui.state import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roto.delivery import Order, Written
    from roto.hosts import HostOrder, HostResult
    from roto.session import Session
    from roto_gui.state import ExportRequest


def export(session: Session, request: ExportRequest) -> Iterator[Progress]:
    """Write what a request asks for; see :class:`Export`."""
    return Export(request)(session)


class Export:
    """One export, which may be begun anew when an edit came between.

    Args:
        request: What to write.

    Attributes:
        project: What was written for another program, once it is.

    Called with the session it checks everything first, then writes a frame per event. Stop
    asking to cancel: every file is whole, and movies and packages appear with their last frame
    or not at all. Called again it writes all of it anew, and takes the files it wrote itself for
    its own.

    Raises:
        ExportError: there is nothing to write, frames are missing or open and the request does
            not say ``partial``, files exist and it does not say ``overwrite``, or the disk is full.
        SettingsError: the pattern, the format or the bit depth cannot be.
        HostError: the program that a project is for cannot do it.
    """

    def __init__(self, request: ExportRequest) -> None:
        self.request = request
        self.project: HostResult | None = None
        self._own: set[Path] = set()

    def __call__(self, session: Session) -> Iterator[Progress]:
        """The frames as they are on disk."""
        started = time.perf_counter()
        for written in self._written(session):
            event = written.event
            seconds = time.perf_counter() - started
            yield Progress("export", event.done, event.total or 0, event.frame, seconds=seconds)

    def _written(self, session: Session) -> Iterator[Written]:
        if not self.request.packaged:
            return self._files(session)
        gone = set(self.request.objects) - set(session.objects)
        if gone:
            raise ExportError("An object to export is not there any more: choose them anew.")
        order = package_order_of(self.request)
        if self.request.kind == "package":
            return write_package(session, self.request.pattern, order)
        host = host_order_of(self.request)
        return self._project(host, write_package(session, host.folder, order))

    def _project(self, order: HostOrder, package: Iterator[Written]) -> Iterator[Written]:
        yield from package
        self.project = exporting().finish(order, read_package(order.folder))

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

    def _check_existing(self, order: Order) -> None:
        if self.request.overwrite:
            return
        there = [path for path in existing(paths_of(order)) if path not in self._own]
        if there:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            raise ExportError(
                f"{there[0]}{more} exist already: allow them to be replaced, or choose other names."
            )
