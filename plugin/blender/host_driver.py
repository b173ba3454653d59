# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender's Python: builds, reads and renders projects for
``roto_plugin/hosts/blender.py``.

    python host_driver.py build|read|render JOB ANSWER

JOB and ANSWER are JSON files. This file and the add-on's modules are all that is loaded: bpy, the
standard library, and nothing else of roto. Nodes and strips are made by the add-on.
"""

from __future__ import annotations

import json
import os
import sys
import types
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

import bpy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Job = Mapping[str, Any]

SHOT = "shot"
_OVER, _BACK, _GRADE = "roto over", "roto background", "roto grade"


def main(what: str, job_file: str, answer_file: str) -> None:
    """Do one job; the answer is written last, so that a crash leaves none."""
    with open(job_file, encoding="utf-8") as file:
        job = json.load(file)
    answer = {"build": build, "read": read, "render": render}[what](job)
    with open(answer_file, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def part(job: Job, name: str) -> Any:
    """A module of the add-on, without starting the add-on itself."""
    if "roto_blender" not in sys.modules:
        package = types.ModuleType("roto_blender")
        package.__path__ = [job["add_on"]]
        sys.modules["roto_blender"] = package
    return import_module(f"roto_blender.{name}")


def build(job: Job) -> dict[str, Any]:
    """Make the project of a plan and save it with relative paths."""
    plan, folder = job["plan"], job["folder"]
    scene = bpy.context.scene
    for one in list(bpy.data.objects):
        bpy.data.objects.remove(one)
    _set_up(scene, plan["data"])
    shot = _shot(plan["data"], folder)
    if plan["carrier"] == "strip":
        _sequencer(job, scene, shot, plan["data"], folder)
    else:
        _compositor(job, scene, shot, plan, folder)
    told = {key: plan[key] for key in ("host", "feature", "carrier", "losses")}
    told.update({key: plan["data"][key] for key in ("wanted", "canvas", "plate")})
    scene["roto"] = json.dumps(told)
    # Paths become relative to the folder of the file: it is saved first, then once more.
    bpy.ops.wm.save_as_mainfile(filepath=job["output"], compress=False)
    bpy.ops.file.make_paths_relative()
    bpy.ops.wm.save_as_mainfile(filepath=job["output"], compress=False)
    return {}


def _set_up(scene: Any, data: Job) -> None:
    canvas, want = data["canvas"], data["wanted"]
    rate, aspect = Fraction(canvas["rate"]), Fraction(canvas["pixel_aspect"])
    render = scene.render
    render.resolution_x, render.resolution_y = canvas["width"], canvas["height"]
    render.resolution_percentage = 100
    render.pixel_aspect_x, render.pixel_aspect_y = float(max(aspect, 1)), float(max(1 / aspect, 1))
    render.fps = max(1, round(rate))
    render.fps_base = float(render.fps / rate)
    render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = want["first"], want["last"]
    scene.frame_set(want["first"])


def _shot(data: Job, folder: str) -> Any:
    """What the add-on's functions ask of a shot."""
    want, plate = data["wanted"], data["plate"]
    path = _absolute(plate["path"], folder)
    return types.SimpleNamespace(
        name=SHOT,
        kind="FILE",
        source="",
        plate=path,
        file=_numbered(path, want["first"]),
        first=want["first"],
        last=want["last"],
        shift=0,
    )


def _compositor(job: Job, scene: Any, shot: Any, plan: Job, folder: str) -> None:
    compat, compositor = part(job, "compat"), part(job, "compositor")
    layers = plan["data"]["layers"]
    files = {layer["object"]: _file(layer, 0, folder) for layer in layers}
    if plan["carrier"] == "cryptomatte":
        compositor.wire_cryptomatte(scene, shot, list(files), next(iter(files.values())))
    else:
        compositor.wire_mattes(scene, shot, list(files), files)
    tree = compat.compositor_tree(scene)
    for layer in layers:
        node = _matte(tree, layer["object"]).node
        node.frame_offset = layer["first"] - 1
    if plan["feature"] == "grade":
        end = _graded(tree, list(files), plan["data"]["wanted"]["gain"])
    else:
        end = _over(tree, plan["data"]["wanted"].get("background"), list(files), folder)
    tree.links.new(end, compat.output_socket(tree))
    scene.render.use_compositing = True


def _over(tree: Any, behind: Job | None, names: Sequence[str], folder: str) -> Any:
    """Cut-outs over each other, over a background or nothing."""
    if behind is None:
        end = _plain(tree, (0, 0, 0, 0))
    elif "colour" in behind:
        end = _plain(tree, (*_linear(behind["colour"]), 1))
    else:
        node = tree.nodes.new("CompositorNodeImage")
        node.name = _BACK
        node.image = bpy.data.images.load(_absolute(behind["file"], folder))
        end = node.outputs["Image"]
    for name in names:
        node = tree.nodes.new("CompositorNodeAlphaOver")
        node.name = f"{_OVER} {name}"
        pictures = [one for one in node.inputs if one.type == "RGBA"]
        tree.links.new(end, _socket(pictures, "Background", 0))
        tree.links.new(_alpha_node(tree, name).outputs["Image"], _socket(pictures, "Foreground", 1))
        end = node.outputs["Image"]
    return end


def _graded(tree: Any, names: Sequence[str], gain: Sequence[float]) -> Any:
    """The plate, and through each matte the same graded one: where they overlap it counts once."""
    end = _alpha_node(tree, names[0]).inputs["Image"].links[0].from_socket
    factor, first, second, graded = _mix(tree, _GRADE, "MULTIPLY")
    factor.default_value, second.default_value = 1, (*gain, 1)
    tree.links.new(end, first)
    for name in names:
        factor, first, second, result = _mix(tree, f"{_GRADE} {name}", "MIX")
        tree.links.new(_matte(tree, name), factor)
        tree.links.new(end, first)
        tree.links.new(graded, second)
        end = result
    return end


