"""Clips for the benchmarks: the embedded sample clip at any size and length."""

from __future__ import annotations

from importlib.resources import as_file, files
from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from roto.export.overlay_movie import OverlayMovie
from roto.media import open_clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_CLIPS = files("roto_resources") / "clips"
_OBJECT = 1  # the van: it crosses the picture and stays in it


def parse_size(text: str) -> tuple[int, int]:
    """``854x480`` -> (height, width)."""
    width, height = text.lower().split("x")
    return int(height), int(width)


def footage(size: tuple[int, int]) -> Iterator[Picture]:
    """The sample clip at (H, W), forward and backward without end; the clip alone is held."""
    with as_file(_CLIPS / "sample.mp4") as path, open_clip(path) as source:
        shot = [np.asarray(picture, np.uint8) for _, picture in source.frames()]
    while True:
        for picture in (*shot, *shot[-2:0:-1]):
            yield np.asarray(cv2.resize(picture, size[::-1]), np.uint8)


def clip(size: tuple[int, int], frames: int) -> list[Picture]:
    """The first frames of :func:`footage`, in memory."""
    return list(islice(footage(size), frames))


def key_mask(size: tuple[int, int]) -> Mask:
    """(H, W): one object at the first frame of the sample clip."""
    with as_file(_CLIPS / "sample_key.1001.png") as path:
        labels = np.array(Image.open(path))  # OpenCV would turn the palette into colours
    mask = labels == _OBJECT
    enlarged = cv2.resize(mask.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(enlarged, np.bool_)


def write_movie(path: Path, size: tuple[int, int], frames: int) -> None:
    """Write the footage as an H.264 movie."""
    with OverlayMovie(path, 24, size) as movie:
        for picture in islice(footage(size), frames):
            movie.write(picture)
