"""The objects of a snapshot as a Qt model that keeps selections when the snapshot is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.session.states import State
    from roto_gui.state import ObjectState, Snapshot

Index = QModelIndex | QPersistentModelIndex

OBJECT = int(Qt.ItemDataRole.UserRole)
"""Role: the row's ObjectState."""
HERE = OBJECT + 1
"""Role: its state at the current frame, None where the clip has no such frame."""
SOLO = OBJECT + 2
"""Role: True for the object shown alone, False for others then, None where all are shown."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("ObjectsPanel", text)


def counts(known: ObjectState) -> str:
    """Where the work on an object stands: ``4 keyframes, 212 fresh, 3 stale``."""
    keys = len(known.keyframes)
    if not keys:
        return _tr("no keyframe yet")
    texts: list[tuple[State, str]] = [
        ("fresh", _tr("{n} fresh")),
        ("stale", _tr("{n} stale")),
        ("open", _tr("{n} open")),
        ("missing", _tr("{n} missing")),
        ("locked", _tr("{n} locked")),
    ]
    found = [text.format(n=n) for state, text in texts if (n := known.count(state))]
    return ", ".join([(_tr("1 keyframe") if keys == 1 else _tr("{n} keyframes")), *found]).format(
        n=keys
    )


def lifetime(known: ObjectState) -> str:
    """Between which frames it exists; empty for all through the clip."""
    if known.first is None and known.last is None:
        return ""
    if known.last is None:
        return _tr("from {first}").format(first=known.first)
    if known.first is None:
        return _tr("to {last}").format(last=known.last)
    return _tr("{first}-{last}").format(first=known.first, last=known.last)


def state_words(state: State) -> str:
    """What a state means, for tooltips."""
    return {
        "keyframe": _tr("a keyframe: your mask"),
        "fresh": _tr("up to date"),
        "stale": _tr("stale: it would come out differently now"),
        "open": _tr("open: an edit reaches it, propagate to update it"),
        "missing": _tr("not propagated yet"),
        "locked": _tr("locked: it stays as it is"),
        "absent": _tr("absent"),
    }[state]


class ObjectModel(QAbstractListModel):
    """Rows by ascending object id."""

    named = Signal(int, str)
    """The artist typed another name for an object."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._objects: list[ObjectState] = []
        self._frame: int | None = None
        self._solo: int | None = None
        self._read_only = False

    @property
    def solo(self) -> int | None:
        """The object that is shown alone."""
        return self._solo

    @property
    def frame(self) -> int | None:
        """The current frame."""
        return self._frame

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show another state. Rows whose objects stay are the same rows."""
        new = list(snapshot.objects) if snapshot is not None else []
        self._read_only = snapshot is not None and snapshot.read_only
        kept = {o.id for o in new}
        for row in reversed(range(len(self._objects))):
            if self._objects[row].id not in kept:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._objects[row]
                self.endRemoveRows()
        for row, known in enumerate(new):
            if row < len(self._objects) and self._objects[row].id == known.id:
                self._objects[row] = known
                continue
            self.beginInsertRows(QModelIndex(), row, row)
            self._objects.insert(row, known)
            self.endInsertRows()
        self._renew()

    def set_frame(self, frame: int) -> None:
        """Which frame the state marks are of."""
        self._frame = frame
        self._renew()

    def set_solo(self, object_id: int | None) -> None:
        """Which object is shown alone; None: none."""
        self._solo = object_id
        self._renew()

    def row_of(self, object_id: int | None) -> QModelIndex:
        """The index of an object; an invalid one where there is none."""
        for row, known in enumerate(self._objects):
            if known.id == object_id:
                return self.index(row)
        return QModelIndex()

    def objects(self) -> Sequence[ObjectState]:
        """What is shown, by row."""
        return tuple(self._objects)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many objects."""
        return 0 if parent.isValid() else len(self._objects)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited in place, unless the project is read-only."""
        flags = super().flags(index)
        return flags if self._read_only else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See the roles above; texts for display, tooltip and screen readers."""
        if not index.isValid():
            return None
        known = self._objects[index.row()]
        if role == OBJECT:
            return known
        if role == HERE:
            return known.states.get(self._frame) if self._frame is not None else None
        if role == SOLO:
            return None if self._solo is None else known.id == self._solo
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return known.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._description(known)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """A typed name is a wish: what the row shows changes with the next snapshot."""
        name = str(value).strip()
        known = self._objects[index.row()]
        if role != Qt.ItemDataRole.EditRole or not name or name == known.name:
            return False
        self.named.emit(known.id, name)
        return True

    def _description(self, known: ObjectState) -> str:
        lines = [known.name, counts(known)]
        if alive := lifetime(known):
            lines.append(_tr("Exists {when}.").format(when=alive))
        here = known.states.get(self._frame) if self._frame is not None else None
        if here is not None:
            text = _tr("Frame {frame}: {state}.")
            lines.append(text.format(frame=self._frame, state=state_words(here)))
        return "\n".join(lines)

    def _renew(self) -> None:
        if self._objects:
            self.dataChanged.emit(self.index(0), self.index(len(self._objects) - 1))
