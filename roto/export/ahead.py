"""Work in a few threads, a little ahead of who asks for it, in its own order.

Encoders spend their time in libraries that let other Python threads run meanwhile.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from roto.errors import RotoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

_BYTES = 512 * 2**20  # of what waits to be written
_MOST = 4


def threads_for(frame_bytes: int) -> int:
    """How many frames of a size are worth writing at once on this machine.

    >>> threads_for(2**40)
    1
    """
    return max(1, min(_MOST, cores(), _BYTES // max(1, frame_bytes)))


def cores() -> int:
    """How many processor cores this process may use."""
    if sys.platform == "linux":  # a container or a job of a render farm may have fewer
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    work: Iterator[Callable[[], T]], threads: int, take_back: Callable[[T], None]
) -> Iterator[T]:
    """Do pieces of work in threads; their results in the order of the pieces.

    The pieces are made in the caller's thread, at most ``threads`` ahead of the result that is
    asked for. An error of a piece, or of making one, is raised in its place, after the results
    before it. When it is raised, or nobody asks any more, what has begun is finished, and what
    has not is dropped.

    Args:
        work: What to do.
        threads: How many; with one, pieces are done one after the other.
        take_back: Told the results that were ahead when it ended early.
    """
    begun: deque[Future[T]] = deque()
    try:
        with ThreadPoolExecutor(threads, thread_name_prefix="roto-export") as pool:
            yield from _results(work, pool, begun, threads)
    finally:
        for one in begun:
            if not one.cancelled() and one.exception() is None:
                take_back(one.result())


def _results(
    work: Iterator[Callable[[], T]],
    pool: ThreadPoolExecutor,
    begun: deque[Future[T]],
    ahead: int,
) -> Iterator[T]:
    """Results in order; what is left in ``begun`` is cancelled or finishes with the pool."""
    failed: RotoError | None = None
    try:
        while failed is None:
            try:
                piece = next(work, None)
            except RotoError as error:
                failed, piece = error, None
            if piece is None:
                break
            begun.append(pool.submit(piece))
            if len(begun) > ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for one in begun:
            one.cancel()
    if failed is not None:
        raise failed
