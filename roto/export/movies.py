"""Mattes as movies: one file per object, or a pair of them where a codec has no alpha.

============ ========== ==================== ======================================================
name         container  alpha                what for
============ ========== ==================== ======================================================
prores-4444  .mov       10 bit, lossless     editing and grading; colours are compressed
qt-animation .mov       8 bit, lossless      the alpha movie that most hosts read
ffv1         .mkv       16 or 8, lossless    archives; a matte alone is grey without alpha
png-mov      .mov       16 or 8, lossless    16 bits in QuickTime; large and slow
vp9          .webm      8 bit                the web
fill-key     .mov pair  10 bit luma          hosts without alpha: NAME.fill.mov and NAME.key.mov
============ ========== ==================== ======================================================

A matte alone is grey *and* alpha: R = G = B = A. A movie cannot have holes, so frames that are left
out, or of which a matte is missing, are refused: all later ones would move.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from roto.errors import ExportError, SettingsError
from roto.export.ahead import cores
from roto.export.atomic import atomic_path
from roto.export.contract import Format, Picture, one_file
from roto.export.movie_file import Encoding, MovieFile, Reel
from roto.export.movie_pixels import Pixels, packed, pixels_of
from roto.export.movie_tags import check_timecode, tags_of
from roto.export.pattern import suffixed
from roto.masks.key_mask import check_matte

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from roto.export.contract import Content, Job, Look
    from roto.masks.key_mask import Matte
    from roto.media.source import Image

_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One of the files that an object is written to.

    Attributes:
        encoding: How it is packed.
        suffix: Before the extension: "", ".fill" or ".key".
        shows: The picture as it is, its colours, or its alpha as grey.
    """

    encoding: Encoding
    suffix: str = ""
    shows: Literal["picture", "fill", "key"] = "picture"

    def path(self, job: Job, object_id: int) -> Path:
        """Where it is written."""
        return suffixed(job.pattern.path(job.frames[0], job.subject.names[object_id]), self.suffix)

    def of(self, pixels: Pixels) -> Pixels:
        """What of a picture it shows."""
        if self.shows == "fill":
            return replace(pixels, alpha=None)
        if self.shows == "key" and pixels.alpha is not None:
            return Pixels(pixels.alpha)
        return pixels


