"""Where one more keyframe helps most.

It is told without anybody's ground truth, from the confidence of what was propagated and from how
far it lies from the keyframes. How good the result is, :mod:`.self_test` finds out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from roto.session.states import State

    Floats = npt.NDArray[np.float64]

Reason = Literal["low confidence", "far from keyframes"]

_NARROWEST, _WIDEST = 1.0, 25.0  # frames; of the kernel that says how far a keyframe helps
_REACH = 4.0  # standard deviations, beyond which it does not
_LEAST_DOUBT = 0.01  # of a frame that the engine is entirely sure about


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A frame worth a keyframe.

    Attributes:
        frame: Frame number.
        object: Id of the object that gains most there.
        reason: What speaks for it: it and its neighbours are less certain than the rest of the
            object's frames, or they are far from all that the artist has given.
        score: Doubt that would go, summed over frames and objects: 2.0 is as much as two
            frames of which nothing at all is known.
    """

    frame: int
    object: int
    reason: Reason
    score: float


def suggest(
    states: Mapping[int, Mapping[int, State]],
    confidences: Mapping[tuple[int, int], float],
    n: int = 1,
) -> tuple[Suggestion, ...]:
    """The frames where keyframes help most, the best first; the first of several is that of one.

    A keyframe takes away the doubt about its neighbours, by a Gaussian of the distance in
    frames. What is chosen is the frame that takes away most of what the keyframes, and the frames
    chosen before it, leave: greedy maximisation of a submodular function, which gets at least
    63 % of what the best choice would (Nemhauser, Wolsey and Fisher, "An analysis of
    approximations for maximizing submodular set functions", Mathematical Programming 14,
    1978, section 4). Being near to a keyframe or to another suggestion so counts against a
    frame by itself. Of equals the earliest is taken.

    Args:
        states: Per object id and frame. Only fresh and stale frames are doubted and suggested:
            others are given, locked, or nothing is known of them yet.
        confidences: By frame and object id, in [0, 1].
        n: How many at most.

    Returns:
        Fewer than ``n`` where there are no more frames.
    """
    doubts = [_Doubt(i, states[i], confidences) for i in sorted(states)]
    candidates = sorted({int(frame) for doubt in doubts for frame in doubt.frames})
    found: list[Suggestion] = []
    while candidates and len(found) < n:
        gains = [[doubt.gain(frame) for doubt in doubts] for frame in candidates]
        totals = [sum(sum(parts) for parts in gain) for gain in gains]
        best = int(np.argmax(totals))
        frame = candidates.pop(best)
        whose = int(np.argmax([sum(parts) for parts in gains[best]]))
        unsure, far = gains[best][whose]
        reason: Reason = "low confidence" if unsure > far else "far from keyframes"
        found.append(Suggestion(frame, doubts[whose].object, reason, totals[best]))
        for doubt in doubts:
            doubt.settle(frame)
    return tuple(found)


class _Doubt:
    """What is not sure of one object, and how much of it its keyframes answer.

    Every frame is doubted by what is missing of its confidence, and once more by what is
    missing on average: how decided masks are depends on the object's size and sharpness.
    """

    def __init__(
        self,
        object_id: int,
        states: Mapping[int, State],
        confidences: Mapping[tuple[int, int], float],
    ) -> None:
        self.object = object_id
        known = [f for f in sorted(states) if states[f] in ("fresh", "stale")]
        known = [f for f in known if (f, object_id) in confidences]
        keys = [f for f, state in states.items() if state == "keyframe"]
        self.frames = np.array(known, np.float64)
        self._known = frozenset(known)
        self._doubt = np.array([1 - confidences[f, object_id] for f in known], np.float64)
        self._base = _LEAST_DOUBT + (float(self._doubt.mean()) if known else 0.0)
        alive = sum(state != "absent" for state in states.values())
        self._width = min(max(alive / (4 * max(len(keys), 1)), _NARROWEST), _WIDEST)
        self._answered: Floats = np.zeros(len(known))
        for frame in keys:
            self.settle(frame)

    def gain(self, frame: int) -> tuple[float, float]:
        """Doubt that a keyframe would take away: the frames' own, and the common one."""
        if frame not in self._known:
            return 0.0, 0.0
        near, kernel = self._around(frame)
        more = np.maximum(kernel - self._answered[near], 0)
        return float(more @ self._doubt[near]), float(more.sum() * self._base)

    def settle(self, frame: int) -> None:
        """Take a keyframe as given."""
        near, kernel = self._around(frame)
        np.maximum(self._answered[near], kernel, out=self._answered[near])

    def _around(self, frame: int) -> tuple[slice, Floats]:
        """Frames that a keyframe speaks for, and how much."""
        reach = _REACH * self._width
        low, high = np.searchsorted(self.frames, (frame - reach, frame + reach))
        near = slice(int(low), int(high))
        kernel: Floats = np.exp(-0.5 * ((self.frames[near] - frame) / self._width) ** 2)
        return near, kernel
