"""Write every format, read it with a decoder that is not ours, and print docs/formats.md.

    python docs/make_formats.py > docs/formats.md

The errors in the table are measured by this command, on files of this machine's codecs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.export.contract import Job, Look, Picture, Provenance, Subject
from roto.export.pattern import FramePattern
from roto.export.registry import FORMATS, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.export.contract import Format

Floats = npt.NDArray[np.float32]

SIZE, NAME, FRAMES = (64, 96), "hero", (1001, 1002, 1003)

HEAD = """\
# Formats

*Made by `python docs/make_formats.py > docs/formats.md`: each format is written, read again by a
decoder that is not roto's, and compared with the matte that went in.*

`roto export shot.roto -o PATTERN --format NAME --bit-depth N`; without `--format` the extension of
the pattern says which (`.png`, `.tif`, `.exr`; `.mov` is ProRes 4444, `.mkv` FFV1, `.webm` VP9).
`roto formats` lists the same table.

| format | files | depth | alpha: max error | mean error | floats | what hosts do with it |
|---|---|---|---|---|---|---|
"""

TAIL = """
A maximum error of 0.5 / 255 = 2.0e-3 is what 8 bits can do, 0.5 / 65535 = 7.6e-6 what 16 bits can.
Half floats are finest near 0 and have steps of 4.9e-4 near 1. 32-bit floats are exact.

## Contents

* `--content matte` (as always): alpha alone, as data: linear from 0 to 1, never with a display's
  curve. EXR names it `Y` in files of one object, because every program shows it as grey and none
  applies it to itself; in layers it is `NAME.A`.
* `--content cutout`: the plate with alpha. `--straight` leaves the colours as they are, also where
  alpha is 0; `--premultiplied` multiplies them. Without either it is what programs expect of the
  format: premultiplied in EXR, straight elsewhere. PNG and VP9 know straight only. The file says
  which it is: TIFF in its tag ExtraSamples, all others in `roto/alpha`.
* `--content over --colour R,G,B`: the plate over a colour, without alpha. It is mixed in the
  plate's own light: code values over code values for display plates, as editing programs do;
  linear light over linear light for EXR plates. The colour is meant alike.

EXR holds linear light, everything else what a display shows. So an 8-bit plate in an EXR cut-out
is converted to linear by the sRGB curve, and a linear plate in a PNG, TIFF or movie is converted
to display and clipped to 0..1; `roto/colour` says so. A premultiplied cut-out is multiplied in the
light of the file.

## Headers

