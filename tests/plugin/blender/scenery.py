"""What stands in Blender before an artist begins: scenes, masks, paintings, strips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

if TYPE_CHECKING:
    from host_inside import Host

FRAMES = range(1001, 1009)
EDITORS = ("CLIP_EDITOR", "IMAGE_EDITOR", "SEQUENCE_EDITOR")


def shot_scene(scene=None, first=1001, last=1008):
    """A scene as the plate wants it; the window's own where none is given."""
    scene = scene or bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.001
    scene.render.resolution_x, scene.render.resolution_y = 96, 64
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = first, last
    return scene


def new_scene(host: Host, name: str, first: int, last: int):
    """Another scene of that kind, which the window shows."""
    scene = shot_scene(bpy.data.scenes.new(name), first, last)
    host.use_scene(scene)
    return scene


def circle(name: str, x: float, y: float, radius: float):
    """A mask with one round shape, in pixels of a plate of 96x64."""
    mask = bpy.data.masks.new(name)
    mask.frame_start, mask.frame_end = 1, 2000
    spline = mask.layers.new(name="round").splines.new()
    spline.use_cyclic = True
    spline.points.add(4 - len(spline.points))
    for point in spline.points:
        point.handle_type = "FREE"
    move(mask, x, y, radius)
    return mask


def move(mask, x: float, y: float, radius: float) -> None:
    """The round shape of such a mask to somewhere else."""
    arm = 0.5523 * radius
    knots = [((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0))]
    points = mask.layers[0].splines[0].points
    for point, ((px, py), (tx, ty)) in zip(points, knots, strict=True):
        where = (x + radius * px, y + radius * py)
        point.co = to_mask(*where)
        point.handle_left = to_mask(where[0] - arm * tx, where[1] - arm * ty)
        point.handle_right = to_mask(where[0] + arm * tx, where[1] + arm * ty)
        point.select = True


def to_mask(x: float, y: float) -> tuple[float, float]:
    return (x - 48) / 96 + 0.5, (32 - y) / 96 + 0.5


def animate(host: Host, mask, keys: dict[int, tuple[float, float, float]]) -> None:
    """Shape keys as an artist sets them, in the editor that shows the mask."""
    for frame, where in keys.items():
        bpy.context.scene.frame_set(frame)
        move(mask, *where)
        with host.editor("CLIP_EDITOR"):
            assert bpy.ops.mask.shape_key_insert() == {"FINISHED"}


def paint(name: str, x: float, y: float, radius: float, *, floats: bool = False):
    """An image as an artist paints it: white on black."""
    image = bpy.data.images.new(name, 96, 64, float_buffer=floats)
    pixels = []
    for row in range(64):
        for column in range(96):
            inside = (column - x) ** 2 + (63 - row - y) ** 2 <= radius**2
            pixels += [float(inside)] * 3 + [1.0]
    image.pixels.foreach_set(pixels)
    return image


def save(image, path) -> None:
    """As a PNG, whatever the image came from."""
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()


def strips(scene):
    editor = scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def background(scene, start=1001, length=8) -> None:
    """A green strip below all others, so that a render shows the plate's alpha."""
    found = strips(scene)
    try:
        strip = found.new_effect("green", "COLOR", 1, start, length=length)
    except TypeError:
        strip = found.new_effect("green", "COLOR", 1, start, frame_end=start + length)
    strip.color = (0, 1, 0)


def choose(scene, strip) -> None:
    """Make a strip the active one, and have it cover what is below where it is opaque."""
    strip.blend_type = "ALPHA_OVER"
    scene.sequence_editor.active_strip = strip
