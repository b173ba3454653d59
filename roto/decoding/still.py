"""Stills through OpenCV and Pillow: bytes in, pixels or one error out, and nothing on stderr."""

from __future__ import annotations

import threading
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.decoding.errors import BrokenPictureError
from roto.decoding.kinds import JPEG, PNG, TIFF, kind_of
from roto.decoding.whole import check_png, check_tiff

Pixels: TypeAlias = npt.NDArray[Any]

_UNREAD = "is damaged, or a {} that stores its pixels in a way that cannot be read"


def decode_still(data: bytes, *, upright: bool = False) -> Pixels:
    """Pixels of a PNG, TIFF, JPEG or any other still that OpenCV knows, bit depth unchanged.

    Args:
        data: All bytes of the file.
        upright: Turn a JPEG as the camera's orientation tag says.

    Returns:
        (H, W), (H, W, 3) RGB or (H, W, 4) RGBA, contiguous.

    Raises:
        BrokenPictureError: no picture, or not a whole one.
    """
    kind = kind_of(data)
    if not data:
        raise BrokenPictureError("is empty")
    if kind == PNG:
        data = check_png(data)
    elif kind == TIFF:
        data = check_tiff(data)
    pixels = _decode(data, upright and kind == JPEG)
    if pixels is None:
        raise BrokenPictureError(_UNREAD.format(kind) if kind else "is no picture that can be read")
    if pixels.ndim == 3:
        channels = [2, 1, 0, 3][: pixels.shape[2]] if pixels.shape[2] > 2 else [0]
        pixels = pixels[:, :, channels]  # OpenCV's order is blue, green, red
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return np.ascontiguousarray(pixels)


def _decode(data: bytes, upright: bool) -> Pixels | None:
    import cv2

    # UNCHANGED would ignore the camera's orientation tag.
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH if upright else cv2.IMREAD_UNCHANGED
    try:
        # From memory: OpenCV cannot open every path on Windows, and says nothing when it cannot.
        with _quiet:
            picture: Pixels | None = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None
    return picture


class _Quiet:
    """OpenCV's own log is off while any thread is inside; it is one for the whole process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside, self._level = 0, 0

    def __enter__(self) -> None:
        from cv2.utils import logging

        with self._lock:
            if not self._inside:
                self._level = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
            self._inside += 1

    def __exit__(self, *exc: object) -> None:
        from cv2.utils import logging

        with self._lock:
            self._inside -= 1
            if not self._inside:
                logging.setLogLevel(self._level)


_quiet = _Quiet()
