"""How records lie in tables: columns, their checks, and the way there and back.

One ``Table`` per kind of record serves reading, writing and the undo journal alike. All checks
of values are here, so what an edit puts in and what a file brings pass the same ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from roto.project.records import (
    ClipRecord,
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    ResultRecord,
)

if TYPE_CHECKING:
    import sqlite3

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Any, ...]  # of values
Key: TypeAlias = Hashable
Check: TypeAlias = Callable[[object], bool]
Record = TypeVar("Record")

MOST_FRAME = 2**31 - 1
_HASH = re.compile(r"[0-9a-f]{64}")
_RATE = re.compile(r"[1-9][0-9]{0,11}(/[1-9][0-9]{0,11})?")


class BadValueError(ValueError):
    """A value that no project holds; whoever meets it says where."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A named JSON value, as its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Table(Generic[Record]):
    """A table whose rows are records of one class.

    Attributes:
        name: Of the table, and of the index in ``State``.
        columns: Their names and checks, in order.
        keys: So many columns at the start are the key.
        flatten: The row of a record; need not check anything.
        build: The record of a checked row.
        hashes: Positions of the columns that name blobs.
        refers: Positions of the columns that name objects.
    """

    name: str
    columns: tuple[tuple[str, Check], ...]
    keys: int
    flatten: Callable[[Record], Row]
    build: Callable[[Row], Record]
    hashes: tuple[int, ...] = ()
    refers: tuple[int, ...] = ()

    def row(self, record: Record) -> Row:
        """The checked row of a record.

        Raises:
            BadValueError: a value of the wrong type or out of its range.
        """
        try:
            row = self.flatten(record)
        except (TypeError, ValueError, RecursionError) as error:
            raise BadValueError(str(error)) from None
        self._check(row)
        return row

    def record(self, row: Row) -> Record:
        """The record of a row from a file.

        Raises:
            BadValueError: a value of the wrong type or out of its range.
        """
        self._check(row)
        try:
            return self.build(row)
        except (TypeError, ValueError, RecursionError) as error:
            raise BadValueError(str(error)) from None

    def key(self, row: Row) -> Key:
        """The key of a row, as the indexes use it: one value, or a tuple of several."""
        return row[0] if self.keys == 1 else row[: self.keys]

    def blobs(self, row: Row) -> Iterator[str]:
        """Hashes of the blobs that a row needs."""
        return (value for i in self.hashes if isinstance(value := row[i], str))

    def read(self, connection: sqlite3.Connection) -> dict[Any, Record]:
        """All records by key, from the file.

        Raises:
            BadValueError: a value of the wrong type or out of its range.
        """
        found = connection.execute(f"SELECT {', '.join(self._names)} FROM {self.name}")
        rows = (tuple(map(from_sql, row)) for row in found)
        return {self.key(row): self.record(row) for row in rows}

    def write(self, connection: sqlite3.Connection, key: Row, row: Row | None) -> None:
        """Make the row of a key what it is to be; None removes it."""
        if row is None:
            names = self._names[: self.keys]
            where = " AND ".join(f"{name} = ?" for name in names)
            connection.execute(f"DELETE FROM {self.name} WHERE {where}", [to_sql(v) for v in key])
            return
        holes = ", ".join("?" * len(self.columns))
        statement = (
            f"INSERT OR REPLACE INTO {self.name} ({', '.join(self._names)}) VALUES ({holes})"
        )
        connection.execute(statement, [to_sql(value) for value in row])

    @property
    def _names(self) -> list[str]:
        return [f'"{name}"' for name, _ in self.columns]

    def _check(self, row: Row) -> None:
        if len(row) != len(self.columns):
            raise BadValueError(f"a row of {self.name} has {len(row)} values")
        for (name, check), value in zip(self.columns, row, strict=True):
            if not check(value):
                raise BadValueError(f"{name} of {self.name} is {_short(value)}")


def to_sql(value: Value) -> Value | bytes:
    """What SQLite takes. File names on disk may be no valid Unicode: those go as bytes."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def from_sql(value: Value | bytes) -> Value:
    """What was given to ``to_sql``.

    Raises:
        BadValueError: bytes that are no text.
    """
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise BadValueError("a text is damaged") from None


def to_json(value: object) -> str:
    """The one canonical text of a JSON value.

    Raises:
        BadValueError: it is no JSON value.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValueError(f"{_short(value)} is no JSON value ({error})") from None


