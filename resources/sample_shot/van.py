"""Object 1: a small two-tone van that drives to the right."""

from __future__ import annotations

import cv2
import numpy as np

from sample_shot.camera import Sprite
from sample_shot.light import (
    Array,
    blur,
    colour,
    inflate,
    mix,
    noise,
    normals,
    shade,
    smooth_step,
)

AXLES = (-1.22, 1.18)
WHEEL_RADIUS = 0.33

_SCALE = 260  # pixels a metre while drawing
_REDUCTION = 2  # and how much is averaged away for clean edges
_LEFT, _RIGHT, _BOTTOM, _TOP = -2.15, 2.15, 0.0, 2.05

Points = list[tuple[float, float]]

_BODY: Points = [
    (-1.98, 0.30), (1.90, 0.30), (2.02, 0.42), (2.03, 0.80), (1.93, 1.03), (1.60, 1.66),
    (1.38, 1.82), (0.80, 1.87), (-1.60, 1.87), (-1.90, 1.80), (-2.00, 1.55), (-2.03, 0.90),
]  # fmt: skip
_WINDOWS: tuple[Points, ...] = (
    [(-1.78, 1.12), (-0.82, 1.12), (-0.82, 1.62), (-1.70, 1.62)],
    [(-0.66, 1.12), (0.34, 1.12), (0.34, 1.62), (-0.66, 1.62)],
    [(0.52, 1.10), (1.66, 1.10), (1.42, 1.58), (1.34, 1.62), (0.52, 1.62)],
)
_SEAMS: tuple[Points, ...] = (
    [(0.43, 0.36), (0.43, 1.70)],
    [(1.48, 0.95), (1.46, 0.75), (1.32, 0.70)],
    [(1.78, 1.10), (1.48, 0.95)],
    [(-0.74, 0.36), (-0.74, 1.70)],
    [(-0.74, 0.98), (-1.95, 0.98)],
    [(0.43, 1.70), (1.40, 1.70)],
)


def body() -> Sprite:
    """The van without its wheels, lit, standing on Y = 0."""
    shell = _rounded(_BODY, 0.06)
    arches = np.maximum(*(_circle(x, WHEEL_RADIUS, 0.41) for x in AXLES))
    steel = shell * (1 - arches)
    lit = _paintwork(shell)
    for trim in (_trim, _glass, _lamps):
        lit = trim(lit)
    height_above = _grid()[1]
    underside = smooth_step(0.28, 0.62, height_above) * 0.55 + 0.45
    lit = lit * underside[..., None] * (1 - 0.75 * blur(arches, 9) * (1 - arches))[..., None]
    lit = mix(np.full(3, 0.006, np.float32), lit, steel)
    alpha = np.maximum(shell, _rect(-1.9, 0.18, 1.85, 0.34))
    pixels = np.dstack([lit * alpha[..., None], alpha]).astype(np.float32)
    return Sprite(_reduce(pixels), _LEFT, _RIGHT, _BOTTOM, _TOP)


def wheel(angle: float) -> Sprite:
    """A wheel turned by ``angle`` radians: the pattern turns, the light on it does not."""
    pattern, light = _WHEEL
    size = len(light)
    turn = cv2.getRotationMatrix2D(((size - 1) / 2, (size - 1) / 2), float(np.degrees(-angle)), 1)
    turned = np.asarray(cv2.warpAffine(pattern, turn, (size, size)), np.float32)
    turned[..., :3] *= light
    return Sprite(turned, -WHEEL_RADIUS, WHEEL_RADIUS, -WHEEL_RADIUS, WHEEL_RADIUS)


