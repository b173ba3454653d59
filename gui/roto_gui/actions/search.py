"""How well a few typed letters fit a command: pure functions behind the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_START, _NEXT, _GAP, _RECENT = 8, 5, 1, 6


def match(query: str, text: str) -> tuple[int, ...] | None:
    """Positions in ``text`` of the letters of ``query``, in order; None where they are not there.

    Spaces in the query do not count, nor does case. Of all ways the one with the best
    :func:`score` is found.
    """
    letters = "".join(query.lower().split())
    return _best(letters, text.lower())


def score(positions: Sequence[int], text: str) -> int:
    """How good a match is: letters in a row and at the start of words count, gaps cost."""
    total, before = 0, None
    for at in positions:
        if at == 0 or not text[at - 1].isalnum():
            total += _START
        if before is not None:
            gap = at - before - 1
            total += _NEXT if gap == 0 else -min(gap, 5) * _GAP
        before = at
    return total


def ranked(query: str, texts: Mapping[str, str], recent: Sequence[str] = ()) -> list[str]:
    """Keys of ``texts`` that fit, the best first; lately used ones gain, and of equals
    the order given decides.

    With an empty query everything fits: what was used lately first, then the order given.
    """
    newness = {name: len(recent) - at for at, name in enumerate(recent)}
    found: list[tuple[float, int, str]] = []
    for order, (name, text) in enumerate(texts.items()):
        positions = match(query, text)
        if positions is None:
            continue
        bonus = _RECENT * newness.get(name, 0) / max(len(recent), 1)
        found.append((score(positions, text.lower()) + bonus, -order, name))
    if not query.strip():
        found = [(newness.get(name, 0), order, name) for _, order, name in found]
    return [name for _, _, name in sorted(found, reverse=True)]


def _best(letters: str, text: str) -> tuple[int, ...] | None:
    """Dynamic programming over (letter, position): the best way to end a letter at a position."""
    if not letters:
        return ()
    ways: dict[int, tuple[int, tuple[int, ...]]] = {}
    for at, sign in enumerate(text):
        if sign == letters[0]:
            ways[at] = (score((at,), text), (at,))
    for letter in letters[1:]:
        after: dict[int, tuple[int, tuple[int, ...]]] = {}
        for at in (i for i, sign in enumerate(text) if sign == letter):
            options = [(*way, at) for end, (_, way) in ways.items() if end < at]
            if options:
                after[at] = max((score(way, text), way) for way in options)
        ways = after
    return max(ways.values(), default=(0, None))[1]