EXR carries `framesPerSecond`, `pixelAspectRatio`, `timeCode` (where the plate has one; above 30
frames per second the field phase counts the odd frames, as in SMPTE ST 12-1), the plate's data
window (the first file's; never so that a matte is cut), and text attributes `roto/version`,
`roto/model`, `roto/weights` (SHA-256), `roto/settings`, `roto/keyframes`, `roto/frame`,
`roto/alpha`, `roto/colour`, `roto/key`. Files of all objects add `roto/layers` (layer to object
name; layer names are ASCII) and `roto/missing` (objects that are not known at this frame; their
layers are black). PNG has `roto/version`, `roto/alpha`, `roto/colour`, `roto/object` and
`roto/key` in text chunks, TIFF in ImageDescription: a frame that nothing was done to gives the
same file, byte for byte. Pixels that are not square are told in PNG's chunk pHYs and in TIFF's
resolution. Movies have theirs as JSON in the comment.

## Movies

* A matte alone is grey *and* alpha: R = G = B = A (FFV1 and the key: grey only). So a host may
  take the alpha, or mask by colour as Blender's sequencer does, or ignore the alpha as some do of
  one codec or the other: the matte is the same. Alpha has the full range in every codec; luma has
  the limited one, where white is 235 of 255 or 940 of 1023, and is tagged so, with BT.709, in the
  file and in ProRes' frames.
* Alpha in ProRes is compressed without loss, from 10 bits. VP9 is lossless for a matte alone;
  cut-outs are compressed, and their alpha is off by up to 0.02. QuickTime Animation, PNG and FFV1
  lose nothing.
* `fill-key` is `NAME.fill.mov`, the colours of a cut-out, and `NAME.key.mov`, its alpha as grey,
  in ProRes 422 HQ: editing programs read it frame by frame, H.264 would have 8 bits, DNxHR refuses
  small pictures. `--content matte` writes the key alone. Where the width is odd both are ProRes
  4444, because FFmpeg's scaler, which many hosts use, spoils the last column of 4:2:2 then.
* Odd sizes, down to one pixel, are kept in all of them; nothing is padded.
* A movie cannot have holes. Frames left out of the range, missing in the plate, or at which one of
  the objects is not known are refused before anything is written: all later frames would move.
* The frame rate is exact (24000/1001) in QuickTime; Matroska and WebM count in milliseconds, from
  which programs find the rate again. Pixel aspect is in all of them, in `.mkv` and `.webm` as
  display size.
* Timecode is that of the plate at the first frame. Where the plate has none it is the number of
  the first frame (1001 at 24 is 00:00:41:17), so that a host that shows frames shows the plate's;
  `roto/timecode` says which it is. QuickTime has it in a timecode track, Matroska and WebM in the
  tag TIMECODE.
* The comment also holds `roto/object`, `roto/last_frame`, `roto/rate`, `roto/content` and
  `roto/shows` (`picture`, `fill` or `key`). No container has a place for straight or premultiplied
  that programs read.
* The same mattes are the same movie, byte for byte, in all of them: no dates, no random ids.
* All movies of an export are written side by side, and appear together when the last one is whole.
  At 1080p each takes about 50 MiB of memory, FFV1 100, VP9 330, whatever the number of frames.

## Files that are there already

`roto export` writes nothing where a file, or the overlay movie, would be replaced: it says how many
are there and names one. `--overwrite` replaces them, each in one step when it is whole; `--resume`
keeps those that are current and replaces the others.

## Resuming

`--resume` keeps a still whose `roto/key` is that of its frame: a hash of the keyframes, results
and locks that make up the frame, of the format, content, depth and names, of roto's version, and
for cut-outs of the plate's fingerprint. Only headers are read: a file that something else cut
short later is not noticed (roto itself never leaves half a file). Movies are not resumed, and an
overlay is drawn anew.
An export that is killed leaves whole files, and hidden ones beside them that the next export to the
same place removes (on Windows they stay).

## Cryptomatte

Version 1.2 of the specification: MurmurHash3, 32-bit float ids and coverages, at most six ranks.
Coverages of a pixel add up to 1 at most, so where mattes overlap to more they are scaled down in
proportion. Read in tests by three decoders: `cryptomatte-api`, Blender, and one that is written
from the specification alone, down to the bytes of the file.
"""

HOSTS = {
    "png": "read everywhere; Blender's sequencer wants mattes left in its own colour space",
    "tiff": "read everywhere; says in its tags what alpha is",
    "exr": "Blender 4.2 to 5.0: Image node, Non-Color, Set Alpha with Apply Mask",
    "exr-layers": "Blender's Image node has a socket per layer",
    "exr-parts": "Blender 5.0: a socket per object; 4.2: choose the layer at the node",
    "cryptomatte": "Blender's Cryptomatte node, source Image, finds objects by name",
    "prores-4444": "grading; Kdenlive's qtblend (MLT 7.12) ignores its alpha, cairoblend does not; "
    "Blender 4.5 and 5.0 take it for premultiplied in the sequencer",
    "qt-animation": "the alpha movie that every host we tried reads right",
    "png-mov": "16 bits in QuickTime; large",
    "ffv1": "archives; MLT's shape filter takes an 8 bit cut-out of it",
    "vp9": "the web, MLT; Blender 4.2's sequencer ignores its alpha",
    "fill-key": "hosts without alpha: two movies, `.fill` and `.key`",
}


def matte(frame: int) -> Floats:
    """A soft disc that moves, and a ramp through all values above it: (64, 96) float32."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    disc = (18 - np.hypot(x - 34 - 6 * (frame - FRAMES[0]), y - 38)) / 5 + 0.5
    ramp = (x + SIZE[1] * y) / (8 * SIZE[1] - 1)
    alpha: Floats = np.clip(np.where(y < 8, ramp, disc), 0, 1).astype(np.float32)
    return alpha


def job_of(format: Format, folder: Path, depth: int | None) -> Job:
    """Mattes of one object at three frames."""
    made = Provenance("0", "stcn", "0" * 64, {"short_side": 480}, {NAME: [FRAMES[0]]})
    subject = Subject(SIZE, {1: NAME}, Fraction(24000, 1001), provenance=made)
    pattern = FramePattern(f"{folder}/", format.extensions[0], format.movie)
    return Job(subject, Look(bit_depth=depth), pattern, FRAMES)


def written(format: Format, job: Job) -> list[Path]:
    """Write a job; returns the files by frame, of a movie as often as it has frames."""
    check(job, format)
    paths = []
    with format.open(job) as exporter:
        for frame in job.frames:
            known = {i: matte(frame) for i in job.subject.names}
            picture = Picture(frame, known, lambda: np.zeros((*SIZE, 3), np.uint8))
            paths.append(list(exporter.write(picture))[-1])
    return paths


def alphas(format: Format, paths: Sequence[Path], name: str = NAME) -> list[Floats]:
    """The matte of an object in all frames, as other decoders see it.

    Args:
        format: What the files are.
        paths: By frame, as :func:`written` gives them.
        name: Of the object; in layered files its layer.
    """
    if format.movie:
        return _movie_alphas(format, paths[-1])
    read = {".exr": _exr_alpha}.get(paths[0].suffix, _still_alpha)
    if format.name == "cryptomatte":
        read = _cryptomatte_alpha
    return [read(path, name) for path in paths]


def _still_alpha(path: Path, name: str) -> Floats:
    import cv2

    levels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert levels is not None, path
    plane = levels if levels.ndim == 2 else levels[..., 3]
    highest = {"uint8": 255, "uint16": 65535, "float32": 1}[plane.dtype.name]
    alpha: Floats = (plane / highest).astype(np.float32)
    return alpha


def _exr_alpha(path: Path, name: str) -> Floats:
    import OpenEXR

    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = {c: p for part in file.parts for c, p in part.channels.items()}
        named = next(c for c in (f"{name}.A", "A", "Y") if c in channels)
        alpha: Floats = channels[named].pixels.astype(np.float32)
    return alpha


def _cryptomatte_alpha(path: Path, name: str) -> Floats:
    import cryptomatte_api

    alpha: Floats = cryptomatte_api.Cryptomatte.load(str(path))[0].mask(name)
    return alpha


def _movie_alphas(format: Format, path: Path) -> list[Floats]:
    """Decoded by an ffmpeg program, not by the library that wrote it."""
    import imageio_ffmpeg

    decoder = ["-c:v", "libvpx-vp9"] if path.suffix == ".webm" else []
    grey = format.name in ("ffv1", "fill-key")  # a matte alone needs no alpha there
    chosen = [] if grey else ["-vf", "alphaextract"]
    layout, kind = ("gray", "u1") if format.depths[0] == 8 else ("gray16le", "<u2")
    if format.name == "prores-4444":
        layout = "gray12le"  # as it is decoded, without another rounding
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *decoder, "-i", str(path), *chosen]
    command += ["-pix_fmt", layout, "-f", "rawvideo", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    highest = {"gray": 255, "gray12le": 4095, "gray16le": 65535}[layout]
    levels = np.frombuffer(raw, kind).reshape(-1, *SIZE).astype(np.float32)
    return list(levels / np.float32(highest))


def measured(format: Format, depth: int | None, folder: Path) -> tuple[float, float]:
    """Largest and mean error of alpha."""
    found = alphas(format, written(format, job_of(format, folder, depth)))
    error = np.abs(np.stack(found) - np.stack([matte(frame) for frame in FRAMES]))
    return float(error.max()), float(error.mean())


def main() -> None:
    """Print the page."""
    sys.stdout.write(HEAD)
    for one in FORMATS.values():
        for depth in one.depths:
            with tempfile.TemporaryDirectory() as folder:
                most, mean = measured(one, depth, Path(folder))
            sys.stdout.write(_row(one, depth, most, mean))
    sys.stdout.write(TAIL)


def _row(format: Format, depth: int, most: float, mean: float) -> str:
    first = depth == format.depths[0]
    files = "one movie" if format.movie else "a file per frame"
    files = f"{files} {'for all' if format.grouping == 'frame' else 'and object'}"
    files = files.replace("movie and", "movie per")
    kind = {16: "half", 32: "float"}[depth] if format.floating else f"{depth} bit"
    kind = "32-bit float" if format.name == "tiff" and depth == 32 else kind
    floats = "yes" if format.floating or depth == 32 else "no"
    cells = [f"`{format.name}`", f"{files}, `{format.extensions[0]}`", kind + " (default)" * first]
    return (
        "| "
        + " | ".join([*cells, _number(most), _number(mean), floats, HOSTS[format.name] * first])
        + " |\n"
    )


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.1e}"


if __name__ == "__main__":
    main()