def _paintwork(shell: Array) -> Array:
    """Cream over teal with a chrome line between them, dust below, bulging sides."""
    x, y = _grid()
    height, width = shell.shape
    lower = mix(
        colour("1f6f78"), colour("2b8088"), noise(height, width, cell=200, octaves=3, seed=50)
    )
    swoop = 1.0 - 0.16 * smooth_step(1.2, 2.0, x)
    paint = mix(lower, np.broadcast_to(colour("ece3cb"), lower.shape), _soft(y - swoop))
    dust = noise(height, width, cell=90, octaves=6, seed=51) * smooth_step(1.0, 0.25, y)
    paint = mix(paint, colour("8d7b60"), np.clip(dust * 1.1, 0, 0.8))
    spots = smooth_step(0.7, 0.8, noise(height, width, cell=14, octaves=3, seed=52))
    paint = mix(paint, colour("5b4a38"), spots * 0.5 * smooth_step(0.9, 0.3, y))
    # The relief: round edges, a slightly bulging side, pressed lines.
    relief = inflate(shell, 0.26 * _SCALE) + 14 * np.cos((y - 0.95) * 1.7)
    relief -= 4 * np.exp(-(((y - 0.66) / 0.018) ** 2)) + 3 * np.exp(-(((y - 1.76) / 0.015) ** 2))
    seams = _lines(_SEAMS, 0.014)
    lit = shade(paint, normals(relief), gloss=0.35, open_sky=1 - 0.85 * seams)
    # Blurred surroundings in the polish: the trees across the road, broken by the sky.
    mirrored = noise(height, width, cell=260, octaves=4, seed=53) - 0.5
    return np.asarray(lit * (1 + 0.35 * mirrored[..., None]), np.float32)


def _glass(lit: Array) -> Array:
    """Dark windows in rubber frames, with seats inside and the sky mirrored in them."""
    height, width = lit.shape[:2]
    x, y = _grid()
    panes = np.maximum.reduce([_rounded(window, 0.035) for window in _WINDOWS])
    frames = np.maximum.reduce([_rounded(_grown(window, 0.035), 0.05) for window in _WINDOWS])
    inside = mix(
        colour("0e1214"), colour("39342c"), noise(height, width, cell=70, octaves=3, seed=54)
    )
    seats = np.maximum.reduce([_circle(cx, 1.12, 0.17) for cx in (-1.35, -0.2, 0.75)])
    heads = np.maximum.reduce([_circle(cx, 1.34, 0.08) for cx in (-1.35, -0.2, 0.75)])
    inside = mix(inside, colour("6b5a48"), 0.5 * blur(np.maximum(seats, heads), 2))
    driver = np.maximum(_circle(0.98, 1.40, 0.105), _circle(0.98, 1.10, 0.22))
    inside = mix(inside, colour("57402f"), 0.8 * blur(driver, 3))
    clouds = noise(height, width, cell=160, octaves=4, seed=55)
    streak = smooth_step(0.45, 0.75, clouds + 0.5 * (y - 1.36) + 0.1 * np.sin(9 * (x + 0.6 * y)))
    inside = inside + streak[..., None] * np.array([0.30, 0.36, 0.42], np.float32) * 0.8
    lit = mix(lit, colour("181818"), frames)
    return mix(lit, inside, panes)


def _trim(lit: Array) -> Array:
    """Chrome: bumpers, the line along the side, handles."""
    x, y = _grid()
    shine = 0.25 + 0.75 * np.clip(np.cos((y * 40) % np.pi) ** 2, 0, 1)
    chrome = colour("c9ccd0") * shine[..., None] * 0.9
    line = np.exp(-(((y - (1.0 - 0.16 * smooth_step(1.2, 2.0, x))) / 0.014) ** 4))
    lit = mix(lit, chrome, np.asarray(line, np.float32))
    for box in ((-2.04, 0.36, -1.72, 0.47), (1.70, 0.36, 2.04, 0.47)):
        lit = mix(lit, chrome, _rect(*box))
    for left in (0.50, -0.66):
        lit = mix(lit, colour("101010"), blur(_rect(left, 0.885, left + 0.16, 0.915), 2))
        lit = mix(lit, chrome, _rect(left, 0.90, left + 0.15, 0.925))
    return lit


def _lamps(lit: Array) -> Array:
    """Headlamp, indicator and tail lamp, each a small dome, and the fuel cap."""
    lamps = (
        (1.97, 0.74, 0.10, "f4f0dc"),
        (1.88, 0.56, 0.045, "e0801c"),
        (-1.99, 0.78, 0.085, "b5201a"),
    )
    for x, y, radius, code in lamps:
        disc = _circle(x, y, radius)
        dome = shade(colour(code), normals(inflate(disc, radius * _SCALE)), gloss=0.8)
        lit = mix(mix(lit, colour("b9bcc0"), _circle(x, y, radius * 1.22)), dome, disc)
    ring = _circle(-1.62, 0.80, 0.07) - _circle(-1.62, 0.80, 0.058)
    return mix(lit, colour("14383c"), ring)


