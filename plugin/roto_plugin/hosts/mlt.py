"""MLT projects, the XML that ``melt`` renders and that Kdenlive and Shotcut are built on.

The plate stays as it is; a matte is an alpha movie that a filter reads. Blending is done by
``frei0r.cairoblend`` and stills are read by ``pixbuf``: both need no display, and render the same
in ``melt`` and where Qt is (``qtblend`` without a display shows nothing, and returns 0).
docs/mlt.md has what was measured.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from roto.errors import ExportError, HostError
from roto.export import write_bytes_atomic, write_picture
from roto.media import open_clip, to_display
from roto.package.folders import whole_folder
from roto_plugin.host import Applied, Capabilities, Finding, HostPlan, Loss, Way
from roto_plugin.hosts import melt
from roto_plugin.hosts.mlt_xml import from_xml, to_xml
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

_READABLE = frozenset({".png", ".jpg", ".jpeg", ".bmp"})  # stills that are shown as they are
_MOVIES = ("qt-animation", "png-mov")  # R = G = B = A; the filter ignores ProRes' alpha
_SIGNS = "%?"  # in the path of a sequence they are MLT's own

# Where a matte is grey all over, 8-bit alpha is 3 of 255 off in every pixel; and what MLT's decoder
# makes of a 4:2:0 movie is up to 5 of 255 from what ours does.
_WAYS = (
    Way("cutout", "movie", "cut-out, alpha movie", "display", 0.005, 0.03),
    Way("grade", "movie", "grade inside, alpha movie", "display", 0.005, 0.03),
    Way("alpha", "movie", "matte, alpha movie", "display", 0.005, 0.02),
)


class MltHost:
    """See :class:`roto_plugin.host.HostAdapter`."""

    name = "mlt"
    title = "MLT (melt, Kdenlive, Shotcut)"

    def version(self) -> str:
        """Of ``melt``."""
        return melt.version()

    def capabilities(self) -> Capabilities:
        """All features, from alpha movies."""
        return Capabilities(".mlt", _WAYS, needs=("movie",))

    def plan(self, package: Package, request: HostRequest) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.plan`."""
        way = self.capabilities().way(request.feature, request.carrier)
        want, plate = wanted(package, request), plate_of(package)
        shown = _plate(package, request, plate, want)
        # The frame at the producer's position 0, from which MLT counts.
        start = plate.first if shown["kind"] == "movie" else package.clip.first
        layers: list[dict[str, Any]] = []
        for one in objects_of(package, request):
            matte = carried(package, one, "movie", _MOVIES)
            stop_at_errors(gaps_in(matte.frames, want["first"], want["last"], one.name))
            path = relative(package.folder / matte.pattern, request.output)
            layers.append({"object": one.name, "mattes": path, "in": matte.frames[0] - start})
        shown["in"] = want["first"] - start
        stop_at_errors(gaps_in(plate.frames, want["first"], want["last"], "The plate"))
        data = {"wanted": want, "canvas": canvas(package), "plate": shown, "layers": layers}
        paths = [shown.get("path", ""), *(layer["mattes"] for layer in layers)]
        losses = [
            *_losses(package, way, plate, shown),
            *common_losses(package, want["objects"], paths),
        ]
        return HostPlan(self.name, way.feature, way.carrier, data, tuple(losses))

    def preflight(self, plan: HostPlan, output: Path) -> tuple[Finding, ...]:
        """See :meth:`roto_plugin.host.HostAdapter.preflight`."""
        return tuple(_findings(plan, output, written=output.is_file()))

    def apply(self, plan: HostPlan, output: Path) -> Applied:
        """See :meth:`roto_plugin.host.HostAdapter.apply`."""
        stop_at_errors(_findings(plan, output, written=False))
        pictures = _write_stills(plan, output)
        write_bytes_atomic(output, to_xml(plan))
        return Applied(output, (output, *pictures))

    def read_back(self, output: Path) -> HostPlan:
        """See :meth:`roto_plugin.host.HostAdapter.read_back`."""
        try:
            return from_xml(output.read_bytes())
        except OSError as error:
            raise HostError(f"{output} cannot be read: {error.strerror or error}.") from error
        except HostError as error:
            raise HostError(f"{output}: {error}") from error

    def render(self, output: Path, folder: Path) -> Mapping[int, Path]:
        """See :meth:`roto_plugin.host.HostAdapter.render`."""
        plan = self.read_back(output)
        stop_at_errors(self.preflight(plan, output))
        want = plan.data["wanted"]
        return melt.render(output, folder, range(want["first"], want["last"] + 1))

    def verify(self, package: Package, output: Path) -> ConformanceReport:
        """See :meth:`roto_plugin.host.HostAdapter.verify`."""
        return verify(self, package, output)


