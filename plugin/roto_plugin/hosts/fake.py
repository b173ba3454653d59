"""A host that is no program: a tiny compositor in NumPy. The example of docs/adding-a-host.md.

Its project is the plan itself as JSON; it reads PNG mattes and renders PNG pictures.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.errors import ClipNotFoundError, HostError
from roto.export import write_bytes_atomic, write_picture
from roto.media import open_clip, to_display
from roto.package.paths import numbered
from roto_plugin.expected import read_rgb
from roto_plugin.host import Applied, Capabilities, Finding, HostPlan, HostRequest, Loss, Way
from roto_plugin.planning import (
    carried,
    check_files,
    common_losses,
    gaps_in,
    objects_of,
    plate_of,
    relative,
    resolved,
    rgb,
    stop_at_errors,
    wanted,
)
from roto_plugin.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from roto.package import Package
    from roto_plugin.host import ConformanceReport

    Floats = npt.NDArray[np.float64]

_MOST = 0.5 / 255 + 0.0005  # half a level of 8 bits, and what the mattes lose
_WAYS = (
    Way("cutout", "sequence", "cut-out, PNG sequence", "display", 0.001, _MOST),
    Way("grade", "sequence", "grade inside, PNG sequence", "display", 0.001, _MOST),
    Way("alpha", "sequence", "matte, PNG sequence", "display", 0.001, _MOST),
)


class FakeHost:
    """See :class:`roto_plugin.host.HostAdapter`."""

    name = "fake"
    title = "a compositor in NumPy, for tests"

    def version(self) -> str:
        """It is always here."""
        return "1"

    def capabilities(self) -> Capabilities:
        """All features, from 16-bit PNG sequences."""
        return Capabilities(".fake.json", _WAYS, needs=("png",))

    def plan(self, package: Package, request: HostRequest) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.plan`."""
        way = self.capabilities().way(request.feature, request.carrier)
        want, plate = wanted(package, request), plate_of(package)
        layers: list[dict[str, Any]] = []
        for one in objects_of(package, request):
            matte = carried(package, one, "sequence", ["png"])
            path = relative(package.folder / matte.pattern, request.output)
            layers.append({"object": one.name, "mattes": path, "offset": 0})
        shown = {
            "path": relative(plate.path, request.output),
            "first": plate.first if plate.kind == "movie" else None,
            "space": plate.clip.colour_space,
        }
        data = {"wanted": want, "plate": shown, "layers": layers}
        paths = [relative(plate.path, request.output), *(layer["mattes"] for layer in layers)]
        losses = [
            Loss("Half floats become 16-bit steps, and pictures 8-bit ones."),
            *common_losses(package, want["objects"], paths),
        ]
        return HostPlan(self.name, way.feature, way.carrier, data, tuple(losses))

    def preflight(self, plan: HostPlan, output: Path) -> tuple[Finding, ...]:
        """See :meth:`roto_plugin.host.HostAdapter.preflight`."""
        want = plan.data["wanted"]
        found: list[Finding] = []
        for layer in plan.data["layers"]:
            files = [_matte_file(layer, frame, output) for frame in _frames(want)]
            found += check_files(files, f"A matte of {layer['object']}")
        try:
            with _plate(plan, output) as source:
                found += gaps_in(source.frame_numbers, want["first"], want["last"], "The plate")
        except ClipNotFoundError as error:
            found.append(Finding("error", f"The plate is missing: {error}"))
        return tuple(found)

    def apply(self, plan: HostPlan, output: Path) -> Applied:
        """See :meth:`roto_plugin.host.HostAdapter.apply`."""
        stop_at_errors(self.preflight(plan, output))
        write_bytes_atomic(output, json.dumps(plan.as_json(), indent=1).encode())
        return Applied(output, (output,))

    def read_back(self, output: Path) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.read_back`."""
        try:
            values = json.loads(output.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise HostError(f"{output} is no project of {self.name}: {error}.") from error
        return HostPlan.from_json(values)

    def render(self, output: Path, folder: Path) -> dict[int, Path]:
        """See :meth:`roto_plugin.host.HostAdapter.render`."""
        plan = self.read_back(output)
        stop_at_errors(self.preflight(plan, output))
        written = {}
        with _plate(plan, output) as source:
            for frame in _frames(plan.data["wanted"]):
                plate = to_display(source.read(frame), plan.data["plate"]["space"]) / 255.0
                levels = np.rint(_composite(plan, output, frame, plate) * 255).astype(np.uint8)
                written[frame] = folder / f"fake.{frame:04d}.png"
                write_picture(written[frame], levels)
        return written

    def verify(self, package: Package, output: Path) -> ConformanceReport:
        """See :meth:`roto_plugin.host.HostAdapter.verify`."""
        return verify(self, package, output)


def _frames(want: dict[str, Any]) -> range:
    return range(want["first"], want["last"] + 1)


def _matte_file(layer: dict[str, Any], frame: int, output: Path) -> Path:
    return resolved(numbered(layer["mattes"], frame + int(layer["offset"])), output)


def _plate(plan: HostPlan, output: Path) -> Any:
    place = plan.data["plate"]
    return open_clip(resolved(place["path"], output), first_frame=place["first"])


def _composite(plan: HostPlan, output: Path, frame: int, plate: Floats) -> Floats:
    """What is behind the mattes, and through each of them what is inside."""
    shown, inside = _behind(plan, output, plate), _inside(plan, plate)
    for layer in plan.data["layers"]:
        matte = read_rgb(_matte_file(layer, frame, output))
        shown = shown + matte * (inside - shown)
    return shown


def _behind(plan: HostPlan, output: Path, plate: Floats) -> Floats:
    if plan.feature == "grade":
        return plate
    found = plan.data["wanted"].get("background", {"colour": "#000000"})
    if "file" in found:
        return read_rgb(resolved(found["file"], output))
    return np.zeros_like(plate) + rgb(found["colour"])


def _inside(plan: HostPlan, plate: Floats) -> Floats:
    if plan.feature == "alpha":
        return np.ones_like(plate)
    gain = np.array(plan.data["wanted"].get("gain", 1.0))
    graded: Floats = np.minimum(plate * gain, 1)
    return graded
