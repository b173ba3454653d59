"""What the timeline says of a place, in words."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto.session.states import State
    from roto_gui.state import ObjectState, Snapshot
    from roto_gui.timeline.geometry import Hit


def tr(text: str) -> str:
    """A text of the timeline, translated."""
    return QCoreApplication.translate("Timeline", text)


def state_words(state: State | None) -> str:
    """What a state means."""
    words: dict[State | None, str] = {
        "keyframe": tr("keyframe, the mask is yours"),
        "fresh": tr("up to date"),
        "stale": tr("stale, propagating again would change it"),
        "open": tr("open, a keyframe near it changed: propagate"),
        "missing": tr("nothing yet: propagate"),
        "locked": tr("locked, it stays as it is"),
        "absent": tr("absent, the object is not in the picture"),
        None: tr("not on disk"),
    }
    return words[state]


def place_words(snapshot: Snapshot, hit: Hit, changed: Mapping[int, float]) -> str:
    """What is under the pointer; "" where there is nothing to say."""
    of = snapshot.object(hit.object)
    if hit.part == "flag":
        return _flag_words(snapshot, hit.frame)
    if hit.part == "in":
        return tr("In point: {0}. Drag it; double-click to clear it.").format(hit.frame)
    if hit.part == "out":
        return tr("Out point: {0}. Drag it; double-click to clear it.").format(hit.frame)
    if hit.part == "label" and of is not None:
        return _object_words(of)
    if hit.part in ("lane", "diamond") and of is not None:
        return _lane_words(of, hit.frame)
    if hit.part == "ruler":
        return _ruler_words(snapshot, hit.frame, changed)
    return ""


def nearest_number(numbers: Sequence[int], wanted: int) -> int:
    """The nearest of some numbers in ascending order, at least one; of two the lower.

    >>> nearest_number((1001, 1002, 1007), 1005)
    1007
    """
    at = bisect_left(numbers, wanted)
    return min(numbers[max(at - 1, 0) : at + 1], key=lambda number: abs(number - wanted))


def _lane_words(of: ObjectState, frame: int) -> str:
    lines = [
        tr("{name}, frame {frame}").format(name=of.name, frame=frame),
        state_words(of.states.get(frame)),
    ]
    if frame in of.partly:
        lines.append(tr("a part of the picture is locked"))
    if frame in of.confidence:
        share = round(of.confidence[frame] * 100)
        lines.append(tr("confidence {0} %").format(share))
    return "\n".join(lines)


def _object_words(of: ObjectState) -> str:
    lines = [of.name]
    counts: tuple[tuple[State, str], ...] = (
        ("keyframe", tr("keyframes: {0}")),
        ("fresh", tr("up to date: {0}")),
        ("stale", tr("stale: {0}")),
        ("open", tr("open: {0}")),
        ("missing", tr("nothing yet: {0}")),
        ("locked", tr("locked: {0}")),
    )
    lines += [words.format(of.count(state)) for state, words in counts if of.count(state)]
    if of.partly:
        lines.append(tr("locked in part: {0}").format(len(of.partly)))
    return "\n".join(lines)


def _flag_words(snapshot: Snapshot, frame: int) -> str:
    found = next((s for s in snapshot.suggestions if s.frame == frame), None)
    if found is None:
        return ""
    of = snapshot.object(found.object)
    reasons = {
        "low confidence": tr("the result is uncertain there"),
        "far from keyframes": tr("it is far from all keyframes"),
    }
    best = frame == snapshot.suggestions[0].frame
    text = tr("Frame {0}: check this one first") if best else tr("Frame {0}: worth a check")
    whose = of.name if of is not None else tr("object")
    return f"{text.format(frame)}\n{whose}: {reasons[found.reason]}"


def _ruler_words(snapshot: Snapshot, frame: int, changed: Mapping[int, float]) -> str:
    if nearest_number(snapshot.frames, frame) != frame:
        return tr("Frame {0} is not on disk").format(frame)
    text = tr("Frame {0}").format(frame)
    return text + "\n" + tr("changed by the last propagation") if frame in changed else text
