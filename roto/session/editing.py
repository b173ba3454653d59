"""What the artist says of a clip: objects, keyframes, corrections, locks; and taking it back.

Every edit is one transaction of a :class:`roto.project.Project`, in memory or on disk: what
was acknowledged is there after a crash, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from roto.errors import KeyframeError, MaskError, SettingsError
from roto.masks import overlay_colour
from roto.project.records import KeyframeRecord, ObjectRecord
from roto.propagation.shot import check_frame, frames_between
from roto.propagation.studio import Studio
from roto.session.locks import check_region, put_locks, unlock
from roto.session.reading import Reader
from roto.session.status import Board, made_with
from roto.session.stored import StoredFrames, pack_layer

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt
    from typing_extensions import Self

    from roto.engine import Engine
    from roto.masks import MaskLayer
    from roto.masks.reading import MaskLike
    from roto.media import FrameSource
    from roto.project import Project
    from roto.project.edit import Edit

    Objects = Iterable[int | str] | int | str


FOCUS = "focus"
"""Setting: the frame that was corrected last and not propagated from yet."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A mask that was set, and what it reaches.

    Attributes:
        frame: Where.
        object: Id of whose.
        frames: Frames that the next propagation will change, nearest first.
    """

    frame: int
    object: int
    frames: tuple[int, ...]


class Editing(Studio):
    """The artist's side of a session.

    Args:
        source: The open clip; closed with the desk.
        engine: What compares and remembers, or what loads it when it is needed; it may come
            later, before anything is propagated.
        project: Where everything is kept; see :func:`roto.new_session`.
        made_with: See :func:`roto.session.status.made_with`: what the engine will be, while it is
            not loaded. Without it the state of results does not depend on model and settings.
        cache_bytes: Bound of the encoded frames kept in memory; None for what the engine's
            settings say.
        disk_cache_bytes: Bound of those kept on disk beside the project; 0 for none.
    """

    def __init__(
        self,
        source: FrameSource,
        engine: Engine | Callable[[], Engine] | None,
        project: Project,
        *,
        made_with: Mapping[str, object] | None = None,
        cache_bytes: int | None = None,
        disk_cache_bytes: int = 0,
    ) -> None:
        super().__init__(source, engine, cache_bytes=cache_bytes)
        self.disk_cache_bytes = disk_cache_bytes
        self.project = project
        self._made_with = made_with or {}
        self.stored = StoredFrames(project, (source.clip.height, source.clip.width))

    @property
    def objects(self) -> dict[int, ObjectRecord]:
        """All objects by id."""
        return self.project.objects()

    def object_id(self, which: int | str) -> int:
        """The id of an object given by id or name.

        Raises:
            MaskError: there is none.
        """
        for object_id, record in self.objects.items():
            if which in (object_id, record.name):
                return object_id
        have = ", ".join(repr(r.name) for r in self.objects.values()) or "none"
        raise MaskError(f"There is no object {which!r} in the session; it has {have}.")

    def add_object(
        self, name: str | None = None, *, first: int | None = None, last: int | None = None
    ) -> int:
        """A new object, by default alive all through the clip; returns its id."""
        with self.project.edit("add object") as edit:
            return self._add_object(edit, name, first, last)

    def rename_object(self, which: int | str, name: str) -> None:
        """Give an object another name."""
        self._change_object(which, "rename object", name=self._free_name(name))

    def recolour_object(self, which: int | str, colour: tuple[int, int, int]) -> None:
        """Show an object in another colour, red, green and blue in 0..255."""
        self._change_object(which, "recolour object", colour=colour)

    def show_object(self, which: int | str, *, visible: bool = True) -> None:
        """Show or hide an object. A hidden one is propagated and exported all the same."""
        self._change_object(which, "show object" if visible else "hide object", visible=visible)

    def set_lifetime(self, which: int | str, first: int | None, last: int | None) -> None:
        """Frames between which an object exists, both included; None leaves a side open."""
        ends = [int(end) if isinstance(end, np.integer) else end for end in (first, last)]
        self._change_object(which, "set lifetime", first=ends[0], last=ends[1])

    def remove_object(self, which: int | str) -> None:
        """Remove an object with its keyframes, results and locks."""
        object_id = self.object_id(which)
        with self.project.edit("remove object") as edit:
            edit.remove_object(object_id)

    def set_keyframe(
        self,
        frame: int,
        mask: MaskLike | Mapping[str, MaskLike | None],
        *,
        origin: str = "imported",
    ) -> None:
        """The artist's masks at a frame: hard constraints, returned exactly.

        Args:
            frame: Number as on disk.
            mask: Masks by object name; None says that the object is absent here, and objects
                that are not mentioned stay unknown. A new name is a new object. Or anything
                :func:`roto.masks.read_mask` understands: a label map speaks of every object. A
                label that is no object's id is a new object of this id, unless another object
                that was removed had it: then the new one gets a new id.
            origin: ``painted``, ``clicked``, ``imported``, ``corrected``.

        Raises:
            KeyframeError: the clip has no such frame, or it is unclear which object is meant.
            MaskError: not a mask, or of another size than the plate.
        """
        frame = check_frame(self.source, frame)
        layers = self._reader().layers(frame, mask)
        with self.project.edit("set keyframe") as edit:
            ids = self._find_or_add(edit, [which for which, _ in layers])
            for which, layer in layers:
                self._put_keyframe(edit, frame, ids[which], layer, origin)

    def correct(self, frame: int, which: int | str, mask: MaskLike | None) -> Correction:
        """Overrule what was found of an object at a frame; None says that it is absent.

        The mask becomes a keyframe. The next :meth:`propagate` changes the frames up to the
        object's neighbouring keyframes, nearest first, and no others.
        """
        frame = check_frame(self.source, frame)
        object_id = self.object_id(which)
        layer = None if mask is None else self._reader().single(frame, mask)
        with self.project.edit("correct") as edit:
            self._put_keyframe(edit, frame, object_id, layer, "corrected")
            edit.set_setting(FOCUS, frame)  # the next propagation may be another process's
        return Correction(frame, object_id, self._board().reached(object_id, frame))

    def remove_keyframe(self, frame: int, which: int | str | None = None) -> None:
        """Forget what was given at a frame: of one object, or of all.

        Raises:
            KeyframeError: nothing was given there.
        """
        ids = list(self.objects) if which is None else [self.object_id(which)]
        there = [i for i in ids if (frame, i) in self.project.keyframes()]
        if not there:
            raise KeyframeError(f"There is no keyframe to remove at frame {frame}.")
        with self.project.edit("remove keyframe") as edit:
            for object_id in there:
                edit.remove_keyframe(frame, object_id)

    def lock(
        self,
        frames: int | tuple[int, int],
        objects: Objects | None = None,
        region: npt.NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Keep frames as they are now, whatever is propagated later.

        Args:
            frames: A frame, or the first and the last of a range.
            objects: By id or name; None for all, also such as come later.
            region: (H, W) bool, where; None for the whole frame.

        Returns:
            Ids of the locks, one per object.

        Raises:
            KeyframeError: the clip has none of these frames.
            MaskError: no such object, or a region of another size than the plate.
        """
        first, last = frames_between(self.source, frames, "lock")
        ids = [None] if objects is None else self._ids(objects)
        check_region(region, self.stored.size, "lock")
        inside = [f for f in self.source.frame_numbers if first <= f <= last]
        with self.project.edit("lock") as edit:
            return put_locks(edit, self.stored, inside, (first, last), ids, region)

    def unlock(
        self,
        locks: int | Iterable[int] | None = None,
        frames: int | tuple[int, int] | None = None,
        region: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Remove locks, or a part of them; what stays locked shows what it showed.

        Args:
            locks: Ids that :meth:`lock` returned; None for all.
            frames: A frame, or the first and the last to unlock; None for all. The rest of a
                longer lock stays, in up to two parts, of which the second has a new id.
            region: (H, W) bool, what to unlock of the picture; None for all of it.

        Raises:
            KeyframeError: the clip has none of these frames.
            MaskError: a region of another size than the plate.
        """
        chosen = self.project.locks() if locks is None else locks
        if not isinstance(chosen, (int, np.integer, Iterable)):
            raise SettingsError(f"{chosen!r:.60} is no lock; give the number that lock returned.")
        ids = [chosen] if isinstance(chosen, (int, np.integer)) else list(chosen)
        ids = [int(lock) for lock in ids]
        check_region(region, self.stored.size, "unlock")
        free = None if frames is None else frames_between(self.source, frames, "unlock")
        with self.project.edit("unlock") as edit:
            unlock(self.project, edit, ids, self.source.frame_numbers, free, region)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Make several edits one step to undo: ``with session.step("lay out"): ...``.

        All of them are kept when the block ends, none when it raises. Propagation has steps of
        its own and cannot be in it.
        """
        with self.project.step(label):
            yield

    def undo(self) -> str | None:
        """Take the newest step back, a whole propagation at once; returns what it was."""
        return self.project.undo()

    def redo(self) -> str | None:
        """Bring back what was undone last; returns what it was."""
        return self.project.redo()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Copy everything to a new project file and go on in that. Edits need no saving then.

        Raises:
            ProjectError: there is a file already, or it cannot be written.
        """
        self.project.save_as(path)

    def close(self) -> None:
        """Close project and clip."""
        self.project.close()
        self.source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _board(self) -> Board:
        loaded = self._engine is not None and not callable(self._engine)
        made = made_with(self.engine) if loaded else self._made_with
        return Board(self.project, list(self.source.frame_numbers), made)

    def _reader(self) -> Reader:
        return Reader(self.stored.size, {i: record.name for i, record in self.objects.items()})

    def _put_keyframe(
        self, edit: Edit, frame: int, object_id: int, layer: MaskLayer | None, origin: str
    ) -> None:
        empty = layer is None or layer.empty
        blob = None if layer is None or empty else edit.put_blob(pack_layer(layer))
        edit.put_keyframe(KeyframeRecord(frame, object_id, blob, origin))

    def _find_or_add(self, edit: Edit, mentioned: Iterable[int | str]) -> dict[int | str, int]:
        """Ids of objects given by id or name, some of them new."""
        known = {key: i for i, record in self.objects.items() for key in (i, record.name)}
        ids = {which: known[which] for which in mentioned if which in known}
        for which in mentioned:  # labels first, so that no new id is the next label
            if which not in ids and isinstance(which, int) and edit.claim_object_id(which):
                ids[which] = self._add_object(edit, None, object_id=which)
        for which in mentioned:
            if which not in ids:
                ids[which] = self._add_object(edit, which if isinstance(which, str) else None)
        return ids

    def _add_object(
        self,
        edit: Edit,
        name: str | None,
        first: int | None = None,
        last: int | None = None,
        object_id: int | None = None,
    ) -> int:
        if object_id is None:
            object_id = edit.next_object_id()
        named = self._unused_name(object_id) if name is None else self._free_name(name)
        colour = overlay_colour(object_id)
        edit.put_object(ObjectRecord(object_id, named, colour, first=first, last=last))
        return object_id

    def _change_object(self, which: int | str, label: str, **changes: object) -> None:
        record = self.objects[self.object_id(which)]
        with self.project.edit(label) as edit:
            edit.put_object(replace(record, **changes))  # type: ignore[arg-type]

    def _unused_name(self, number: int) -> str:
        taken = {record.name for record in self.objects.values()}
        return next(name for n in count(number) if (name := f"object{n}") not in taken)

    def _free_name(self, name: str) -> str:
        if not name or any(record.name == name for record in self.objects.values()):
            raise MaskError(f"An object cannot be called {name!r}: names differ and are not empty.")
        return name

    def _ids(self, objects: Objects) -> list[int]:
        if isinstance(objects, (int, np.integer, str)) or not isinstance(objects, Iterable):
            return [self.object_id(objects)]
        return [self.object_id(which) for which in objects]
