"""Blender projects (.blend), made by Blender itself: the module bpy in an environment of its own.

bpy is another licence and another NumPy, and a mistake ends its process: so it is only ever run as
a subprocess, ``plugin/blender/host_driver.py``. The environments are found in the folder that
``ROTO_HOSTS`` names, as ``bpy-4.2``, ``bpy-4.5`` and ``bpy-5.0``. Nodes and strips are made by the
same code as in the add-on, ``plugin/blender``.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from roto.errors import HostError
from roto.export.atomic import atomic_path
from roto.package.paths import numbered
from roto_plugin.host import Applied, Capabilities, Finding, HostPlan, Loss, Way
from roto_plugin.planning import (
    canvas,
    carried,
    check_files,
    common_losses,
    gaps_in,
    objects_of,
    plate_of,
    relative,
    resolved,
    stop_at_errors,
    wanted,
)
from roto_plugin.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roto.package import Package
    from roto_plugin.host import ConformanceReport, HostRequest
    from roto_plugin.planning import Plate

_BLENDER = Path(__file__).parents[2] / "blender"  # of the checkout; a wheel does not hold it
_DRIVER, _ADD_ON = _BLENDER / "host_driver.py", _BLENDER / "roto_blender"
_MOVIE_FIRST = 1001  # where the add-on puts the first frame of a movie
_LIMIT_S = 600.0

_WAYS = (
    Way("cutout", "sequence", "cut-out, Set Alpha with EXR", "linear", 0.001, 0.006),
    Way("cutout", "cryptomatte", "cut-out, Cryptomatte", "linear", 0.001, 0.006),
    Way("cutout", "strip", "cut-out, sequencer mask modifier", "display", 0.002, 0.006),
    Way("grade", "sequence", "grade inside, EXR as factor", "linear", 0.001, 0.006),
    Way("alpha", "sequence", "matte, Set Alpha with EXR", "linear", 0.0001, 0.0005),
    Way("alpha", "cryptomatte", "matte, Cryptomatte", "linear", 0.0001, 0.0005),
)
_CARRIED = {
    "sequence": ("sequence", "exr"),
    "cryptomatte": ("cryptomatte", "cryptomatte"),
    "strip": ("sequence", "png"),
}


class BlenderHost:
    """See :class:`roto_plugin.host.HostAdapter`.

    Args:
        series: "4.2", "4.5" or "5.0".
    """

    def __init__(self, series: str) -> None:
        self.series = series
        self.name, self.title = f"blender-{series}", f"Blender {series}"

    def version(self) -> str:
        """Of the module bpy."""
        python = _python(self.series)
        return "" if python is None else _version(python)

    def capabilities(self) -> Capabilities:
        """All features; cut-outs by three means."""
        return Capabilities(".blend", _WAYS, ("cryptomatte", "png"), _writer(self.series))

    def plan(self, package: Package, request: HostRequest) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.plan`."""
        way = self.capabilities().way(request.feature, request.carrier)
        want, plate = wanted(package, request), plate_of(package)
        stop_at_errors(_impossible(way, want, plate))
        layers = []
        for one in objects_of(package, request):
            matte = carried(package, one, _CARRIED[way.carrier][0], [_CARRIED[way.carrier][1]])
            stop_at_errors(gaps_in(matte.frames, want["first"], want["last"], one.name))
            path = relative(package.folder / matte.pattern, request.output)
            layers.append({"object": one.name, "mattes": path, "first": want["first"]})
        path = plate.path if plate.kind == "movie" else _hashes(plate.path)
        shown = {"kind": plate.kind, "path": relative(path, request.output)}
        data = {"wanted": want, "canvas": canvas(package), "plate": shown, "layers": layers}
        paths = [shown["path"], *(layer["mattes"] for layer in layers)]
        losses = [*_losses(way), *common_losses(package, want["objects"], paths)]
        return HostPlan(self.name, way.feature, way.carrier, data, tuple(losses))

    def preflight(self, plan: HostPlan, output: Path) -> tuple[Finding, ...]:
        """See :meth:`roto_plugin.host.HostAdapter.preflight`."""
        return tuple(_findings(plan, output))

    def apply(self, plan: HostPlan, output: Path) -> Applied:
        """See :meth:`roto_plugin.host.HostAdapter.apply`."""
        stop_at_errors(self.preflight(plan, output))
        with atomic_path(output) as target:
            job = {"plan": plan.as_json(), "folder": str(output.absolute().parent)}
            self.drive("build", {**job, "output": str(target.absolute())})
        return Applied(output, (output,))

    def read_back(self, output: Path) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.read_back`."""
        if not output.is_file():
            raise HostError(f"There is no project {output}.")
        state = output.stat()
        return HostPlan.from_json(
            json.loads(_read(self.series, output.absolute(), state.st_mtime_ns, state.st_size))
        )

    def render(self, output: Path, folder: Path) -> dict[int, Path]:
        """See :meth:`roto_plugin.host.HostAdapter.render`."""
        plan = self.read_back(output)
        stop_at_errors(self.preflight(plan, output))
        job = {"project": str(output.absolute()), "pictures": str(folder / "blender.####.tif")}
        self.drive("render", {**job, "wanted": plan.data["wanted"]})
        want = plan.data["wanted"]
        return {
            frame: folder / f"blender.{frame:04d}.tif"
            for frame in range(want["first"], want["last"] + 1)
        }

    def verify(self, package: Package, output: Path) -> ConformanceReport:
        """See :meth:`roto_plugin.host.HostAdapter.verify`."""
        return verify(self, package, output)

    def drive(self, what: str, job: Mapping[str, Any]) -> Any:
        """Have Blender do something; returns what it answers."""
        python = _python(self.series)
        if python is None:
            raise HostError(f"{self.title} is not here: {_writer(self.series)}.")
        if not _DRIVER.is_file():
            raise HostError("The Blender adapter needs plugin/blender: run roto from its checkout.")
        with TemporaryDirectory(prefix="roto-blender-") as folder:
            order, answer = Path(folder, "job.json"), Path(folder, "answer.json")
            order.write_text(json.dumps({**job, "add_on": str(_ADD_ON)}), "utf-8")
            said = _run([str(python), str(_DRIVER), what, str(order), str(answer)])
            if not answer.is_file():
                raise HostError(f"Blender {self.series} cannot {what} the project: {said}.")
            return json.loads(answer.read_text("utf-8"))


@lru_cache(maxsize=8)
def _read(series: str, output: Path, *state: int) -> str:
    """The plan of a project as JSON. A start of Blender takes seconds, and one look is enough."""
    del state  # when it was written, and how large it is
    job = {"project": str(output), "folder": str(output.parent)}
    return json.dumps(BlenderHost(series).drive("read", job))


def blender_4_2() -> BlenderHost:
    """Blender 4.2 LTS."""
    return BlenderHost("4.2")


def blender_4_5() -> BlenderHost:
    """Blender 4.5 LTS."""
    return BlenderHost("4.5")


def blender_5_0() -> BlenderHost:
    """Blender 5.0."""
    return BlenderHost("5.0")


def _writer(series: str) -> str:
    return (
        f"ROTO_HOSTS must name a folder that holds bpy-{series}, an environment with the package "
        "bpy; .ci/hosts FOLDER makes one. Inside Blender the extension does it: docs/blender.md"
    )


def _python(series: str) -> Path | None:
    folder = os.environ.get("ROTO_HOSTS")
    path = Path(folder, f"bpy-{series}", "bin", "python") if folder else None
    return path if path is not None and path.is_file() else None


@cache
def _version(python: Path) -> str:
    said = _run([str(python), "-c", "import bpy; print(bpy.app.version_string)"])
    return said.removesuffix(" LTS")


def _run(command: list[str]) -> str:
    """The last line that a process wrote."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {_LIMIT_S:.0f} seconds"
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it ended with code {done.returncode}"


def _hashes(pattern: str) -> str:
    """``plate.%04d.png`` as ``plate.####.png``."""
    folder, name = os.path.split(pattern)
    head, _, rest = name.rpartition("%")
    width, _, tail = rest.partition("d")
    return os.path.join(folder, f"{head}{'#' * int(width or 1)}{tail}")


def _impossible(way: Way, want: Mapping[str, Any], plate: Plate) -> Iterator[Finding]:
    yield from gaps_in(plate.frames, want["first"], want["last"], "The plate")
    if plate.kind == "movie" and plate.first != _MOVIE_FIRST:
        yield Finding("error", f"Blender gets movies that begin at 1001, not at {plate.first}.")
    if "%" not in Path(plate.path).name and plate.kind == "sequence":
        yield Finding("error", f"{plate.path} is a single picture, and no sequence.")
    if way.carrier == "strip" and len(want["objects"]) > 1:
        yield Finding("error", "A strip has one mask: choose one object for the sequencer.")


def _losses(way: Way) -> Iterator[Loss]:
    if way.carrier == "strip":
        yield Loss("Mattes of half floats become 16-bit PNG: the sequencer reads them best.")
    if way.carrier == "cryptomatte":
        yield Loss("Where more than six objects meet in a pixel, the faintest have no matte.")


def _findings(plan: HostPlan, output: Path) -> Iterator[Finding]:
    want = plan.data["wanted"]
    frames = range(want["first"], want["last"] + 1)
    plate = plan.data["plate"]
    for what, pattern in [
        ("The plate", plate["path"]),
        *((f"A matte of {layer['object']}", layer["mattes"]) for layer in plan.data["layers"]),
    ]:
        files = dict.fromkeys(resolved(numbered(pattern, frame), output) for frame in frames)
        yield from check_files(files, what)
    behind = want.get("background", {})
    if "file" in behind:
        yield from check_files([resolved(behind["file"], output)], "The background")
