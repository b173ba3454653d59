"""What plans of all hosts share: which objects and frames, where the plate is, what is lost."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roto.errors import ClipNotFoundError, DecodeError, HostError
from roto.media import open_clip, read_image
from roto.media.naming import parse_pattern, the_sequence_in
from roto.package import find_plate
from roto_plugin.host import Finding, Loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from roto.media import Clip
    from roto.package import Package, PackagedObject, Representation
    from roto_plugin.host import HostRequest

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Plate:
    """The plate of a package, as it is on disk.

    Attributes:
        clip: What it is.
        kind: "sequence" or "movie".
        path: Of the movie, or a pattern such as ``/shots/plate.%04d.png``.
        first: Number of the first picture of a movie; of a sequence its first file's.
        frames: Numbers of the frames that can be read.
    """

    clip: Clip
    kind: str
    path: str
    first: int
    frames: frozenset[int]


def plate_of(package: Package) -> Plate:
    """Find the plate of a package and look at it.

    Raises:
        ClipNotFoundError: it is nowhere.
        DecodeError: it cannot be read.
    """
    path = find_plate(package).path
    start, rate = package.clip.start, package.clip.rate
    pattern = the_sequence_in(path) if path.is_dir() else parse_pattern(path)
    if path.is_file() and pattern is None:
        with open_clip(path, first_frame=start) as source:
            frames = frozenset(source.frame_numbers)
            return Plate(source.clip, "movie", str(path), start, frames)
    with open_clip(path, frame_rate=rate) as source:
        frames = frozenset(source.frame_numbers)
        name = str(pattern or path)
        return Plate(source.clip, "sequence", name, source.clip.first_frame, frames)


def wanted(package: Package, request: HostRequest) -> dict[str, Any]:
    """What the artist asked for, as plans of all hosts keep it under this key.

    Raises:
        HostError: a background or gain that is none, or a range outside the package.
        PackageError: no such object.
    """
    first, last = _range(package, request)
    names = [one.name for one in objects_of(package, request)]
    if not names:
        raise HostError(f"{package.folder} has no objects; package some first.")
    found: dict[str, Any] = {"first": first, "last": last, "objects": names}
    if request.feature == "cutout":
        found["background"] = _background(package, request)
    if request.feature == "grade":
        check_gain(request.gain)
        found["gain"] = [float(part) for part in request.gain]
    return found


def objects_of(package: Package, request: HostRequest) -> list[PackagedObject]:
    """The objects that are meant, by ascending id.

    Raises:
        PackageError: there is no such object.
    """
    if request.objects is None:
        return list(package.objects)
    return sorted((package.object(which) for which in request.objects), key=lambda one: one.id)


def canvas(package: Package) -> dict[str, Any]:
    """Size, pixel aspect and frame rate of the project."""
    clip = package.clip
    return {
        "width": clip.width,
        "height": clip.height,
        "pixel_aspect": f"{clip.pixel_aspect.numerator}/{clip.pixel_aspect.denominator}",
        "rate": f"{clip.rate.numerator}/{clip.rate.denominator}",
    }


def carried(
    package: Package, one: PackagedObject, kind: str, formats: Iterable[str]
) -> Representation:
    """The representation of an object that a host reads.

    Raises:
        HostError: the package does not hold it.
    """
    names = list(formats)
    for name in names:
        found = one.representation(kind, name)
        if found is not None:
            return found
    raise HostError(
        f"{package.folder} holds {one.name} in no way that the host reads; write the package again "
        f"with {' or '.join(names)}."
    )


def gaps_in(frames: Iterable[int], first: int, last: int, what: str) -> Iterator[Finding]:
    """An error where frames of a range are not there."""
    missing = sorted(set(range(first, last + 1)) - set(frames))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Finding(
            "error",
            f"{what} has no frame {missing[0]}{more}, and the host would show later frames there; "
            "choose a range without holes.",
        )


def relative(path: str | os.PathLike[str], output: Path) -> str:
    """A path as seen from the folder of a project, with forward slashes.

    Absolute where there is no way: on another drive of Windows.
    """
    target = os.path.abspath(path)
    try:
        return Path(os.path.relpath(target, output.absolute().parent)).as_posix()
    except ValueError:
        return Path(target).as_posix()


def resolved(path: str, output: Path) -> Path:
    """The other way round."""
    return Path(os.path.normpath(output.absolute().parent / path))


def common_losses(package: Package, names: Iterable[str], paths: Iterable[str]) -> Iterator[Loss]:
    """What no host is told."""
    clip = package.clip
    box = clip.data_window
    if box and (box[0] < 0 or box[1] < 0 or box[2] > clip.width or box[3] > clip.height):
        yield Loss("Overscan is cut: the host sees the picture only, not what lies beyond it.")
    if clip.timecode:
        yield Loss(f"The timecode {clip.timecode} is not in the project.")
    if any(clip.handles):
        yield Loss(
            f"The handles of {clip.handles[0]} and {clip.handles[1]} frames are in the mattes, but "
            "the project does not show them."
        )
    for name in names:
        doubts = [s for s in ("stale", "open", "missing") if s in package.object(name).states]
        if doubts:
            yield Loss(f"That frames of {name} are {' and '.join(doubts)} is not shown.")
    for path in paths:
        if os.path.isabs(path):
            yield Loss(f"{path} is on another drive; the project cannot be moved with it.")


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue in 0..1 of ``#rrggbb``."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def check_files(paths: Iterable[Path], what: str) -> Iterator[Finding]:
    """An error for the first file that is not there, with how many more there are."""
    missing = [path for path in paths if not path.is_file()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Finding("error", f"{what} is missing: there is no {missing[0]}{more}.")


def stop_at_errors(findings: Iterable[Finding]) -> None:
    """Raise what preflight found, if it is an error.

    Raises:
        HostError: the first one.
    """
    for one in findings:
        if one.severity == "error":
            raise HostError(one.text)


def _range(package: Package, request: HostRequest) -> tuple[int, int]:
    clip = package.clip
    cut = (clip.first + clip.handles[0], clip.last - clip.handles[1])
    first, last = request.range or cut
    if not clip.first <= first <= last <= clip.last:
        raise HostError(
            f"{first}-{last} is no range of {package.folder}, which holds {clip.first}-{clip.last}."
        )
    return first, last


def check_gain(gain: Sequence[float]) -> None:
    """Make sure that a gain can be shown.

    Raises:
        HostError: a part of it is negative, very large or no number.
    """
    if not all(0 <= part <= 100 for part in gain):
        shown = ",".join(f"{part:g}" for part in gain)
        raise HostError(f"The gain {shown} is none: give numbers from 0 to 100.")


def check_background(text: str) -> None:
    """Make sure that a background is a colour, or a file that is there.

    Raises:
        HostError: it is neither.
    """
    if not _COLOUR.fullmatch(text) and not Path(text).expanduser().is_file():
        raise HostError(f"The background {text!r} is neither a colour like #00ff00 nor a picture.")


def _background(package: Package, request: HostRequest) -> dict[str, str]:
    text = request.background
    check_background(text)
    if _COLOUR.fullmatch(text):
        return {"colour": text.lower()}
    path = Path(text).expanduser()
    try:
        height, width = read_image(path).shape[:2]
    except (ClipNotFoundError, DecodeError) as error:
        raise HostError(f"The background cannot be used: {error}") from error
    if (width, height) != (package.clip.width, package.clip.height):
        raise HostError(
            f"The background {path} has {width} x {height} pixels and the plate "
            f"{package.clip.width} x {package.clip.height}; give one of the same size."
        )
    return {"file": relative(path, request.output)}
