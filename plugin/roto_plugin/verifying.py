"""Whether a host's pixels are what they should be: one way to find out, for all hosts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from roto.errors import ClipNotFoundError, DecodeError
from roto.media import read_image
from roto_plugin.expected import expected, read_rgb
from roto_plugin.host import ConformanceReport, FrameError

if TYPE_CHECKING:
    from roto.package import Package
    from roto_plugin.expected import Floats
    from roto_plugin.host import HostAdapter


def verify(adapter: HostAdapter, package: Package, output: Path) -> ConformanceReport:
    """Have a host render a project, and compare every frame with the package.

    Raises:
        HostError: it cannot be rendered.
    """
    plan = adapter.read_back(output)
    way = adapter.capabilities().way(plan.feature, plan.carrier)
    findings = adapter.preflight(plan, output)
    with TemporaryDirectory(prefix="roto-verify-") as folder:
        pictures = adapter.render(output, Path(folder))
        errors = {
            frame: _compare(pictures.get(frame), want, alpha=way.feature == "alpha")
            for frame, want in expected(package, plan, output, way)
        }
    return ConformanceReport(adapter.name, adapter.version(), way, errors, findings)


def _compare(path: Path | None, want: Floats, *, alpha: bool) -> FrameError:
    if path is None:
        return FrameError(1.0, 1.0)
    try:
        got = _read(path, alpha=alpha)
    except (ClipNotFoundError, DecodeError):
        return FrameError(1.0, 1.0)
    if got.shape != want.shape:
        return FrameError(1.0, 1.0)
    error = np.abs(got - want)
    return FrameError(float(error.mean()), float(error.max()))


def _read(path: Path, *, alpha: bool) -> Floats:
    """A rendered picture; of a host that renders mattes as alpha, that."""
    image = read_image(path)
    if not alpha or image.ndim != 3 or image.shape[2] != 4:
        return read_rgb(path)
    values = image[:, :, 3:] / (255.0 if image.dtype == np.uint8 else 1.0)
    return np.repeat(values, 3, axis=2)
