"""Mattes out: stills, output names, overlays. Writing is atomic throughout."""

from roto.export.atomic import atomic_path, write_bytes_atomic
from roto.export.pattern import FramePattern, safe_file_name
from roto.export.stills import write_label_map, write_matte, write_picture

__all__ = [
    "FramePattern",
    "atomic_path",
    "safe_file_name",
    "write_bytes_atomic",
    "write_label_map",
    "write_matte",
    "write_picture",
]
