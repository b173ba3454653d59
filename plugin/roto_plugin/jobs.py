"""The long methods on a session: each makes an iterator of progress, in the session's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from roto.delivery import Order, deliver, gaps, needs_all
from roto.errors import ExportError
from roto.export import FramePattern
from roto.export.contract import Look
from roto.export.registry import format_for, format_named
from roto.package import PackageOrder, write_package
from roto.propagation.shot import frames_between
from roto_plugin.handlers import range_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roto.export.contract import Format
    from roto.network_choice import NetworkChoice
    from roto.propagation.passes import Propagated
    from roto.session import Session
    from roto_plugin.paths import Roots

Params: TypeAlias = "dict[str, Any]"
log = logging.getLogger(__name__)

Told: TypeAlias = "tuple[Literal['progress', 'note'], Params]"
"""Name and parameters of an event."""

Start: TypeAlias = "Callable[[Session, Params, Roots, NetworkChoice | None], Iterator[Told]]"


def propagate(
    session: Session, params: Params, roots: Roots, choice: NetworkChoice | None
) -> Iterator[Told]:
    """Find what is missing or in reach of an edit."""
    del roots
    if session.project.keyframes() and choice is not None:
        _ = session.engine  # what cannot be loaded is not worth remembering
        choice.remember(session.project)
        for step in session.fit_memory():
            log.warning("%s", step)
            yield "note", {"about": "memory", "text": step}
    events = session.propagate(
        range_of(params),
        params.get("objects"),
        params.get("direction", "both"),
        stale=params.get("stale", False),
    )
    for event in events:
        confidence = round(min(max(float(event.confidence), 0.0), 1.0), 4)
        yield _progress(event, confidence=confidence, final=event.final)


def export(
    session: Session, params: Params, roots: Roots, choice: NetworkChoice | None
) -> Iterator[Told]:
    """Write mattes."""
    del choice
    order = _order(session, params, roots)
    found = gaps(session, order)
    if found and not params.get("partial", False):
        other = "" if needs_all(order, found) else ", or export partial"
        raise ExportError(f"{found}: propagate first{other}.")
    for one in deliver(session, order, found):
        yield _progress(one.event, files=[str(path) for path in one.files])


def package(
    session: Session, params: Params, roots: Roots, choice: NetworkChoice | None
) -> Iterator[Told]:
    """Write a matte package."""
    del choice
    folder = roots.check(params["folder"])
    chosen = params.get("objects")
    order = PackageOrder(
        None if chosen is None else [session.object_id(which) for which in chosen],
        range_of(params),
        params.get("handles", 0),
        [name for name in params.get("representations", ()) if name != "sequence"],
        overwrite=params.get("overwrite", False),
        partial=params.get("partial", False),
    )
    for one in write_package(session, folder, order):
        yield _progress(one.event)


def _progress(event: Propagated, **more: Any) -> Told:
    return "progress", {"frame": event.frame, "done": event.done, "total": event.total, **more}


def _order(session: Session, params: Params, roots: Roots) -> Order:
    roots.check(params["pattern"])
    chosen = params.get("objects") or list(session.objects)
    ids = [session.object_id(which) for which in chosen]
    names = {i: session.objects[i].name for i in ids}
    first, last = frames_between(session.source, range_of(params), "export")
    frames = [f for f in session.source.frame_numbers if first <= f <= last]
    format, pattern = _format(params)
    order = Order(names, frames, pattern, format, _look(params, format))
    order.check()  # now, not after the first frame
    for path in order.paths(frames[0]):  # the names of objects are in them
        roots.check(str(path))
    return order


def _format(params: Params) -> tuple[Format, FramePattern]:
    """The format that was asked for, or that the pattern's ending stands for."""
    if "format" not in params:
        pattern = FramePattern(params["pattern"])
        return format_for(pattern.path(0, ""), params.get("bit_depth")), pattern
    named = format_named(params["format"])
    return named, FramePattern(params["pattern"], named.extensions[0], movie=named.movie)


def _look(params: Params, format: Format) -> Look:
    content = params.get("content", "matte")
    usual = content == "cutout" and format.premultiplied[0]  # what its readers expect
    return Look(
        content,
        params.get("premultiplied", usual),
        tuple(params.get("colour", (0.0, 0.0, 0.0))),
        params.get("bit_depth"),
    )


JOBS: dict[str, Start] = {"propagate": propagate, "export": export, "package": package}
"""By the name of the method."""
