"""Programs that the dialog offers projects for, as roto's adapters tell them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from roto.errors import HostError
from roto.hosts import HostChoice, exporting

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def hosts() -> Mapping[str, HostChoice]:
    """Programs by name; none where no adapter is installed."""
    try:
        return {one.name: one for one in exporting().choices()}
    except HostError:
        return {}


def host_named(name: str) -> HostChoice:
    """What is known of a program.

    Raises:
        HostError: there is no adapter for it.
    """
    known = hosts().get(name)
    if known is None:
        exporting()  # says so if there is none at all
        raise HostError(f"There is no adapter for {name!r} any more: choose another program.")
    return known
