"""roto: mask an object on a few frames, get a matte on every frame.

>>> import roto
>>> result = roto.propagate("plate.mov", {1001: "hero.1001.png"})  # doctest: +SKIP
>>> result.save("mattes/hero.%04d.png")  # doctest: +SKIP

Names are loaded when they are first used: ``import roto`` loads neither torch nor Qt.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from roto.version import __version__

if TYPE_CHECKING:
    from roto.api import Result as Result
    from roto.api import load_model as load_model
    from roto.api import memory_needed as memory_needed
    from roto.api import propagate as propagate
    from roto.api import stream as stream
    from roto.budget.needs import MemoryNeed as MemoryNeed
    from roto.engine import Settings as Settings
    from roto.errors import RotoError as RotoError
    from roto.masks import read_mask as read_mask
    from roto.media import open_clip as open_clip
    from roto.opening import new_session as new_session
    from roto.opening import open_session as open_session
    from roto.propagation.passes import Propagated as Propagated
    from roto.results import FrameResult as FrameResult
    from roto.session import Session as Session

_HOME = {
    "FrameResult": "roto.results",
    "MemoryNeed": "roto.budget.needs",
    "Propagated": "roto.propagation.passes",
    "Result": "roto.api",
    "RotoError": "roto.errors",
    "Session": "roto.session",
    "Settings": "roto.engine",
    "load_model": "roto.api",
    "memory_needed": "roto.api",
    "new_session": "roto.opening",
    "open_clip": "roto.media",
    "open_session": "roto.opening",
    "propagate": "roto.api",
    "read_mask": "roto.masks",
    "stream": "roto.api",
}

__all__ = [
    "FrameResult",
    "MemoryNeed",
    "Propagated",
    "Result",
    "RotoError",
    "Session",
    "Settings",
    "__version__",
    "load_model",
    "memory_needed",
    "new_session",
    "open_clip",
    "open_session",
    "propagate",
    "read_mask",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'roto' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