class Movies:
    """Writes one job; all its files appear when the ``with`` block ends well, or none does.

    Args:
        job: What is written.
        parts: The files of each object.
    """

    def __init__(self, job: Job, parts: Sequence[Part]) -> None:
        self._job, self._parts = job, parts
        self._files: dict[int, list[tuple[Part, MovieFile]]] = {}
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> Movies:
        with ExitStack() as stack:
            for object_id in self._job.subject.names:
                self._files[object_id] = [
                    (part, self._opened(part, object_id, stack)) for part in self._parts
                ]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool | None:
        if error is not None:
            return self._stack.__exit__(kind, error, traceback)
        with self._stack:  # the last bytes may meet a full disk, and then no file may appear
            if self._count < len(self._job.frames):
                raise ExportError(
                    f"Cannot write {self._first_path()}: only {self._count} of "
                    f"{len(self._job.frames)} frames were given."
                )
            for files in self._files.values():
                for _, file in files:
                    file.finish()
        return None

    def write(self, picture: Picture) -> list[Path]:
        """Append one frame to the movies of all objects.

        Raises:
            ExportError: it is not the next frame, an object has no matte there, a picture has
                another size than the clip, or the disk is full.
            MaskError: NaN or values out of range.
        """
        picture = self._checked(picture)
        for object_id, files in self._files.items():
            pixels = pixels_of(self._job, picture, object_id)
            for part, file in files:
                file.write(packed(part.of(pixels), part.encoding.layout))
        self._count += 1
        return [part.path(self._job, i) for i in self._files for part in self._parts]

    def _opened(self, part: Part, object_id: int, stack: ExitStack) -> MovieFile:
        subject, target = self._job.subject, part.path(self._job, object_id)
        temporary = stack.enter_context(atomic_path(target))
        tags = tags_of(self._job, object_id, part.shows)
        reel = Reel(subject.size, subject.frame_rate, subject.pixel_aspect, tags)
        count = len(subject.names) * len(self._parts)
        threads = max(1, min(_MOST_THREADS, cores() // count))
        file = MovieFile(temporary, target, part.encoding, reel, threads)
        stack.callback(file.abandon)
        return file

    def _checked(self, picture: Picture) -> Picture:
        """The picture, if it can be the next one; its plate is read once for all objects."""
        frames = self._job.frames
        if self._count == len(frames) or picture.frame != frames[self._count]:
            raise ExportError(
                f"Cannot write {self._first_path()}: frame {picture.frame} came out of turn."
            )
        names = self._job.subject.names
        mattes = {i: self._matte(picture, i, name) for i, name in names.items()}

        @cache
        def plate() -> Image:
            image = picture.plate()
            self._check_size(picture.frame, image.shape)
            return image

        return Picture(picture.frame, mattes, plate)

    def _matte(self, picture: Picture, object_id: int, name: str) -> Matte:
        matte = picture.mattes.get(object_id)
        if matte is None:
            raise ExportError(
                f"{name} has no matte at frame {picture.frame}, and a movie cannot have holes; "
                "propagate there, choose another range, or write stills."
            )
        self._check_size(picture.frame, matte.shape)
        return check_matte(matte, f"The matte of {name} at frame {picture.frame}")

    def _check_size(self, frame: int, shape: Sequence[int]) -> None:
        height, width = self._job.subject.size
        if tuple(shape[:2]) != (height, width):
            raise ExportError(
                f"Cannot write {self._first_path()}: frame {frame} has {shape[1]} x {shape[0]} "
                f"pixels, but the movie {width} x {height}."
            )

    def _first_path(self) -> Path:
        return self._parts[0].path(self._job, next(iter(self._job.subject.names)))


def check(job: Job) -> None:
    """What every movie asks of a job.

    Raises:
        SettingsError: frames are left out, the name has a frame number in it, or the frame rate or
            timecode is impossible.
    """
    subject = job.subject
    if job.pattern.has_frame:
        raise SettingsError(
            f"{job.pattern.text}: a movie holds all frames; take the frame number out of its name."
        )
    for before, after in pairwise(job.frames):
        if after != before + 1:
            raise SettingsError(
                f"A movie cannot have holes, but between frame {before} and frame {after} some are "
                "left out; write one movie per range, or stills."
            )
    if subject.frame_rate <= 0 or subject.pixel_aspect <= 0:
        raise SettingsError(
            f"No movie has {subject.frame_rate} frames per second with pixels of the aspect "
            f"{subject.pixel_aspect}; give the clip's frame rate."
        )
    check_timecode(subject)


def _prores(job: Job) -> tuple[Part, ...]:
    if job.look.content == "over":
        return (Part(_opaque_prores()),)
    options = {"profile": "4444", "alpha_bits": "16"}
    return (Part(Encoding("prores_ks", "yuva444p10le", options)),)


def _animation(job: Job) -> tuple[Part, ...]:
    return (Part(Encoding("qtrle", "rgb24" if job.look.content == "over" else "argb")),)


def _ffv1(job: Job) -> tuple[Part, ...]:
    deep = {"matte": "gray16le", "cutout": "gbrap16le", "over": "gbrp16le"}
    flat = {"matte": "gray", "cutout": "bgra", "over": "bgr0"}
    layouts = flat if job.look.bit_depth == 8 else deep
    # Every frame on its own, with a checksum of each slice: what archives ask for.
    options = {"level": "3", "g": "1", "slicecrc": "1"}
    return (Part(Encoding("ffv1", layouts[job.look.content], options)),)


def _png(job: Job) -> tuple[Part, ...]:
    deep, flat = ("rgb48be", "rgb24") if job.look.content == "over" else ("rgba64be", "rgba")
    layout = flat if job.look.bit_depth == 8 else deep
    return (Part(Encoding("png", layout, {"compression_level": "3", "pred": "up"})),)


def _vp9(job: Job) -> tuple[Part, ...]:
    layout = "yuv420p" if job.look.content == "over" else "yuva420p"
    quality = {"lossless": "1"} if job.look.content == "matte" else {"crf": "12", "b": "0"}
    options = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "g": "48"}
    # The encoder of FFmpeg refuses alpha with reference frames that are never shown.
    options |= {"auto-alt-ref": "0", "lag-in-frames": "0"}
    return (Part(Encoding("libvpx-vp9", layout, options | quality)),)


def _fill_and_key(job: Job) -> tuple[Part, ...]:
    # Ten bits and frames of their own, and every editing program reads it. H.264 has eight bits,
    # and DNxHR refuses small pictures. FFmpeg reads 4:2:2 of odd width with a wrong last column.
    odd = job.subject.size[1] % 2
    encoding = _opaque_prores() if odd else Encoding("prores_ks", "yuv422p10le", {"profile": "hq"})
    key = Part(encoding, ".key", "key")
    return (key,) if job.look.content == "matte" else (Part(encoding, ".fill", "fill"), key)


def _pair(look: Look) -> tuple[str, ...]:
    return (".key",) if look.content == "matte" else (".fill", ".key")


def _opaque_prores() -> Encoding:
    return Encoding("prores_ks", "yuv444p10le", {"profile": "4444"})


def _format(
    name: str,
    title: str,
    extension: str,
    depths: tuple[int, ...],
    parts: Callable[[Job], tuple[Part, ...]],
    *,
    contents: tuple[Content, ...] = ("matte", "cutout", "over"),
    premultiplied: tuple[bool, ...] = (False, True),
    suffixes: Callable[[Look], tuple[str, ...]] = one_file,
) -> Format:
    return Format(
        name=name,
        title=title,
        extensions=(extension,),
        depths=depths,
        grouping="object",
        movie=True,
        contents=contents,
        premultiplied=premultiplied,
        floating=False,
        check=check,
        open=partial(_open, parts),
        suffixes=suffixes,
    )


def _open(parts: Callable[[Job], tuple[Part, ...]], job: Job) -> Movies:
    return Movies(job, parts(job))


FORMATS: tuple[Format, ...] = (
    _format("prores-4444", "ProRes 4444", ".mov", (10,), _prores),
    _format("qt-animation", "QuickTime Animation", ".mov", (8,), _animation),
    _format("png-mov", "PNG in QuickTime", ".mov", (16, 8), _png),
    _format("ffv1", "FFV1", ".mkv", (16, 8), _ffv1),
    _format("vp9", "VP9 with alpha", ".webm", (8,), _vp9, premultiplied=(False,)),
    _format(
        "fill-key",
        "Fill and key, ProRes 422 HQ",
        ".mov",
        (10,),
        _fill_and_key,
        contents=("cutout", "matte"),
        suffixes=_pair,
    ),
)
"""Movies; the first of an extension is what the extension alone stands for."""
