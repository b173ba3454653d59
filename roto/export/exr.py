"""OpenEXR: one file per object, or one per frame with a layer or a part for each object.

A matte alone is channel ``Y`` where the object has a file of its own: every program shows it as
grey, and none applies it to itself, as some do with an ``A``. In layers it is ``NAME.A``. Values
are never quantised on their way; colours are scene-linear.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.export.contract import Format
from roto.export.exr_file import ExrPart, as_depth, exr_notes, window_for, write_exr
from roto.export.exr_header import header_of, layer_names
from roto.export.notes import KEY, as_json
from roto.export.pattern import TOGETHER
from roto.export.pixels import picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy.typing as npt

    from roto.export.contract import Content, Exporter, Grouping, Job, Picture

_HALF, _FLOAT = 16, 32
_RGBA = "RGBA"


class _Frame:
    """One frame of a job as EXR channels."""

    def __init__(self, job: Job, picture: Picture) -> None:
        self.job, self.picture = job, picture
        self.depth = job.look.bit_depth or _HALF

    def channels(self, object_id: int, prefix: str, alone: str) -> dict[str, npt.NDArray[Any]]:
        """What is shown of an object; a lone plane is called ``alone``."""
        if object_id in self.picture.mattes:
            shown = picture_of(self.job, self.picture, object_id, "linear")
        else:
            planes = {"matte": (), "cutout": (4,), "over": (3,)}[self.job.look.content]
            shown = np.zeros((*self.job.subject.size, *planes), np.float32)
        if shown.ndim == 2:
            return {prefix + alone: as_depth(shown, self.depth)}
        letters = _RGBA[: shown.shape[2]]
        return {
            prefix + letter: as_depth(shown[..., n], self.depth) for n, letter in enumerate(letters)
        }

    def part(
        self, channels: Mapping[str, npt.NDArray[Any]], name: str = "", **header: str
    ) -> ExrPart:
        """These channels with the header of the frame."""
        subject = self.job.subject
        window = window_for(subject.data_window, subject.size, list(channels.values()))
        more = {f"roto/{key}": value for key, value in header.items()}
        return ExrPart(channels, {**header_of(self.job, self.picture), **more}, name, window)


class _Objects:
    """A file per object and frame."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def write(self, picture: Picture) -> list[Path]:
        frame, paths = _Frame(self.job, picture), []
        for object_id in picture.mattes:
            name = self.job.subject.names[object_id]
            path = self.job.pattern.path(picture.frame, name)
            write_exr(
                path, [frame.part(frame.channels(object_id, "", "Y"), object=as_json([name]))]
            )
            paths.append(path)
        return paths


class _Together:
    """A file per frame, with all objects in layers or in parts.

    Every frame has the same layers: an object that is not known at a frame is black there, and
    ``roto/missing`` names it. Where none is known there is no file.
    """

    def __init__(self, job: Job, parts: bool) -> None:
        self.job, self.parts = job, parts
        self.layers = layer_names(job.subject.names)
        self.legend = as_json({self.layers[i]: name for i, name in job.subject.names.items()})

    def write(self, picture: Picture) -> list[Path]:
        if not picture.mattes:
            return []
        frame = _Frame(self.job, picture)
        path = self.job.pattern.path(picture.frame, TOGETHER)
        layers = {layer: frame.channels(i, f"{layer}.", "A") for i, layer in self.layers.items()}
        if self.parts:
            made = [frame.part(c, layer, layers=self.legend) for layer, c in layers.items()]
        else:
            every = {name: plane for c in layers.values() for name, plane in c.items()}
            made = [frame.part(every, layers=self.legend)]
        write_exr(path, made)
        return [path]


def exr_key(path: Path) -> str:
    """See ``Format.key_of``."""
    return exr_notes(path).get(KEY, "")


def nothing_more(job: Job) -> None:
    """``Format.check`` of formats that hold whatever their entry in the table says."""


def opener(make: Callable[[Job], Exporter]) -> Callable[[Job], AbstractContextManager[Exporter]]:
    """``Format.open`` of stills, which have nothing to finish."""

    @contextmanager
    def opened(job: Job) -> Iterator[Exporter]:
        yield make(job)

    return opened


def _format(
    name: str,
    title: str,
    grouping: Grouping,
    contents: tuple[Content, ...],
    make: Callable[[Job], Exporter],
) -> Format:
    return Format(
        name=name,
        title=title,
        extensions=(".exr",),
        depths=(_HALF, _FLOAT),
        grouping=grouping,
        movie=False,
        contents=contents,
        premultiplied=(True, False),
        floating=True,
        check=nothing_more,
        open=opener(make),
        key_of=exr_key,
    )


FORMATS = (
    _format("exr", "OpenEXR", "object", ("matte", "cutout", "over"), _Objects),
    _format(
        "exr-layers",
        "OpenEXR, a layer per object",
        "frame",
        ("matte", "cutout"),
        lambda job: _Together(job, parts=False),
    ),
    _format(
        "exr-parts",
        "OpenEXR, a part per object",
        "frame",
        ("matte", "cutout"),
        lambda job: _Together(job, parts=True),
    ),
)
