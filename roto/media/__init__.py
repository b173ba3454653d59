"""Pixels in: movies, image sequences and arrays behind one interface, ``FrameSource``.

Importing this package is light; decoders are loaded by the first clip that needs them.
"""

from roto.media.checking import Checked, check_frames, frames_to_check, open_to_check
from roto.media.describe import describe
from roto.media.images import read_image
from roto.media.memory import ArraySource, IteratorSource
from roto.media.opening import ClipLike, files_of, open_clip
from roto.media.pixels import as_rgb, to_display
from roto.media.source import Clip, ColourSpace, FrameSource, Image

__all__ = [
    "ArraySource",
    "Checked",
    "Clip",
    "ClipLike",
    "ColourSpace",
    "FrameSource",
    "Image",
    "IteratorSource",
    "as_rgb",
    "check_frames",
    "describe",
    "files_of",
    "frames_to_check",
    "open_clip",
    "open_to_check",
    "read_image",
    "to_display",
]
