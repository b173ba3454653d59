# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between Blender 4.2, 4.5 and 5.0. No other module asks for a version."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS = bpy.app.version >= (5, 0, 0)  # the compositor's nodes are a datablock of their own


def compositor_tree(scene: Any, *, make: bool = True) -> Any:
    """The scene's compositor nodes; without ``make`` None where there are none.

    A tree that is made here is empty but for its output.
    """
    if _GROUPS:
        tree = scene.compositing_node_group
        if tree is None and make:
            tree = bpy.data.node_groups.new(scene.name, "CompositorNodeTree")
            scene.compositing_node_group = tree
        return tree
    made = scene.node_tree is None
    if made and not make:
        return None
    if make:
        scene.use_nodes = True
    if made:
        scene.node_tree.nodes.clear()  # Blender's own: a 3D render that nobody asked for
    return scene.node_tree


def output_socket(tree: Any) -> Any:
    """Where the composite goes; made where it is missing."""
    kind = "NodeGroupOutput" if _GROUPS else "CompositorNodeComposite"
    node = next((node for node in tree.nodes if node.bl_idname == kind), None)
    if node is None:
        node = tree.nodes.new(kind)
        node.location = (900, 0)
    if _GROUPS and not any(item.in_out == "OUTPUT" for item in tree.interface.items_tree):
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    return node.inputs[0]


def apply_mask(node: Any) -> None:
    """Have a Set Alpha node multiply colours with the matte as well.

    Blender takes every picture for premultiplied: with the alpha alone replaced, soft edges shine.
    """
    if hasattr(node, "mode"):
        node.mode = "APPLY"
    else:
        node.inputs["Type"].default_value = "Apply Mask"


def sequencer_scene(context: Any) -> Any:
    """The scene that the sequencer shows."""
    return getattr(context, "sequencer_scene", None) or context.scene


def active_strip(context: Any) -> Any:
    """The active strip, or None."""
    editor = sequencer_scene(context).sequence_editor
    return None if editor is None else editor.active_strip


def strips_of(editor: Any) -> Any:
    """The strips of a sequence editor outside meta strips."""
    return editor.strips if hasattr(editor, "strips") else editor.sequences


@contextmanager
def in_window() -> Iterator[None]:
    """Blender's timers know no window, which some of its calls need."""
    windows = bpy.context.window_manager.windows
    if bpy.context.window is not None or not windows:
        yield
        return
    with bpy.context.temp_override(window=windows[0]):
        yield


@contextmanager
def sequencing(scene: Any) -> Iterator[None]:
    """A scene's strips can be edited: modifiers.new() ends Blender 5.0 where no scene is set."""
    with in_window():
        space = bpy.context.workspace
        if not hasattr(space, "sequencer_scene") or space.sequencer_scene == scene:
            yield
            return
        before, space.sequencer_scene = space.sequencer_scene, scene
        try:
            yield
        finally:
            if before is not None:
                space.sequencer_scene = before


def push_undo(message: str) -> None:
    """A step of Blender's own undo, where it keeps any."""
    with in_window():
        if bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=message)


def saved_path(path: str) -> str:
    """A path as Blender would save it: relative to the .blend, if the artist wants it so."""
    if not bpy.data.filepath or not bpy.context.preferences.filepaths.use_relative_paths:
        return path
    try:
        return bpy.path.relpath(path)
    except ValueError:  # another drive
        return path


def read_again(strip: Any) -> None:
    """Have a strip's files read anew."""
    known = strip.bl_rna.functions["invalidate_cache"].parameters["type"].enum_items
    for cache in known.keys():  # noqa: SIM118 - no dictionary: Blender gives the names so
        strip.invalidate_cache(cache)
