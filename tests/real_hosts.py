"""What tests of hosts share: a promised host that is missing fails where ROTO_HOSTS is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from roto_plugin.hosts import host_named

if TYPE_CHECKING:
    from roto_plugin.host import HostAdapter

REAL = ("mlt", "blender-4.2", "blender-4.5", "blender-5.0")
HOSTS = ["fake", *(pytest.param(name, marks=pytest.mark.hosts) for name in REAL)]
"""For ``parametrize``: the one that is always there, and those that .ci/hosts installs."""


def present(name: str) -> HostAdapter:
    """The adapter of a host that is here."""
    adapter = host_named(name)
    if not adapter.version():
        if os.environ.get("ROTO_HOSTS"):
            pytest.fail(f"ROTO_HOSTS is set, so {name} must be here; .ci/hosts installs it.")
        pytest.skip(f"{name} is not here; .ci/hosts installs it, then set ROTO_HOSTS.")
    return adapter
