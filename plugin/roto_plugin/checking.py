"""What the check button of a host's preferences asks: is everything there that roto needs?"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import roto
from roto.errors import RotoError
from roto.models import DEFAULT, find_model

if TYPE_CHECKING:
    from collections.abc import Callable

_FREE_BYTES = 2**31  # for the project's cache and some mattes
_INSTALL = "Install roto again into this environment: python -m pip install roto."


def check(model: str | None = None, folder: Path | None = None) -> dict[str, Any]:
    """The environment report.

    Args:
        model: Name or path of the network that is going to be used.
        folder: Where projects and mattes are going to be; None: the user's home.
    """
    home = folder or Path.home()
    questions: dict[str, Callable[[], tuple[bool, str, str]]] = {
        "python": _python,
        "roto": lambda: (True, f"{roto.__version__} in {Path(roto.__file__).parent}", ""),
        "packages": _packages,
        "torch": _torch,
        "device": _device,
        "model": lambda: _model(model or DEFAULT),
        "disk": lambda: _disk(home),
    }
    checks = []
    for name, ask in questions.items():
        ok, found, advice = ask()
        checks.append({"name": name, "ok": ok, "found": found, "advice": advice})
    return {"ok": all(one["ok"] for one in checks), "checks": checks}


def _python() -> tuple[bool, str, str]:
    ok = sys.version_info >= (3, 10)
    return ok, f"{platform.python_version()}, {sys.executable}", "" if ok else "Use Python 3.10."


def _packages() -> tuple[bool, str, str]:
    """All that roto's own metadata asks for; Qt's absence only costs the desktop app."""
    try:
        required = importlib.metadata.requires("roto") or []
    except importlib.metadata.PackageNotFoundError:
        return True, "roto runs from its source folder", ""
    names = [re.split(r"[^A-Za-z0-9._-]", one)[0] for one in required if "extra ==" not in one]
    missing = [name for name in names if not _installed(name)]
    if missing:
        return False, f"missing: {', '.join(missing)}", _INSTALL
    return True, f"all {len(names)}", ""


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _torch() -> tuple[bool, str, str]:
    try:
        import roto.stcn_engine  # noqa: F401 - torch and all that the engine needs of it
    except (ImportError, OSError, RuntimeError) as error:  # a library that does not load
        return False, f"{type(error).__name__}: {error}"[:300], _INSTALL
    return True, importlib.metadata.version("torch"), ""


def _device() -> tuple[bool, str, str]:
    try:
        from roto.model.devices import choose_device

        device = choose_device()
    except (ImportError, OSError, RuntimeError) as error:
        return False, f"{type(error).__name__}: {error}"[:300], "See torch."
    slow = "It works, but a graphics card is many times faster." if device.type == "cpu" else ""
    return True, str(device), slow


def _model(name: str) -> tuple[bool, str, str]:
    try:
        found = find_model(name)
    except RotoError as error:
        return False, str(error), "Choose one of the models that are there."
    if found.path.suffix == ".safetensors" and found.parameters is None:
        return False, str(found.path), "The weight file is damaged; install it again."
    return True, f"{found.name}, {found.path}", ""


def _disk(folder: Path) -> tuple[bool, str, str]:
    there = next((one for one in (folder, *folder.parents) if one.is_dir()), Path.home())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return False, f"{there}: {error.strerror}", "Choose a folder that can be read."
    ok = free >= _FREE_BYTES
    return ok, f"{free / 2**30:.1f} GB free in {there}", "" if ok else "Make room on this disk."
