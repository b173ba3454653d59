"""Files of single pictures, for plates and for masks: which kind, whether whole, and the pixels.

The libraries that decode pictures write to stderr when a file is broken, and some give half a
picture. So a file's structure is looked at first, and what is not whole is never decoded.

Importing this package is light; OpenCV is loaded by the first picture.
"""

from roto.decoding.errors import BrokenPictureError
from roto.decoding.kinds import DPX, EXR, MOVIE, READ, kind_meant, kind_of
from roto.decoding.still import decode_still
from roto.decoding.whole import check_exr, check_png

__all__ = [
    "DPX",
    "EXR",
    "MOVIE",
    "READ",
    "BrokenPictureError",
    "check_exr",
    "check_png",
    "decode_still",
    "kind_meant",
    "kind_of",
]
