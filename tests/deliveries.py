"""A shot on disk with a box and an arm, what is asked of it as files, and what is delivered."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

import roto
from roto.delivery import Order, deliver, gaps
from roto.export import FramePattern
from roto.export.contract import Look
from roto.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from roto.delivery import Written
    from roto.export.contract import Format
    from roto.session import Session

SIZE, COUNT = (30, 44), 6
FRAMES = range(1001, 1001 + COUNT)
NAMES = {1: "box", 2: "left arm"}


def box(position: int) -> npt.NDArray[np.float32]:
    """The matte of the box, (30, 44); its upper edge is soft. ``position`` counts from 0."""
    alpha = np.zeros(SIZE, np.float32)
    alpha[5:15, 3 + 3 * position : 13 + 3 * position] = 1
    alpha[5, 3 + 3 * position : 13 + 3 * position] = 0.37
    return alpha


def arm() -> npt.NDArray[np.float32]:
    """The matte of the arm, (30, 44); it stays where it is."""
    alpha = np.zeros(SIZE, np.float32)
    alpha[20:26, 10:30] = 1
    return alpha


def picture(position: int) -> npt.NDArray[np.uint8]:
    """A red box that moves right and a green arm on grey, (30, 44, 3)."""
    image = np.full((*SIZE, 3), 40, np.uint8)
    image[box(position) > 0] = (220, 30, 30)
    image[20:26, 10:30] = (30, 200, 60)
    return image


@contextmanager
def shot_here() -> Iterator[Session]:
    """shot.roto in the current folder: a box found everywhere, an arm keyed at the first frame."""
    Path("plate").mkdir()
    for position, frame in enumerate(FRAMES):
        cv2.imwrite(f"plate/plate.{frame}.png", picture(position)[..., ::-1])
    with roto.new_session("plate", "shot.roto", model=FakeEngine()) as session:
        session.set_keyframe(1001, {"box": box(0), "left arm": arm()})
        session.set_keyframe(1006, {"box": box(5)})
        list(session.propagate())
        yield session


def order_of(
    session: Session,
    text: str,
    look: Look | None = None,
    *,
    format: Format | None = None,
    frames: Sequence[int] = FRAMES,
    **more: Any,
) -> Order:
    """Of all objects, at a pattern as an artist writes it."""
    names = {i: record.name for i, record in session.objects.items()}
    return Order(names, list(frames), FramePattern(text), format, look or Look(), **more)


def delivered(session: Session, *arguments: Any, **options: Any) -> list[Written]:
    """Check an order and deliver it to the end."""
    order = order_of(session, *arguments, **options)
    order.check()
    return list(deliver(session, order, gaps(session, order)))


def names_in(folder: Path | str) -> list[str]:
    """Files and folders, sorted."""
    return sorted(path.name for path in Path(folder).iterdir())
