"""Smart select: strokes inside and outside an object find its edge.

Finding takes longer than a window may wait, so the tool asks (:class:`Question`): while a stroke
is drawn for a preview, and when it ends for what it comes to. Strokes are answered one after the
other, each on what the one before came to, so that the result depends on the strokes alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from roto.painting import Before, Scribble, Selection, select, select_in_box
from roto.painting.boxes import union
from roto_gui.tools.base import Box, Guide, Layer, Pointer, Question, SizedTool
from roto_gui.tools.polygon import Point, opposite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]
    Picture = npt.NDArray[np.uint8]


@dataclass(eq=False, slots=True)
class _Mark:
    """One stroke or box, and how far it is answered.

    Attributes:
        points: So far; of a box two corners.
        radius: Of the stroke.
        inside: Whether it says what is the object.
        boxed: Whether it is a box.
        ended: Whether the button came up.
        version: Grows with every change.
        shown: The version that the layer shows; -1: none.
        before: The layer without it; None until it is asked about.
        prior: That as a hard mask.
    """

    points: list[Point]
    radius: float
    inside: bool
    boxed: bool
    ended: bool = False
    version: int = 0
    shown: int = -1
    before: Before | None = None
    prior: Mask | None = None

    @property
    def done(self) -> bool:
        """Whether it will not change the layer any more."""
        return self.ended and self.shown == self.version

    @property
    def scribble(self) -> Scribble:
        """As the core takes it."""
        return Scribble(tuple(self.points), self.radius, inside=self.inside)

    @property
    def guide(self) -> Guide:
        """As the canvas draws it."""
        if not self.boxed:
            return Guide(tuple(self.points), negative=not self.inside)
        (x0, y0), (x1, y1) = self.points
        return Guide(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), closed=True)


class SmartSelect(SizedTool):
    """Strokes add up until Enter keeps what they found, or Escape gives it up.

    The layer shows what is found as answers come. A drag with Control is a box around the
    object. Confirm before another frame or object is shown: strokes belong to one layer.
    """

    name: ClassVar[str] = "smart"

    def __init__(self, size: float = 6.0) -> None:
        super().__init__(size)
        self._before: Before | None = None
        self._marks: list[_Mark] = []

    @property
    def busy(self) -> bool:
        """See :class:`Tool`."""
        return self._before is not None

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The strokes so far, and what is being drawn."""
        return tuple(m.guide for m in self._marks if not (m.boxed and m.ended))

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """A stroke or, with Control, a box begins."""
        self.complete = False
        if self._drawn is not None:
            return None
        if self._before is None:
            self._before = Before(layer.alpha)
        boxed = at.ctrl and not at.negative
        points = [(at.x, at.y)] * (2 if boxed else 1)
        self._marks.append(_Mark(points, self.size, not at.negative, boxed))
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """It goes on."""
        del layer
        self.complete = False
        mark = self._drawn
        if mark is None:
            return None
        to = opposite(mark.points[0], at) if mark.boxed else (at.x, at.y)
        if to == mark.points[-1]:
            return None
        if mark.boxed:
            mark.points[1] = to
        else:
            mark.points.append(to)
        mark.version += 1
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It ends: what it comes to is asked for."""
        mark = self._drawn
        self.move(layer, at)
        if mark is not None:
            mark.ended = True
        return None

    def question(self, layer: Layer) -> Question | None:
        """About the first stroke that the layer does not show as it is."""
        mark = next((m for m in self._marks if not m.done), None)
        if mark is None or mark.shown == mark.version:
            return None
        if mark.prior is None:
            mark.before, mark.prior = Before(layer.alpha), layer.alpha >= 0.5
        find: Callable[[], Selection | None]
        if mark.boxed:
            find = partial(_in_box, layer.picture, mark.points[0], mark.points[1], mark.prior)
        else:
            upto = self._marks[: self._marks.index(mark) + 1]
            scribbles = [m.scribble for m in upto if not m.boxed]
            find = partial(_selected, layer.picture, scribbles, mark.prior)
        return Question(find, (mark, mark.version))

    def answer(self, layer: Layer, question: Question, found: object) -> Box | None:
        """Change what the selection decides otherwise; soft pixels stay where it agrees."""
        assert isinstance(question.about, tuple)
        mark: _Mark = question.about[0]
        version: int = question.about[1]
        if mark not in self._marks or mark.before is None or self._before is None:
            return None
        mark.shown = version
        box: Box | None = mark.before.restore()  # without the preview before
        if isinstance(found, Selection):
            self._before.keep(found.box)
            mark.before.keep(found.box)
            part = layer.alpha[found.box]
            changed = (part >= 0.5) != found.mask
            part[changed] = np.asarray(found.mask, np.float32)[changed]
            box = union(box, found.box)
        if mark.done:
            mark.before = mark.prior = None
        return box

    def confirm(self, layer: Layer) -> Box | None:
        """Keep what was found; a stroke still being drawn is left off."""
        del layer
        mark = self._drawn
        box = mark.before.restore() if mark is not None and mark.before is not None else None
        self.complete = self._before is not None and self._before.changed
        self._forget()
        return box

    def cancel(self, layer: Layer) -> Box | None:
        """The layer is as it was before the first stroke."""
        del layer
        self.complete = False
        box = self._before.restore() if self._before is not None else None
        self._forget()
        return box

    @property
    def _drawn(self) -> _Mark | None:
        """What the pointer draws now."""
        return self._marks[-1] if self._marks and not self._marks[-1].ended else None

    def _forget(self) -> None:
        self._before = None
        self._marks = []


def _selected(
    picture: Callable[[], Picture], scribbles: Sequence[Scribble], prior: Mask
) -> Selection | None:
    return select(picture(), scribbles, prior)


def _in_box(
    picture: Callable[[], Picture], first: Point, second: Point, prior: Mask
) -> Selection | None:
    return select_in_box(picture(), first, second, prior)