def _plate(
    package: Package, request: HostRequest, plate: Plate, want: Mapping[str, Any]
) -> dict[str, Any]:
    """How the project shows the plate: itself, or 8-bit pictures of it that roto makes."""
    if request.feature == "alpha":
        count = want["last"] - package.clip.first + 1
        return {"kind": "colour", "colour": "#ffffff", "length": count}
    path = relative(plate.path, request.output)
    if plate.kind == "movie" and not plate.clip.variable_frame_rate:
        count = plate.clip.frame_count or len(plate.frames)
        return {"kind": "movie", "path": path, "length": count}
    count = package.clip.last - package.clip.first + 1
    sequence = {"kind": "sequence", "begin": package.clip.first, "length": count}
    if _shown_as_it_is(plate):
        return {**sequence, "path": path}
    pictures = f"{request.output.stem}.plate/plate.%04d.png"
    first = plate.first if plate.kind == "movie" else None
    return {**sequence, "path": pictures, "made_of": path, "made_first": first}


def _shown_as_it_is(plate: Plate) -> bool:
    clip = plate.clip
    name = PurePosixPath(plate.path).name
    readable = Path(name).suffix.lower() in _READABLE and "%" in name
    return plate.kind == "sequence" and readable and clip.colour_space == "display"


def _losses(package: Package, way: Way, plate: Plate, shown: Mapping[str, Any]) -> Iterator[Loss]:
    yield Loss("Mattes of half floats become 8 bit: MLT's filters have no more.")
    width = package.clip.width
    if width % 2:
        yield Loss(
            f"The plate is {width} pixels wide, and MLT's masks work with {width - 1}: what is "
            "inside a matte is drawn up to a pixel off."
        )
    if way.feature == "alpha":
        return
    if package.clip.colour_space == "linear":
        yield Loss("The plate is scene-linear; the project shows 8-bit sRGB pictures of it.")
    elif "made_of" in shown:
        yield Loss("The project shows 8-bit PNG pictures of the plate, which roto makes.")
    elif "16 bit" in plate.clip.codec:
        yield Loss("The plate has 16 bit and is shown with 8.")
    yield Loss(
        "Inside the mattes the plate passes through 8-bit YCbCr 4:2:2, as in most movies: every "
        "two pixels of a row share their colour, but not their brightness."
    )


def _findings(plan: HostPlan, output: Path, *, written: bool) -> Iterator[Finding]:
    want, plate = plan.data["wanted"], plan.data["plate"]
    for layer in plan.data["layers"]:
        path = resolved(layer["mattes"], output)
        yield from check_files([path], f"The matte of {layer['object']}")
    if "file" in want.get("background", {}):
        yield from check_files([resolved(want["background"]["file"], output)], "The background")
    if "made_of" in plate and not written:
        return  # what it is made of was opened for the plan, and is opened again to write it
    if plate["kind"] == "movie":
        yield from check_files([resolved(plate["path"], output)], "The plate")
    elif plate["kind"] == "sequence":
        if any(sign in str(PurePosixPath(plate["path"]).parent) for sign in _SIGNS):
            yield Finding(
                "error", f"MLT cannot read {plate['path']}: rename the folder with % or ? in it."
            )
        yield from check_files(_stills(plate, output), "The plate")


def _stills(plate: Mapping[str, Any], output: Path) -> Iterator[Path]:
    folder, name = PurePosixPath(plate["path"]).parent, PurePosixPath(plate["path"]).name
    for number in range(plate["begin"], plate["begin"] + plate["length"]):
        yield resolved(str(folder / (name % number)), output)


def _write_stills(plan: HostPlan, output: Path) -> list[Path]:
    """The pictures of a plate that MLT would not show as roto does; all of them or none."""
    plate = plan.data["plate"]
    if "made_of" not in plate:
        return []
    pictures = list(_stills(plate, output))
    folder, source_path = pictures[0].parent, resolved(plate["made_of"], output)

    def may_replace() -> None:
        if any(path.suffix != ".png" for path in folder.iterdir()):
            raise ExportError(
                f"Cannot write {folder}: it holds other files than pictures of the plate; move it "
                "away, or give the project another name."
            )

    with (
        open_clip(source_path, first_frame=plate["made_first"]) as source,
        whole_folder(folder, may_replace) as partial,
    ):
        for frame, path in enumerate(pictures, start=plate["begin"]):
            picture = to_display(source.read(frame), source.clip.colour_space)
            write_picture(partial / path.name, picture)
    return pictures
