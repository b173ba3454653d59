"""Make docs/images/strip.jpg for the README: the sample clip with its propagated masks.

Run ``python docs/make_pictures.py``; the masks of frame 1001 are given, all others propagated.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt

import roto
from roto.export import write_picture
from roto.export.overlay import overlay
from roto.masks import labels
from roto.media import to_display

STRIP = Path(__file__).parent / "images" / "strip.jpg"
FRAMES = (1001, 1020, 1040, 1060)
GAP = 6  # pixels of white between two pictures


def main() -> None:
    """Propagate once; four frames side by side, at half size."""
    clips = files("roto_resources") / "clips"
    with (
        as_file(clips / "sample.mp4") as movie,
        as_file(clips / "sample_key.1001.png") as key,
        roto.open_clip(movie) as plate,
    ):
        result = roto.propagate(plate, {1001: labels(key, {1: "van", 2: "dog"})})
        pictures = [overlay(to_display(plate.read(f)), result[f].label_map) for f in FRAMES]
    write_picture(STRIP, side_by_side([half_size(picture) for picture in pictures]))


def half_size(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Means of 2 x 2 pixels."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    blocks = picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    half: npt.NDArray[np.uint8] = np.rint(blocks.mean((1, 3))).astype(np.uint8)
    return half


def side_by_side(pictures: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Pictures of one size in a row."""
    gap = np.full((pictures[0].shape[0], GAP, 3), 255, np.uint8)
    row = [part for picture in pictures for part in (picture, gap)]
    return np.concatenate(row[:-1], axis=1)


if __name__ == "__main__":
    main()
