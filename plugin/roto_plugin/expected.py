"""What a project must look like, computed from the package's EXR mattes and the plate alone."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import HostError
from roto.masks import read_mask, soft
from roto.media import as_rgb, open_clip, read_image, to_display
from roto_plugin.planning import plate_of, resolved, rgb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roto.package import Package
    from roto_plugin.host import HostPlan, Way

Floats: TypeAlias = "npt.NDArray[np.float64]"


def expected(
    package: Package, plan: HostPlan, output: Path, way: Way
) -> Iterator[tuple[int, Floats]]:
    """The frames that a host must render.

    Of a plan only what the artist wanted is read: where it puts files and offsets is the host's
    affair, and what is to be checked.

    Args:
        package: Holds EXR sequences.
        plan: What the project stands for.
        output: The project file.
        way: How the host mixes.

    Yields:
        Frame number and picture, (H, W, 3) in 0..1, display-referred.
    """
    want = plan.data["wanted"]
    plate = plate_of(package)
    size = (package.clip.height, package.clip.width)
    behind = _background(want, output, size)
    first_frame = plate.first if plate.kind == "movie" else None
    with open_clip(plate.path, first_frame=first_frame) as source:
        for frame in range(want["first"], want["last"] + 1):
            mattes = [_matte(package, name, frame) for name in want["objects"]]
            picture = to_display(source.read(frame), package.clip.colour_space) / 255.0
            yield frame, _shown(plan.feature, picture, mattes, want, behind, way)


def _shown(
    feature: str,
    plate: Floats,
    mattes: list[Floats],
    want: dict[str, Any],
    behind: Floats,
    way: Way,
) -> Floats:
    bare = reduce(lambda rest, matte: rest * (1 - matte), mattes, np.ones_like(mattes[0]))
    if feature == "alpha":
        return 1 - np.repeat(bare, 3, axis=2)
    linear = way.light == "linear"
    inside, under = (_linear(plate), _linear(behind)) if linear else (plate, behind)
    if feature == "cutout":
        shown = inside * (1 - bare) + under * bare
    else:
        graded = inside * np.array(want["gain"])
        shown = (graded if linear else np.minimum(graded, 1)) * (1 - bare) + inside * bare
    return np.minimum(_coded(shown) if linear else shown, 1)


def _matte(package: Package, name: str, frame: int) -> Floats:
    one = package.object(name).representation("sequence", "exr")
    if one is None:
        raise HostError(f"{package.folder} has no EXR sequence of {name} to compare with.")
    size = (package.clip.height, package.clip.width)
    mask = read_mask(soft(package.path(one, frame)), frame=frame, size=size)
    return mask.layers[0].matte().astype(np.float64)[:, :, None]


def _background(want: dict[str, Any], output: Path, size: tuple[int, int]) -> Floats:
    found = want.get("background", {"colour": "#000000"})
    if "colour" in found:
        return np.broadcast_to(np.array(rgb(found["colour"])), (*size, 3)).astype(np.float64)
    return read_rgb(resolved(found["file"], output))


def read_rgb(path: Path) -> Floats:
    """A picture file as (H, W, 3) in 0..1, alpha dropped.

    Raises:
        ClipNotFoundError: there is none.
        DecodeError: it cannot be read.
    """
    image = as_rgb(read_image(path), str(path))
    values: Floats = image.astype(np.float64)
    return values / 255.0 if image.dtype == np.uint8 else values


def _linear(values: Floats) -> Floats:
    low = values <= 0.04045
    found: Floats = np.where(low, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return found


def _coded(values: Floats) -> Floats:
    low = values <= 0.0031308
    found: Floats = np.where(
        low, values * 12.92, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055
    )
    return found
