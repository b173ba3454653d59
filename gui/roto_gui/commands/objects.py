"""The menu "Object"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from roto_gui.commands import locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    document = work.document
    return {
        "add_object": partial(_add, work),
        "remove_object": partial(_with_active, work, document.remove_object),
        "hide_object": partial(_hide, work),
        "solo_object": partial(_solo, work),
        "absent_here": partial(_absent, work),
        "lifetime_first": partial(_lifetime, work, "first"),
        "lifetime_last": partial(_lifetime, work, "last"),
        "lifetime_clear": partial(
            _with_active, work, lambda i: document.set_lifetime(i, None, None)
        ),
        **{f"object_{n}": partial(_select, work, n) for n in range(1, 10)},
    }


def _with_active(work: Workspace, do: Callable[[int], None]) -> None:
    work.painter.finish()
    if work.active is not None:
        do(work.active.id)


def _absent(work: Workspace) -> None:
    work.painter.finish()
    if work.active is not None and not locks.refuse_active(work, work.frame):
        work.document.set_absent(work.frame, work.active.id)


def _add(work: Workspace) -> None:
    """A new object, which becomes the active one when it is there."""
    work.painter.finish()
    snapshot = work.snapshot
    if snapshot is None:
        return
    known = {o.id for o in snapshot.objects}

    def arrived() -> None:
        new = [o.id for o in (work.snapshot.objects if work.snapshot else ()) if o.id not in known]
        if new or work.document.settled:  # it is there, or was refused
            work.document.changed.disconnect(arrived)
        if new:
            work.stage.activate(new[-1])

    work.document.changed.connect(arrived)
    work.document.add_object()


def _select(work: Workspace, n: int) -> None:
    """The n-th object of the list."""
    if work.snapshot is not None and n <= len(work.snapshot.objects):
        work.activate(work.snapshot.objects[n - 1].id)


def _hide(work: Workspace) -> None:
    if work.active is not None:
        work.document.show_object(work.active.id, not work.active.visible)


def _solo(work: Workspace, on: bool) -> None:
    work.stage.set_solo(work.stage.active if on else None)


def _lifetime(work: Workspace, side: str) -> None:
    found = work.active
    if found is None:
        return
    first = work.frame if side == "first" else found.first
    last = work.frame if side == "last" else found.last
    if first is not None and last is not None and first > last:
        text = work.tr(
            "The lifetime of {name} would end at {last}, before {first}: clear it first."
        )
        work.noticed.emit(text.format(name=found.name, first=first, last=last))
        return
    work.document.set_lifetime(found.id, first, last)