def _mix(tree: Any, name: str, kind: str) -> tuple[Any, Any, Any, Any]:
    """A node that mixes two colours: sockets for factor, both colours and the result."""
    if hasattr(bpy.types, "CompositorNodeMixRGB"):
        node = tree.nodes.new("CompositorNodeMixRGB")
        found = (*node.inputs[:3], node.outputs[0])
    else:
        node = tree.nodes.new("ShaderNodeMix")
        node.data_type = "RGBA"
        found = (node.inputs[0], *[one for one in node.inputs if one.type == "RGBA"][:2])
        found = (*found, next(one for one in node.outputs if one.type == "RGBA"))
    node.name, node.blend_type = name, kind
    return found


def _plain(tree: Any, colour: Sequence[float]) -> Any:
    node = tree.nodes.new("CompositorNodeRGB")
    node.name = _BACK
    node.outputs[0].default_value = colour
    return node.outputs[0]


def _socket(sockets: Sequence[Any], name: str, index: int) -> Any:
    return next((one for one in sockets if one.name == name), sockets[index])


def _alpha_node(tree: Any, name: str) -> Any:
    return tree.nodes[f"roto {SHOT} {name}"]


def _matte(tree: Any, name: str) -> Any:
    """The socket that an object's matte comes from."""
    return _alpha_node(tree, name).inputs["Alpha"].links[0].from_socket


def _sequencer(job: Job, scene: Any, shot: Any, data: Job, folder: str) -> None:
    compat, sequencer = part(job, "compat"), part(job, "sequencer")
    with compat.sequencing(scene):
        editor = scene.sequence_editor or scene.sequence_editor_create()
        strips, count = compat.strips_of(editor), shot.last - shot.first + 1
        behind = data["wanted"].get("background", {"colour": "#000000"})
        if "colour" in behind:
            strip = _colour_strip(strips, shot.first, count)
            strip.color = _rgb(behind["colour"])
        else:
            file = _absolute(behind["file"], folder)
            strip = strips.new_image(_BACK, file, 1, shot.first, fit_method="ORIGINAL")
            strip.frame_final_duration = count
    layer = data["layers"][0]
    files = [_file(layer, place, folder) for place in range(shot.last - shot.first + 1)]
    sequencer.mask_strip(scene, shot, layer["object"], files)
    scene.render.use_sequencer = True


def _colour_strip(strips: Any, first: int, count: int) -> Any:
    try:
        return strips.new_effect(_BACK, "COLOR", 1, first, length=count)
    except TypeError:  # before 5.0
        return strips.new_effect(_BACK, "COLOR", 1, first, frame_end=first + count)


def read(job: Job) -> dict[str, Any]:
    """The plan that a project stands for: what was wanted, and where nodes or strips are."""
    bpy.ops.wm.open_mainfile(filepath=job["project"])
    scene, folder = bpy.context.scene, job["folder"]
    told = json.loads(scene["roto"])
    names = told["wanted"]["objects"]
    if told["carrier"] == "strip":
        strips = part(job, "compat").strips_of(scene.sequence_editor)
        layers = [_of_strip(strips, name, folder) for name in names]
    else:
        tree = part(job, "compat").compositor_tree(scene)
        layers = [_of_node(tree, name, folder) for name in names]
    data = {key: told[key] for key in ("wanted", "canvas", "plate")}
    plan = {key: told[key] for key in ("host", "feature", "carrier", "losses")}
    return {**plan, "data": {**data, "layers": layers}}


def _of_node(tree: Any, name: str, folder: str) -> dict[str, Any]:
    node = _matte(tree, name).node
    path = _relative(bpy.path.abspath(node.image.filepath), folder)
    number = node.frame_offset + 1  # of the file that is shown at frame_start
    return {"object": name, "mattes": _pattern(path), "first": number}


def _of_strip(strips: Any, name: str, folder: str) -> dict[str, Any]:
    strip = strips[f"roto {SHOT} {name} matte"]
    file = os.path.join(bpy.path.abspath(strip.directory), strip.elements[0].filename)
    number = int(os.path.splitext(file)[0].rpartition(".")[2])
    return {"object": name, "mattes": _pattern(_relative(file, folder)), "first": number}


def render(job: Job) -> dict[str, Any]:
    """Render a project, a 16-bit TIFF per frame: the PNGs of 5.0 have a chunk twice."""
    bpy.ops.wm.open_mainfile(filepath=job["project"])
    scene, want = bpy.context.scene, job["wanted"]
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.color_depth = "TIFF", "RGBA", "16"
    for frame in range(want["first"], want["last"] + 1):
        scene.frame_set(frame)
        scene.render.filepath = _numbered(job["pictures"], frame)
        bpy.ops.render.render(write_still=True)
    return {}


def _file(layer: Job, place: int, folder: str) -> str:
    """The matte that is shown so many frames after the first."""
    return _absolute(_numbered(layer["mattes"], layer["first"] + place), folder)


def _absolute(path: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, path))


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(os.path.normpath(path), folder).replace(os.sep, "/")


def _numbered(pattern: str, frame: int) -> str:
    folder, name = os.path.split(pattern)
    width = name.count("#")
    return (
        os.path.join(folder, name.replace("#" * width, f"{frame:0{width}d}")) if width else pattern
    )


def _pattern(path: str) -> str:
    stem, ending = os.path.splitext(path)
    head, _, number = stem.rpartition(".")
    return f"{head}.{'#' * len(number)}{ending}"


def _rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _linear(colour: str) -> list[float]:
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _rgb(colour)]


if __name__ == "__main__":
    main(*sys.argv[1:])
