"""The Blenders, each with the add-on as it was built by its own tool."""

from __future__ import annotations

import pytest
from real_blenders import VERSIONS, Blender


@pytest.fixture(scope="session", params=VERSIONS)
def blender(request, tmp_path_factory):
    """One version."""
    return Blender(request.param, tmp_path_factory.mktemp("blender"))
