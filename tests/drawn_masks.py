"""Small masks as arrays and as files."""

import cv2
import numpy as np

from roto.masks import read_mask

SIZE = (12, 16)


def blank(dtype=np.uint8):
    return np.zeros(SIZE, dtype)


def disc(dtype=np.uint8, value=1):
    mask = blank(dtype)
    mask[3:9, 4:11] = value
    return mask


def soft_disc(full=255, dtype=np.uint8):
    mask = disc(dtype, full)
    mask[3, 4:11] = full // 3
    mask[8, 4:11] = full // 2
    return mask


def two_objects():
    mask = blank()
    mask[1:5, 1:5] = 1
    mask[6:11, 6:15] = 2
    return mask


def read(given, frame=1001, size=SIZE):
    return read_mask(given, frame=frame, size=size)


def save(path, pixels):
    assert cv2.imwrite(
        str(path), pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.ndim == 3 else pixels
    )
    return path
