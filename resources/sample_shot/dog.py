"""Object 2: a big dog that walks to the left.

Its outline is a smooth union of tapered capsules, one per bone, so that joints bend without
seams. Each bone carries its own fur, which therefore moves with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample_shot.camera import Sprite
from sample_shot.light import Array, blur, colour, noise, normals, shade

STRIDE = 0.62  # metres the body moves in one cycle of the legs

_SCALE = 175  # pixels a metre
_LEFT, _RIGHT, _BOTTOM, _TOP = -0.95, 1.0, -0.06, 1.12
_DUTY = 0.64  # part of the cycle that a paw is on the ground
_FAR = 0.5  # brightness of the legs on the shaded side

_COAT = colour("a8743c")
_DARK = colour("3a2a1e")
_PALE = colour("d6b487")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bone:
    """A tapered capsule from ``start`` to ``end``, with radii in metres and a colour of fur."""

    start: Point
    end: Point
    radius_start: float
    radius_end: float
    fur: Array


def walking_dog(cycle: float) -> Sprite:
    """The dog at a point of its walk; whole numbers of ``cycle`` are the same pose."""
    bob = 0.012 * np.sin(4 * np.pi * cycle)
    far = _leg(cycle, hind=True, phase=0.5, bob=bob) + _leg(cycle, hind=False, phase=0.25, bob=bob)
    near = _leg(cycle, hind=True, phase=0.0, bob=bob) + _leg(cycle, hind=False, phase=0.75, bob=bob)
    pixels = _draw(far, light=_FAR, blend=0.012)
    pixels = _over(pixels, _draw(_tail(cycle, bob), light=0.9, blend=0.02))
    pixels = _over(pixels, _draw(_trunk(cycle, bob) + near, light=1.0, blend=0.022))
    pixels = _over(pixels, _draw(_collar(cycle, bob), light=1.0, blend=0.004))
    pixels = _over(pixels, _draw(_face(cycle, bob), light=1.0, blend=0.006))
    return Sprite(pixels, _LEFT, _RIGHT, _BOTTOM, _TOP)


def _leg(cycle: float, *, hind: bool, phase: float, bob: float) -> list[Bone]:
    """Thigh, shank, pastern and paw; the paw stays put on the ground while it carries."""
    hip = (0.40, 0.62 + bob) if hind else (-0.33, 0.58 + bob)
    paw_x, paw_y, lift = _paw(cycle + phase)
    paw = (hip[0] + paw_x + (0.04 if hind else 0.0), 0.035 + paw_y)
    # The last joint hangs over the paw: behind it on a hind leg, straight above on a fore leg.
    ankle = (paw[0] + (0.085 if hind else 0.03) + 0.10 * lift, paw[1] + (0.19 if hind else 0.11))
    knee = _joint(hip, ankle, (0.26, 0.25) if hind else (0.25, 0.25), -1 if hind else 1)
    widths = (0.115, 0.062, 0.036) if hind else (0.085, 0.052, 0.036)
    toe = (paw[0] - 0.07, paw[1] - 0.008 - 0.03 * lift)
    return [
        Bone(hip, knee, widths[0], widths[1], _COAT),
        Bone(knee, ankle, widths[1] * 0.95, widths[2], _COAT * 0.95),
        Bone(ankle, paw, widths[2], 0.032, _COAT * 0.9 + _PALE * 0.1),
        Bone(paw, toe, 0.036, 0.030, _PALE * 0.8),
    ]


def _paw(cycle: float) -> tuple[float, float, float]:
    """Where a paw is: offset along the ground, height, and how far through its swing (0..1..0)."""
    part = cycle % 1.0
    reach = STRIDE * _DUTY / 2
    if part < _DUTY:
        return -reach + 2 * reach * part / _DUTY, 0.0, 0.0
    swing = (part - _DUTY) / (1 - _DUTY)
    eased = swing * swing * (3 - 2 * swing)
    lift = float(np.sin(np.pi * swing))
    return reach - 2 * reach * eased, 0.10 * lift, lift


def _joint(start: Point, end: Point, lengths: Point, side: int) -> Point:
    """The middle joint of a limb of two bones; ``side`` says which way it bends."""
    along = np.subtract(end, start)
    distance = min(float(np.hypot(*along)), sum(lengths) * 0.999)
    one, other = lengths
    cosine = (distance**2 + one**2 - other**2) / (2 * distance * one)
    bend = side * float(np.arccos(np.clip(cosine, -1, 1)))
    angle = float(np.arctan2(along[1], along[0])) + bend
    return (start[0] + one * float(np.cos(angle)), start[1] + one * float(np.sin(angle)))


def _trunk(cycle: float, bob: float) -> list[Bone]:
    """Chest, belly, hips and neck."""
    head = _head(cycle, bob)
    return [
        Bone((-0.28, 0.655 + bob), (0.02, 0.67 + bob), 0.200, 0.170, _COAT),
        Bone((0.04, 0.69 + bob), (0.38, 0.69 + bob), 0.145, 0.150, _COAT * 0.92),
        Bone((-0.24, 0.782 + bob), (0.30, 0.748 + bob), 0.098, 0.100, _DARK * 0.6),
        Bone((-0.33, 0.53 + bob), (-0.10, 0.56 + bob), 0.075, 0.075, _PALE * 0.8),
        Bone((-0.36, 0.74 + bob), (head[0] + 0.05, head[1] - 0.02), 0.135, 0.090, _COAT),
        Bone(head, (head[0] - 0.07, head[1] - 0.01), 0.100, 0.085, _COAT * 1.05),
        Bone(
            (head[0] - 0.09, head[1] - 0.035),
            (head[0] - 0.24, head[1] - 0.065),
            0.060,
            0.045,
            _PALE,
        ),
    ]


def _head(cycle: float, bob: float) -> Point:
    return (-0.56, 0.90 + 1.6 * bob + 0.012 * float(np.sin(2 * np.pi * cycle)))


def _collar(cycle: float, bob: float) -> list[Bone]:
    head = _head(cycle, bob)
    red = colour("a81e22")
    return [
        Bone((head[0] + 0.04, head[1] - 0.165), (head[0] + 0.195, head[1] - 0.01), 0.02, 0.02, red)
    ]


def _face(cycle: float, bob: float) -> list[Bone]:
    """A hanging ear that swings, nose, eye and mouth."""
    x, y = _head(cycle, bob)
    swing = 0.025 * float(np.sin(4 * np.pi * cycle + 1))
    black = colour("0c0a09")
    return [
        Bone((x + 0.045, y + 0.055), (x + 0.07 + swing, y - 0.075), 0.042, 0.052, _DARK * 1.4),
        Bone((x - 0.262, y - 0.045), (x - 0.27, y - 0.055), 0.024, 0.022, black),
        Bone((x - 0.095, y + 0.025), (x - 0.10, y + 0.024), 0.014, 0.012, black),
        Bone((x - 0.16, y - 0.098), (x - 0.25, y - 0.088), 0.007, 0.006, _DARK * 0.5),
    ]


def _tail(cycle: float, bob: float) -> list[Bone]:
    wag = 0.09 * float(np.sin(2 * np.pi * cycle + 0.5))
    root, middle, tip = (0.47, 0.76 + bob), (0.68, 0.74 + bob + wag), (0.86, 0.83 + bob + 2 * wag)
    return [
        Bone(root, middle, 0.050, 0.040, _COAT * 0.9),
        Bone(middle, tip, 0.040, 0.018, _PALE * 0.7 + _COAT * 0.3),
    ]


def _draw(bones: list[Bone], *, light: float, blend: float) -> Array:
    """A smooth union of bones, furry and lit, premultiplied RGBA."""
    distances, fur, radii = zip(*(_measure(bone) for bone in bones), strict=True)
    stack = np.stack(distances)
    # The soft minimum of the distances; its weights also blend fur and radius.
    weights = np.exp(-np.clip((stack - stack.min(axis=0)) / blend, 0, 30))
    total = weights.sum(axis=0)
    strands = np.einsum("khw,khw->hw", weights, np.stack(fur)) / total
    radius = np.einsum("khw,khw->hw", weights, np.stack(radii)) / total
    # Colours run into each other over a wider band than shapes do.
    shares = weights**0.45
    tones = np.einsum("khw,kc->hwc", shares, np.stack([bone.fur for bone in bones]))
    depth = -(stack.min(axis=0) - blend * np.log(total)) + 0.016 * (strands - 0.5)
    t = np.clip(depth / radius, 0, 1)
    relief = blur(radius * np.sqrt(1 - (1 - t) ** 2), 1.0) * _SCALE + 1.1 * strands
    albedo = tones / shares.sum(axis=0)[..., None] * (0.66 + 0.68 * strands[..., None])
    _, y = _grid()
    belly = 0.55 + 0.45 * np.clip((y - 0.1) / 0.65, 0, 1)
    lit = shade(albedo * 1.15, normals(relief), gloss=0.02, open_sky=belly) * light
    alpha = np.clip(depth * _SCALE + 0.5, 0, 1)
    return np.dstack([lit * alpha[..., None], alpha]).astype(np.float32)


def _measure(bone: Bone) -> tuple[Array, Array, Array]:
    """Of each pixel: distance to the bone's skin, the bone's fur there, the bone's radius there."""
    x, y = _grid()
    axis = np.subtract(bone.end, bone.start)
    length = float(np.hypot(*axis)) + 1e-6
    along = ((x - bone.start[0]) * axis[0] + (y - bone.start[1]) * axis[1]) / length
    across = ((x - bone.start[0]) * axis[1] - (y - bone.start[1]) * axis[0]) / length
    t = np.clip(along / length, 0, 1)
    radius = bone.radius_start + (bone.radius_end - bone.radius_start) * t
    distance = np.hypot(along - t * length, across) - radius
    # Strands run along the bone and lie flatter towards its sides.
    u = (along + 0.6 * np.abs(across)) * 520 + 500 * bone.radius_start + 150
    v = across * 640 + 900 * bone.radius_end + 150
    fur = cv2.remap(
        _FUR,
        u.astype(np.float32),
        v.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return distance, np.asarray(fur, np.float32), radius


def _over(below: Array, above: Array) -> Array:
    return np.asarray(below * (1 - above[..., 3:]) + above, np.float32)


def _grid() -> tuple[Array, Array]:
    """X and Y in metres of every pixel."""
    rows, columns = int((_TOP - _BOTTOM) * _SCALE), int((_RIGHT - _LEFT) * _SCALE)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    return _LEFT + (x + 0.5) / _SCALE, _TOP - (y + 0.5) / _SCALE


def _make_fur() -> Array:
    """Streaks along the first axis of the lookup, in lighter and darker tufts."""
    strands = cv2.resize(noise(512, 128, cell=5, octaves=3, seed=70), (512, 512))
    tufts = noise(512, 512, cell=90, octaves=5, seed=71)
    return np.asarray(np.clip(0.4 * strands + 0.6 * tufts, 0, 1), np.float32)


_FUR = _make_fur()
