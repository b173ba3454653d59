"""What an artist knows of a session from the artist's own edits alone."""

import itertools
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from noisy_sessions import SIZE


@dataclass
class Lock:
    """A lock, and the frames as they were shown when it was made."""

    frames: range
    object: int | None
    region: np.ndarray | None
    shown: dict

    @property
    def place(self):
        return np.ones(SIZE, bool) if self.region is None else self.region

    def about(self, frame, which):
        return frame in self.frames and self.object in (None, which)


@dataclass
class Known:
    """What the artist knows of a session, told from the artist's own edits alone.

    ``sources`` says per frame and object between which masks a result was found, None for a
    side that is still to answer; ``last`` what it said before the newest propagation.
    """

    given: dict = field(default_factory=dict)
    lives: dict = field(default_factory=dict)
    locks: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)

    def copied(self):
        return Known(**{name: copy(value) for name, value in vars(self).items()})

    def around(self, frame, which):
        """The nearest masks on both sides: frame and pixels."""
        keys = sorted(f for f, i in self.given if i == which)
        sides = [f for f in keys if f < frame][-1:], [f for f in keys if f > frame][:1]
        return [(f[0], self.given[f[0], which].tobytes()) if f else "nothing" for f in sides]

    def can_be_found(self, frame, which):
        first, last = self.lives[which]
        return (
            (frame, which) not in self.given
            and first <= frame <= last
            and any(mask.any() for (_, i), mask in self.given.items() if i == which)
            and not any(k.region is None and k.about(frame, which) for k in self.locks.values())
        )

    def due(self, frames, which, direction):
        """What a propagation may change: what no result between the same masks answers."""
        for key in self.askable(frames, which, direction):
            if self.can_be_found(*key) and self.sources.get(key) != self.around(*key):
                yield key

    def askable(self, frames, which, direction):
        """Where a mask lies on the side that the direction comes from."""
        side = {"both": None, "forward": 0, "backward": 1}[direction]
        for key in itertools.product(range(frames[0], frames[1] + 1), which):
            if side is None or self.around(*key)[side] != "nothing":
                yield key

    def forget(self, which):
        for table in (self.given, self.sources, self.last):
            for key in [key for key in table if key[1] == which]:
                del table[key]
        self.locks = {n: lock for n, lock in self.locks.items() if lock.object != which}
        del self.lives[which]
