"""Which channel of a file holds an object's matte, by format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.export.exr_header import layer_names

if TYPE_CHECKING:
    from collections.abc import Mapping

_GREY = frozenset({"exr", "png", "tiff", "ffv1"})


def channel_of(format: str, object_id: int, names: Mapping[int, str]) -> str:
    """The channel of an object's matte, as readers of the format call it.

    Args:
        format: Its name in the registry.
        object_id: Of the object.
        names: All names by id, since layers of like names are numbered.
    """
    if format in _GREY:
        return "Y"
    if format in ("exr-layers", "exr-parts"):
        return f"{layer_names(names)[object_id]}.A"
    return names[object_id] if format == "cryptomatte" else "A"
