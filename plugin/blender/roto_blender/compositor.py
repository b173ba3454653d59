# SPDX-License-Identifier: GPL-3.0-or-later
"""Mattes in the compositor: image sequence or Cryptomatte, and a Set Alpha node per object.

Nodes are found again by name, so receiving again moves nothing that the artist has placed or
connected.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import bpy

from . import compat
from .plates import MOVIE_FIRST, pattern_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW, _COLUMN = -320, 260  # of nodes, in the editor's units


def wire_mattes(scene: Any, shot: Any, objects: Sequence[str], files: dict[str, str]) -> None:
    """An Image node with each object's matte, on a Set Alpha node with the plate.

    Args:
        scene: Whose compositor.
        shot: What the mattes are of.
        objects: Names.
        files: Path of the first frame by name.
    """
    tree = compat.compositor_tree(scene)
    for name in objects:
        image = _sequence(f"roto {shot.name} {name}", files[name])
        node = _node(tree, f"roto {shot.name} {name} matte", "CompositorNodeImage", f"{name} matte")
        node.image = image
        _time(node, shot)
        _set_alpha(tree, scene, shot, name, node.outputs["Image"])


def wire_cryptomatte(scene: Any, shot: Any, objects: Sequence[str], file: str) -> None:
    """A Cryptomatte node for each object, on a Set Alpha node with the plate."""
    tree = compat.compositor_tree(scene)
    image = _image(f"roto {shot.name} Cryptomatte", file)
    # Blender 4.2 finds names only in the manifest of a file that has been read before.
    image.source = "FILE"
    image.reload()
    len(image.pixels)
    for name in objects:
        label = f"{name} Cryptomatte"
        node = _node(tree, f"roto {shot.name} {name} crypto", "CompositorNodeCryptomatteV2", label)
        node.source = "IMAGE"
        node.image = image
        _time(node, shot)
        node.matte_id = name
        _set_alpha(tree, scene, shot, name, node.outputs["Matte"])
    image.source = "SEQUENCE"


def loose(scene: Any, shot: Any, objects: Sequence[str]) -> list[str]:
    """Those objects whose Set Alpha node leads nowhere: the composite was the artist's already."""
    nodes = compat.compositor_tree(scene).nodes
    found = ((name, nodes.get(f"roto {shot.name} {name}")) for name in objects)
    return [name for name, node in found if node and not node.outputs["Image"].is_linked]


def _sequence(name: str, file: str) -> Any:
    """An image datablock of mattes; its files are read anew."""
    image = _image(name, file)
    image.source = "SEQUENCE"
    image.reload()
    return image


def _image(name: str, file: str) -> Any:
    """The image of that name: data, not colour."""
    image = bpy.data.images.get(name)
    if image is None:
        image = bpy.data.images.load(compat.saved_path(file))
        image.name = name
    elif os.path.normpath(bpy.path.abspath(image.filepath)) != os.path.normpath(file):
        image.filepath = compat.saved_path(file)
    image.colorspace_settings.name = "Non-Color"
    return image


def plate_clip(shot: Any) -> Any:
    """The movie clip of a shot's plate; made where the plate was sent from elsewhere."""
    if shot.kind == "CLIP" and shot.source in bpy.data.movieclips:
        return bpy.data.movieclips[shot.source]
    name = f"roto {shot.name}"
    clip = bpy.data.movieclips.get(name)
    if clip is None:
        clip = bpy.data.movieclips.load(compat.saved_path(shot.file))
        clip.name = name
    number = _number(shot)
    clip.frame_start = number + shot.shift
    return clip


def _number(shot: Any) -> int:
    """The frame number of the file that names the plate."""
    return pattern_of(shot.file)[1] if "#" in os.path.basename(shot.plate) else MOVIE_FIRST


def _time(node: Any, shot: Any) -> None:
    """The file of frame N stands at N of the plate, wherever the plate is."""
    node.frame_start = shot.first + shot.shift
    node.frame_duration = shot.last - shot.first + 1
    node.frame_offset = shot.first - 1  # files count from 1 to Blender
    node.use_auto_refresh = True
    node.use_cyclic = False


def _set_alpha(tree: Any, scene: Any, shot: Any, name: str, matte: Any) -> None:
    """The plate with a matte as its alpha; a fresh composite shows it."""
    title = f"roto {shot.name} {name}"
    fresh = title not in tree.nodes
    node = _node(tree, title, "CompositorNodeSetAlpha", name)
    compat.apply_mask(node)
    _link(tree, matte, node.inputs["Alpha"])
    if fresh:
        plate = _node(tree, f"roto {shot.name} plate", "CompositorNodeMovieClip", shot.name)
        plate.clip = plate_clip(shot)
        _link(tree, plate.outputs["Image"], node.inputs["Image"])
        out = compat.output_socket(tree)
        if not out.is_linked:
            _link(tree, node.outputs["Image"], out)
            scene.render.use_compositing = True
        _place(tree, plate, matte.node, node)


def _link(tree: Any, source: Any, target: Any) -> None:
    if not any(link.from_socket == source for link in target.links):
        tree.links.new(source, target)


def _node(tree: Any, name: str, kind: str, label: str) -> Any:
    node = tree.nodes.get(name)
    if node is not None and node.bl_idname == kind:
        return node
    node = tree.nodes.new(kind)
    node.name, node.label = name, label
    return node


def _place(tree: Any, plate: Any, matte: Any, alpha: Any) -> None:
    row = sum(node.bl_idname == "CompositorNodeSetAlpha" for node in tree.nodes) - 1
    plate.location = (0, 0)
    matte.location = (_COLUMN, _ROW * (row + 1))
    alpha.location = (2.4 * _COLUMN, _ROW * row)
