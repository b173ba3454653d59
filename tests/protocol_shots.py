"""Clips and networks for tests of the engine process, as files."""

from __future__ import annotations

import cv2
from small_engines import _tiny_state, bar, plate, square

from roto.model.weights import save_state_dict


def write_shot(folder, count=8):
    """A folder with a clip, and masks of its square and bar; returns it."""
    (folder / "plate").mkdir(parents=True)
    for number, picture in enumerate(plate(count), start=1001):
        cv2.imwrite(str(folder / "plate" / f"p.{number}.png"), picture[..., ::-1])
    for position in (0, 4):
        cv2.imwrite(str(folder / f"square.{1001 + position}.png"), square(position) * 255)
    cv2.imwrite(str(folder / "bar.png"), bar() * 255)
    return folder


def write_tiny_weights(path):
    """Weights of a network that is as small as one can be; returns their path."""
    save_state_dict(_tiny_state(), path, half=False)
    return path