def _make_wheel() -> tuple[Array, Array]:
    """The turning pattern (premultiplied RGBA) and the still light on it, (H, W, 3)."""
    size = int(2 * WHEEL_RADIUS * _SCALE / 1.5)
    v, u = (np.mgrid[:size, :size].astype(np.float32) + 0.5) / size * 2 - 1
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    tyre = (
        colour("2a2826") * (0.6 + 0.8 * noise(size, size, cell=12, octaves=4, seed=60))[..., None]
    )
    tread = 1 - 0.4 * (np.cos(angle * 44) > 0.2) * (radius > 0.93)
    rim = smooth_step(0.68, 0.66, radius)
    slots = smooth_step(0.25, 0.4, np.cos(angle * 8)) * (np.abs(radius - 0.5) < 0.09)
    steel = mix(colour("cfc9ba"), colour("15130f"), np.asarray(slots, np.float32))
    cap = smooth_step(0.3, 0.28, radius)
    albedo = mix(tyre * tread[..., None], steel, rim)
    albedo = mix(albedo, colour("d8dadd") * 0.8, cap)
    bolt = (np.hypot(u - 0.12, v - 0.05) < 0.06).astype(np.float32)
    albedo = mix(albedo, colour("7c2020"), bolt)
    relief = 10 * np.sqrt(np.clip(1 - ((radius - 0.84) / 0.17) ** 2, 0, 1))
    relief += 9 * np.sqrt(np.clip(1 - (radius / 0.31) ** 2, 0, 1)) + 6 * rim * radius
    under_arch = 0.25 + 0.75 * smooth_step(-0.75, 0.1, v)
    light = shade(np.ones(3, np.float32), normals(relief), gloss=0.1, open_sky=under_arch)
    alpha = np.clip((1 - radius) * size / 2, 0, 1)
    return np.dstack([albedo * alpha[..., None], alpha]).astype(np.float32), light


def _grid() -> tuple[Array, Array]:
    """X and Y in metres of every pixel."""
    rows, columns = int((_TOP - _BOTTOM) * _SCALE), int((_RIGHT - _LEFT) * _SCALE)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    return _LEFT + x / _SCALE, _TOP - y / _SCALE


def _soft(distance: Array) -> Array:
    """1 where a distance in metres is positive, with an edge of one pixel."""
    return np.asarray(np.clip(distance * _SCALE + 0.5, 0, 1), np.float32)


def _circle(x: float, y: float, radius: float) -> Array:
    grid_x, grid_y = _grid()
    return _soft(np.asarray(radius - np.hypot(grid_x - x, grid_y - y), np.float32))


def _rect(left: float, bottom: float, right: float, top: float) -> Array:
    x, y = _grid()
    return _soft(np.minimum(np.minimum(x - left, right - x), np.minimum(y - bottom, top - y)))


def _rounded(points: Points, radius: float) -> Array:
    """A polygon whose corners are rounded off."""
    mask = np.zeros(_grid()[0].shape, np.float32)
    pixels = [((x - _LEFT) * _SCALE, (_TOP - y) * _SCALE) for x, y in points]
    cv2.fillPoly(mask, [np.array(pixels, np.int32)], 1.0)
    return smooth_step(0.5 - 0.02, 0.5 + 0.02, blur(mask, radius * _SCALE))


def _grown(points: Points, margin: float) -> Points:
    """The polygon with each corner moved away from the middle, by ``margin`` on both axes."""
    middle = np.mean(points, axis=0)
    return [
        (x + margin * np.sign(x - middle[0]), y + margin * np.sign(y - middle[1]))
        for x, y in points
    ]


def _lines(lines: tuple[Points, ...], wide: float) -> Array:
    mask = np.zeros(_grid()[0].shape, np.float32)
    for line in lines:
        pixels = [((x - _LEFT) * _SCALE, (_TOP - y) * _SCALE) for x, y in line]
        thickness = round(wide * _SCALE)
        cv2.polylines(mask, [np.array(pixels, np.int32)], False, 1.0, thickness, cv2.LINE_AA)
    return mask


def _reduce(pixels: Array) -> Array:
    size = (pixels.shape[1] // _REDUCTION, pixels.shape[0] // _REDUCTION)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)


_WHEEL = _make_wheel()
