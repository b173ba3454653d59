"""Hosts by name. An installed package may bring its own, by an entry point of ``roto.hosts``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from roto.errors import HostError

if TYPE_CHECKING:
    from roto_plugin.host import HostAdapter

GROUP = "roto.hosts"
FOR_TESTS = "fake"
"""The host that is no program; people are not offered it."""

_BLENDER = "roto_plugin.hosts.blender:blender_"
BUILT_IN = {
    FOR_TESTS: "roto_plugin.hosts.fake:FakeHost",
    "mlt": "roto_plugin.hosts.mlt:MltHost",
    "blender-4.2": f"{_BLENDER}4_2",
    "blender-4.5": f"{_BLENDER}4_5",
    "blender-5.0": f"{_BLENDER}5_0",
}
"""Where roto's own are made; pyproject.toml says the same, but a bare checkout is not installed."""


def host_names() -> list[str]:
    """Names of all hosts, roto's own first."""
    return list(_table())


def host_named(name: str) -> HostAdapter:
    """The adapter of a host.

    Raises:
        HostError: there is none of that name, or it cannot be loaded.
    """
    place = _table().get(name)
    if place is None:
        known = ", ".join(name for name in host_names() if name != FOR_TESTS)
        raise HostError(f"There is no host {name!r}; there are {known}.")
    module, _, factory = place.partition(":")
    try:
        adapter: HostAdapter = getattr(import_module(module), factory)()
    except (ImportError, AttributeError) as error:
        raise HostError(f"The host {name!r} cannot be loaded from {place}: {error}.") from error
    return adapter


@cache
def _table() -> dict[str, str]:
    installed = {point.name: point.value for point in entry_points(group=GROUP)}
    return {**BUILT_IN, **{k: v for k, v in installed.items() if k not in BUILT_IN}}