def from_json(text: object) -> Any:
    """The value of a JSON text.

    Raises:
        BadValueError: it is no JSON text.
    """
    if not isinstance(text, str):
        raise BadValueError(f"{_short(text)} is no JSON text")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadValueError(f"{_short(text)} is no JSON text") from None


def is_hash(value: object) -> bool:
    """Whether a value is a blob's hash in form."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _short(value: object) -> str:
    try:
        text = ascii(value)
    except RecursionError:
        return "nested too deeply"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_json(value: object) -> bool:
    try:
        from_json(value)
    except BadValueError:
        return False
    return True


def _is_rate(value: object) -> bool:
    return isinstance(value, str) and _RATE.fullmatch(value) is not None


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


_frame = _whole(-MOST_FRAME, MOST_FRAME)
_object = _whole(1, 255)
_byte = _whole(0, 255)
_pixels = _whole(1, 2**20)


def _check_span(first: int | None, last: int | None) -> None:
    if first is not None and last is not None and first > last:
        raise BadValueError(f"the frames {first} to {last} run backward")


def _flat_clip(clip: ClipRecord) -> Row:
    return (1, *_values(clip)[:-1], to_json(clip.arguments))


def _clip(row: Row) -> ClipRecord:
    arguments = from_json(row[-1])
    if not isinstance(arguments, dict):
        raise BadValueError("the clip's arguments are no dictionary")
    return ClipRecord(*(*row[1:-1], arguments))


def _flat_object(given: ObjectRecord) -> Row:
    return (given.id, given.name, *given.colour, int(given.visible), given.first, given.last)


def _build_object(row: Row) -> ObjectRecord:
    number, name, red, green, blue, visible, first, last = row
    _check_span(first, last)
    return ObjectRecord(number, name, (red, green, blue), bool(visible), first, last)


def _flat_result(given: ResultRecord) -> Row:
    values = list(_values(given))
    if isinstance(values[3], (int, float)):
        values[3] = float(values[3])  # a float of NumPy's becomes Python's
    return tuple(values)


def _lock(row: Row) -> LockRecord:
    lock = LockRecord(*row)
    _check_span(lock.first, lock.last)
    return lock


def _values(record: Any) -> Row:
    return tuple(getattr(record, name) for name in record.__slots__)


CLIP = Table(
    "clip",
    (
        ("id", _whole(1, 1)),
        ("name", _is_text),
        ("absolute", _is_text),
        ("relative", _or_none(_is_text)),
        ("fingerprint", _is_text),
        ("width", _pixels),
        ("height", _pixels),
        ("frame_rate", _is_rate),
        ("first_frame", _frame),
        ("frame_count", _or_none(_whole(0, MOST_FRAME))),
        ("colour_space", _is_text),
        ("arguments", _is_text),
    ),
    1,
    _flat_clip,
    _clip,
)
OBJECTS = Table(
    "objects",
    (
        ("id", _object),
        ("name", _is_text),
        ("red", _byte),
        ("green", _byte),
        ("blue", _byte),
        ("visible", _whole(0, 1)),
        ("first", _or_none(_frame)),
        ("last", _or_none(_frame)),
    ),
    1,
    _flat_object,
    _build_object,
)
KEYFRAMES = Table(
    "keyframes",
    (("frame", _frame), ("object", _object), ("blob", _or_none(is_hash)), ("origin", _is_text)),
    2,
    _values,
    lambda row: KeyframeRecord(*row),
    hashes=(2,),
    refers=(1,),
)
RESULTS = Table(
    "results",
    (
        ("frame", _frame),
        ("object", _object),
        ("blob", is_hash),
        ("confidence", _is_share),
        ("left", _or_none(_is_text)),
        ("right", _or_none(_is_text)),
        ("provenance", is_hash),
    ),
    2,
    _flat_result,
    lambda row: ResultRecord(*row),
    hashes=(2,),
    refers=(1,),
)
LOCKS = Table(
    "locks",
    (
        ("id", _whole(1, MOST_FRAME)),
        ("first", _frame),
        ("last", _frame),
        ("object", _or_none(_object)),
        ("region", _or_none(is_hash)),
        ("snapshot", _or_none(is_hash)),
    ),
    1,
    _values,
    _lock,
    hashes=(4, 5),
    refers=(3,),
)
SETTINGS = Table(
    "settings", (("name", _is_text), ("value", _is_json)), 1, _values, lambda row: Setting(*row)
)
TABLES: dict[str, Table[Any]] = {
    table.name: table for table in (CLIP, OBJECTS, KEYFRAMES, RESULTS, LOCKS, SETTINGS)
}
"""Everything that an edit changes and undo brings back."""
