"""``Edit``: what can be done to a project inside ``with project.edit(...)``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from roto.errors import ProjectEditError
from roto.project import journal, store
from roto.project.state import Change, State, as_setting
from roto.project.tables import (
    CLIP,
    KEYFRAMES,
    LOCKS,
    OBJECTS,
    RESULTS,
    SETTINGS,
    BadValueError,
    Row,
    Table,
    is_hash,
    to_json,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from roto.project.records import (
        ClipRecord,
        KeyframeRecord,
        LockRecord,
        ObjectRecord,
        ResultRecord,
    )

_MOST_IDS = 255


class Edit:
    """One transaction, made by ``Project.edit``.

    The project shows every change at once; the file gets all of them together when the block
    ends well, and none when it raises. Removing what is not there changes nothing.

    All methods raise ``ProjectEditError`` for what a project cannot hold: values of the wrong
    type or out of range, a mask of an object that is not there, a hash of bytes never given.
    """

    def __init__(self, state: State, connection: sqlite3.Connection) -> None:
        self._state, self._connection = state, connection
        self._before: dict[tuple[str, Row], tuple[Table[Any], Any | None]] = {}
        self.additions = store.Additions()
        self._over = False

    def put_object(self, record: ObjectRecord) -> None:
        """Add an object, or change the one of that id."""
        self._put(OBJECTS, record)
        self.additions.ids.add(record.id)

    def remove_object(self, object_id: int) -> None:
        """Remove an object with its keyframes, results and locks."""
        for table in (KEYFRAMES, RESULTS, LOCKS):
            index = self._state.index(table)
            for key in [key for key, record in index.items() if record.object == object_id]:
                self._remove(table, key)
        self._remove(OBJECTS, object_id)

    def put_keyframe(self, record: KeyframeRecord) -> None:
        """Set what the artist gave of an object at a frame."""
        self._put(KEYFRAMES, record)

    def remove_keyframe(self, frame: int, object_id: int) -> None:
        """Forget what the artist gave of an object at a frame."""
        self._remove(KEYFRAMES, (frame, object_id))

    def put_result(self, record: ResultRecord) -> None:
        """Set what propagation found of an object at a frame."""
        if not self._has_provenance(record.provenance):
            raise ProjectEditError(
                f"There is no provenance {record.provenance!r:.20} in the project; put it first."
            )
        self._put(RESULTS, record)

    def remove_result(self, frame: int, object_id: int) -> None:
        """Forget what propagation found of an object at a frame."""
        self._remove(RESULTS, (frame, object_id))

    def put_lock(self, record: LockRecord) -> None:
        """Add a lock, or change the one of that id."""
        self._put(LOCKS, record)

    def remove_lock(self, lock_id: int) -> None:
        """Remove a lock."""
        self._remove(LOCKS, lock_id)

    def set_setting(self, name: str, value: Any) -> None:
        """Set a JSON value by name; None removes it."""
        self._check_open()
        if value is None:
            self._remove(SETTINGS, name)
            return
        try:
            setting = as_setting(name, value)
        except BadValueError as error:
            raise ProjectEditError(f"The setting {name!r:.40} cannot be stored: {error}.") from None
        self._put(SETTINGS, setting)

    def set_clip(self, record: ClipRecord) -> None:
        """Change what the project knows of its clip."""
        self._put(CLIP, record)

    def put_blob(self, data: bytes) -> str:
        """Store bytes.

        Returns:
            Their hash, for the records that need them. A blob that no record names is dropped by
            ``Project.compact``.
        """
        self._check_open()
        data = bytes(data)
        if len(data) > store.MOST_BYTES:
            raise ProjectEditError(
                f"A blob has {len(data)} bytes, but a project takes {store.MOST_BYTES} at most."
            )
        name = store.hash_of(data)
        if not store.has_blob(self._connection, name):
            self.additions.blobs[name] = data
        return name

    def put_provenance(self, value: dict[str, Any]) -> str:
        """Store from what something was made, once however often it is given.

        Returns:
            Its id: the hash of its canonical JSON.
        """
        self._check_open()
        try:
            text = to_json(value)
        except BadValueError as error:
            raise ProjectEditError(f"A provenance cannot be stored: {error}.") from None
        name = store.hash_of(text.encode())
        if not self._has_provenance(name):
            self.additions.provenance[name] = text
        return name

    def claim_object_id(self, wanted: int) -> bool:
        """Take an id for a new object; False if an object had it, unless undo took that back."""
        self._check_open()
        used = store.used_ids(self._connection)
        if wanted in used:
            used -= journal.taken_back(self._connection, OBJECTS)
        if wanted in used | self.additions.ids or not 1 <= wanted <= _MOST_IDS:
            return False
        self.additions.ids.add(wanted)
        return True

    def next_object_id(self) -> int:
        """An id that no object of this project ever had; asking again gives another one."""
        self._check_open()
        used = store.used_ids(self._connection) | self.additions.ids
        free = max(used, default=0) + 1
        if free > _MOST_IDS:
            free = min(set(range(1, _MOST_IDS + 1)) - used, default=0)
        if not free:
            raise ProjectEditError(
                f"All {_MOST_IDS} object ids of this project have been used; start another project "
                "for further objects."
            )
        self.additions.ids.add(free)
        return free

    def changes(self) -> list[Change]:
        """The rows that are not what they were."""
        changes = []
        for (_, key), (table, before) in self._before.items():
            after = self._state.index(table).get(table.key(key))
            if after != before:
                changes.append(Change(table, key, before, after))
        return changes

    @contextmanager
    def part(self) -> Iterator[None]:
        """Some of the changes: when the block raises, these are taken back."""
        so_far = {
            place: self._state.index(table).get(table.key(place[1]))
            for place, (table, _) in self._before.items()
        }
        try:
            yield
        except BaseException:
            for place, (table, before) in self._before.items():
                row = so_far.get(place, before)
                self._state.apply([Change(table, place[1], None, row)])
            raise

    def finish(self) -> None:
        """No more changes; the block has ended."""
        self._over = True

    def _put(self, table: Table[Any], record: Any) -> None:
        self._check_open()
        try:
            row = table.row(record)
            record = table.record(row)  # exactly as it will be read from the file
        except (BadValueError, AttributeError) as error:
            raise ProjectEditError(f"This cannot be stored: {error}.") from None
        for i in table.refers:
            if row[i] is not None and row[i] not in self._state.objects:
                raise ProjectEditError(f"There is no object {row[i]} in the project.")
        for name in table.blobs(row):
            if name not in self.additions.blobs and not store.has_blob(self._connection, name):
                raise ProjectEditError(f"There is no blob {name:.12} in the project; put it first.")
        self._remember(table, row[: table.keys])
        self._state.index(table)[table.key(row)] = record

    def _remove(self, table: Table[Any], key: Any) -> None:
        self._check_open()
        index = self._state.index(table)
        if key in index:
            self._remember(table, table.row(index[key])[: table.keys])
            del index[key]

    def _remember(self, table: Table[Any], key: Row) -> None:
        before = self._state.index(table).get(table.key(key))
        self._before.setdefault((table.name, key), (table, before))

    def _has_provenance(self, name: str) -> bool:
        return name in self.additions.provenance or (
            is_hash(name) and store.has_provenance(self._connection, name)
        )

    def _check_open(self) -> None:
        if self._over:
            raise ProjectEditError("This edit is over; begin another with project.edit().")
