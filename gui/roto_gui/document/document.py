"""The document: the only writer of what the artist makes, and all that widgets know of it.

It lives on the window's thread and is never waited for: every method returns at once, edits go to
the thread that owns the session (``worker``), and what comes of them arrives as signals. Undo is
the session's own, so that it is the same in a script, here, and after a crash (ADR 10).
"""

from __future__ import annotations

from collections import deque
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from roto.errors import MaskError
from roto.session.worker import Job
from roto_gui.document.keeper import Keeper
from roto_gui.document.watch import Watch
from roto_gui.export.exporting import Export
from roto_gui.state import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from roto.hosts import HostResult
    from roto.masks.reading import MaskLike
    from roto.propagation.reach import Direction
    from roto.session import Session
    from roto.session.self_test import SelfTest, Testing
    from roto_gui.copies import Mask
    from roto_gui.state import Colour, ExportRequest


_IN_RECEIPTS = ("propagate", "accept", "revert", "remove object")
"""Steps of the session that make another receipt, when they are taken or brought back."""


class Document(Keeper):
    """One project and what can be done to it."""

    _made: Mapping[object, int] = MappingProxyType({})  # the newest object by who asked for it

    # Objects

    def add_object(self, name: str | None = None) -> None:
        """A new object."""
        self.edit(self.tr("Add object"), lambda s: s.add_object(name))

    def rename_object(self, object_id: int, name: str) -> None:
        """Give an object another name."""
        self.edit(self.tr("Rename object"), lambda s: s.rename_object(object_id, name))

    def recolour_object(self, object_id: int, colour: Colour) -> None:
        """Give an object another colour."""
        self.edit(self.tr("Recolour object"), lambda s: s.recolour_object(object_id, colour))

    def show_object(self, object_id: int, visible: bool) -> None:
        """Show or hide an object."""
        self.edit(
            self.tr("Show or hide object"), lambda s: s.show_object(object_id, visible=visible)
        )

    def remove_object(self, object_id: int) -> None:
        """Remove an object with all that is known of it."""
        self.edit(self.tr("Remove object"), lambda s: s.remove_object(object_id))

    def set_lifetime(self, object_id: int, first: int | None, last: int | None) -> None:
        """Frames between which an object exists; None leaves a side open."""
        self.edit(self.tr("Set lifetime"), lambda s: s.set_lifetime(object_id, first, last))

    # Masks

    def paint(
        self,
        frame: int,
        object_id: int,
        alpha: Mask | Callable[[], Mask],
    ) -> None:
        """The artist's mask of an object at a frame, (H, W): it becomes a keyframe there.

        What only gives the mask is called in the session's thread.
        Where something was propagated it is a correction, whose frames come first next time.
        """

        def do(session: Session) -> None:
            _paint(session, frame=frame, which=object_id, alpha=alpha)
            self._tell_locked(session, frame, object_id)

        self.edit(self.tr("Paint"), do)

    def paint_new(
        self,
        frame: int,
        alpha: Mask | Callable[[], Mask],
        token: object,
    ) -> None:
        """The mask of an object that the snapshot does not have yet.

        Strokes come faster than snapshots: those with the same token are of the same object.
        """

        def do(session: Session) -> None:
            with session.step("paint"):
                if self._made.get(token) not in session.objects:
                    self._made = {token: session.add_object()}
                _paint(session, frame=frame, which=self._made[token], alpha=alpha)
            self._tell_locked(session, frame, self._made[token])

        self.edit(self.tr("Paint"), do)

    def _tell_locked(self, session: Session, frame: int, object_id: int) -> None:
        """A lock may have been on its way when the stroke was begun: it is kept, and not seen."""
        for lock in session.project.locks().values():
            there = lock.first <= frame <= lock.last and lock.object in (None, object_id)
            if there and lock.region is None:
                text = self.tr("Frame {n} is locked: what was painted is seen when you unlock it.")
                self.post(self.noticed.emit, text.format(n=frame))
                return

    def import_mask(self, frame: int, path: Path | MaskLike, object_id: int | None = None) -> None:
        """A mask file as keyframe; with an id it is that object's."""

        def do(session: Session) -> None:
            if object_id is None:
                session.set_keyframe(frame, path)
            else:
                session.set_keyframe(frame, {session.objects[object_id].name: path})

        self.edit(self.tr("Import mask"), do)

    def set_absent(self, frame: int, object_id: int) -> None:
        """The artist says that an object is not there at a frame."""
        self.edit(self.tr("Absent here"), partial(_paint, frame=frame, which=object_id, alpha=None))

    def remove_keyframe(self, frame: int, object_id: int | None = None) -> None:
        """Forget what was given at a frame, of one object or of all."""
        self.edit(self.tr("Remove keyframe"), lambda s: s.remove_keyframe(frame, object_id))

    def lock(
        self,
        first: int,
        last: int,
        objects: Iterable[int] | None = None,
        region: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Keep frames as they are, of some objects or of all, in a region or everywhere."""
        chosen = None if objects is None else list(objects)
        self.edit(self.tr("Lock"), lambda s: s.lock((first, last), chosen, region))

    def unlock(
        self,
        first: int,
        last: int,
        object_id: int | None = None,
        region: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Unlock a range of frames, in a region or everywhere; the rest of longer locks stays.

        With an id only the locks on that object, and those on all objects.
        """
        on = (None, object_id)  # None: a lock on all objects

        def do(session: Session) -> None:
            locks = session.project.locks().values()
            met = [k.id for k in locks if object_id is None or k.object in on]
            session.unlock(met, (first, last), region)

        self.edit(self.tr("Unlock"), do)

    # History

    def undo(self) -> None:
        """Take the newest step back, a whole propagation at once; one that runs ends."""
        self.edit(self.tr("Undo"), lambda s: self._travel(s, s.undo()), ends=True)

    def redo(self) -> None:
        """Bring back what was undone last."""
        self.edit(self.tr("Redo"), lambda s: self._travel(s, s.redo()), ends=True)

    def accept(self) -> None:
        """The newest propagation is good."""
        self.edit(self.tr("Accept"), lambda s: s.accept(), receipt=True)

    def revert(self, first: int | None = None, last: int | None = None) -> None:
        """Bring back what was there before the newest propagation, in a range or all of it."""
        if first is None or last is None:
            self.edit(self.tr("Revert"), _revert_all, receipt=True)
        else:
            self.edit(self.tr("Revert"), lambda s: s.revert((first, last)), receipt=True)

    def _travel(self, session: Session, step: str | None) -> None:
        """After a step through the history: is there another receipt now?"""
        if step in _IN_RECEIPTS:
            self.show_receipt(session)

    def save_as(self, path: Path) -> None:
        """Go on in a new project file."""
        self.edit(self.tr("Save project as"), lambda s: s.save(path), alone=True)

    # Long work

    def propagate(
        self,
        frames: tuple[int, int] | None = None,
        objects: Iterable[int] | None = None,
        direction: Direction = "both",
        *,
        stale: bool = False,
    ) -> None:
        """Find what is missing or in reach of an edit. Edits meanwhile take precedence."""
        chosen = None if objects is None else list(objects)
        watch = Watch(self)

        def begin(session: Session) -> Any:
            if session.project.keyframes():
                for step in session.fit_memory():
                    self.post(self.noticed.emit, step)
            return watch.begun(session, session.propagate(frames, chosen, direction, stale=stale))

        job = Job(
            self.tr("Propagate"),
            begin,
            watch.event,
            watch.ended,
            watch.pause,
            edits=True,
        )
        self.run(job, Progress("propagate", 0, 0))

    def self_test(self) -> None:
        """Predict each keyframe from the others, and tell how good that was."""
        watch = Watch(self, "self-test")
        steps: deque[Testing] = deque(maxlen=1)

        def event(step: Testing) -> None:
            steps.append(step)
            watch.report(Progress("self-test", step.done, step.total, step.frame))

        def ended(how: str) -> None:
            watch.ended(how)
            if how == "done":
                self.post(self.noticed.emit, self._score(steps[0].found if steps else None))

        job = Job(self.tr("Self-test"), lambda s: s.self_test_steps(), event, ended, watch.pause)
        self.run(job, Progress("self-test", 0, 0))

    def _score(self, found: SelfTest | None) -> str:
        if found is None:
            return self.tr("There is nothing to test: no object has two keyframes.")
        text = self.tr("Keyframes predicted from the others: J {j:.0%}, F {f:.0%}.")
        return text.format(j=found.j, f=found.f)

    def export(self, request: ExportRequest) -> None:
        """Write mattes."""
        watch = Watch(self, "export")
        task = Export(request)

        def ended(how: str) -> None:
            watch.ended(how)
            if task.project is not None:
                self.post(self.noticed.emit, self._told(task.project))

        job = Job(self.tr("Export"), task, watch.report, ended, watch.pause)
        self.run(job, Progress("export", 0, 0))

    def _told(self, project: HostResult) -> str:
        """What a program gets, and what it does not get."""
        text = self.tr("{project} is written for {program}, its mattes are beside it.")
        said = [text.format(project=project.output, program=project.title)]
        if project.losses:
            said.append(self.tr("Not kept: {losses}").format(losses=" ".join(project.losses)))
        return " ".join([*said, *project.warnings])

    def prefetch(self, frames: Iterable[int]) -> None:
        """Encode frames ahead, in this order, where nothing else is under way.

        ``encoded`` tells of each. Edits do not wait for it, and other work ends it.
        """
        order = list(frames)

        def tell(frame: int) -> None:
            self.post(self.encoded.emit, frame)

        job = Job(
            self.tr("Encode ahead"),
            lambda s: _ahead(s, order),
            tell,
            _nothing,
            _nothing,
            background=True,
        )
        if self._worker is not None:
            self._worker.run(job)

    def cancel(self) -> None:
        """End what is under way; what it has brought stays. What is being opened is left."""
        if self._worker is not None and self.snapshot is None:
            self.close()
        elif self._worker is not None:
            self._worker.cancel()

    def pause(self) -> None:
        """Halt what is under way after the frame at work."""
        if self._worker is not None:
            self._worker.pause(paused=True)

    def resume(self) -> None:
        """Let it go on."""
        if self._worker is not None:
            self._worker.pause(paused=False)


def _paint(
    session: Session,
    *,
    frame: int,
    which: int,
    alpha: Mask | Callable[[], Mask] | None,
) -> None:
    if callable(alpha):
        alpha = alpha()
    if which not in session.objects:
        raise MaskError("The object that was painted was removed meanwhile: undo that first.")
    if (frame, which) in session.project.results():
        session.correct(frame, which, alpha)
    else:
        name = session.objects[which].name
        session.set_keyframe(frame, {name: alpha}, origin="painted")


def _revert_all(session: Session) -> None:
    """Nothing remains of the propagation, so there is nothing to accept either."""
    with session.step("revert"):
        session.revert()
        session.accept()


def _ahead(session: Session, frames: Iterable[int]) -> Iterator[int]:
    """Encode frames, as many as are kept: more would push out the first ones."""
    spent = 0
    for frame in session.prefetch(frames):
        yield frame
        spent += session.encode(frame, keep=True).nbytes
        if spent > session.engine.settings.cache_bytes // 2:
            return


def _nothing(_: object) -> None:
    """For jobs that nobody watches."""
