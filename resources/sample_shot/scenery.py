"""The set: sky, trees, a brick wall, a road with a verge, and a tree trunk close by."""

from __future__ import annotations

import cv2
import numpy as np

from sample_shot.camera import Sprite
from sample_shot.light import Array, blur, colour, mix, noise, normals, shade, smooth_step

_GROUND_SCALE = 110  # pixels a metre
_GROUND_LEFT, _GROUND_RIGHT = -9.0, 10.0
_GROUND_NEAR, _GROUND_FAR = 2.0, 13.1
_ROAD_NEAR, _ROAD_FAR = 6.9, 11.2


def sky() -> Sprite:
    """Hazy blue with clouds; it fills the frame behind everything."""
    height, width = 300, 700
    fade = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    base = mix(colour("6f9fd8"), colour("dfe8ee"), fade)
    flat = cv2.resize(noise(2 * height, width // 2, cell=110, octaves=6, seed=1), (width, height))
    clouds = smooth_step(0.45, 0.8, np.asarray(flat, np.float32))
    return _opaque(mix(base, np.float32(1.25) * colour("fffaf2"), clouds * 0.8), 45, 30)


def trees() -> Sprite:
    """Two rows of broad-leaved trees, out of focus."""
    height, width = 420, 1700
    rng = np.random.default_rng(2)
    canvas = np.zeros((height, width, 4), np.float32)
    for row, (count, base) in enumerate(((13, 0.6), (16, 1.0))):
        for x in np.linspace(0, width, count):
            centre = (x + rng.normal(0, 25), height * rng.uniform(0.42, 0.6) + 45 * row)
            _crown(canvas, centre, rng.uniform(90, 150), base * rng.uniform(0.75, 1.1), rng)
    canvas[int(height * 0.8) :, :, :3] *= 0.6
    return Sprite(blur(canvas, 2.2), -18, 19, -0.5, 8.0)


def _crown(
    canvas: Array, centre: tuple[float, float], radius: float, tone: float, rng: np.random.Generator
) -> None:
    """Leaves in clumps: dark ones inside and below first, sunlit ones on top of them."""
    ways = rng.uniform(0, 2 * np.pi, 26)
    clumps = np.stack([np.cos(ways), np.sin(ways)], axis=1) * rng.random((26, 1)) ** 0.5
    for layer in range(7):
        middle = np.array(centre) + np.array([-0.05, -0.07]) * layer * radius
        reach = radius * (1.1 - 0.09 * layer)
        for _ in range(420):
            angle, clump = rng.uniform(0, 2 * np.pi), clumps[rng.integers(len(clumps))]
            spread = np.array([np.cos(angle), np.sin(angle)]) * rng.random() ** 0.5
            place = middle + (0.72 * clump + 0.28 * spread) * reach
            _leaf(canvas, place, np.degrees(angle), (0.25 + 0.16 * layer) * tone, rng)


def _leaf(
    canvas: Array, place: Array, angle: float, light: float, rng: np.random.Generator
) -> None:
    brightness = light * rng.uniform(0.6, 1.4)
    green = colour("56703a") * (1 - 0.5 * rng.random())
    yellow = colour("8f8b35") * rng.random() * 0.4
    axes = (int(rng.uniform(2, 6)), int(rng.uniform(2, 4)))
    ink = (*((green + yellow) * brightness).tolist(), 1.0)
    x, y = place.astype(int).tolist()
    cv2.ellipse(canvas, (x, y), axes, angle, 0, 360, ink, -1, cv2.LINE_AA)


def wall() -> Sprite:
    """A garden wall of weathered bricks under a coping of stone."""
    scale, metres, tall = 62, 20, 1.75
    height, width = int(tall * scale), metres * scale
    y, x = np.mgrid[:height, :width].astype(np.float32) / scale
    course = np.floor(y / 0.085)
    along = x / 0.25 + 0.5 * (course % 2)
    edge = np.minimum(y / 0.085 % 1 * 0.085, along % 1 * 0.25)
    brick = smooth_step(0.004, 0.016, edge)
    tint = np.random.default_rng(3).random((64, 128))[
        course.astype(int) % 64, along.astype(int) % 128
    ]
    face = mix(colour("7c4432"), colour("b4745a"), tint.astype(np.float32))
    rough = noise(height, width, cell=10, octaves=3, seed=4)
    albedo = mix(colour("9c958a"), face * (0.7 + 0.6 * rough[..., None]), brick)
    stains = smooth_step(
        0.5, 0.85, noise(height, width, cell=90, octaves=5, seed=5) + 0.25 * y / tall
    )
    albedo = mix(albedo, colour("3c3a2c"), stains * 0.6)
    relief = 1.6 * brick + 1.2 * rough
    coping = y < 0.12
    albedo[coping] = (colour("a8a294") * (0.6 + 0.8 * rough[..., None]))[coping]
    relief += 6 * coping * np.sqrt(np.clip(y / 0.12, 0, 1))
    occlusion = 1 - 0.55 * np.exp(-np.clip(y - 0.12, 0, None) / 0.07) * (y > 0.12)
    foot = 1 - 0.5 * np.exp(-(tall - y) / 0.08)
    lit = shade(albedo, normals(relief), open_sky=occlusion * foot * _dapple(height, width, 6, 120))
    return _opaque(blur(lit, 0.9), metres, tall)


def ground() -> Sprite:
    """Pavement, kerb, road and verge, dappled by the trees; already filtered for its slant."""
    height = int((_GROUND_FAR - _GROUND_NEAR) * _GROUND_SCALE)
    width = int((_GROUND_RIGHT - _GROUND_LEFT) * _GROUND_SCALE)
    depth = np.linspace(_GROUND_FAR, _GROUND_NEAR, height, dtype=np.float32)[:, None]
    depth = depth + np.zeros((1, width), np.float32)
    wobble = noise(height, width, cell=130, octaves=5, seed=10) - 0.5
    albedo = _road(height, width, depth)
    slabs = (
        colour("99938a")
        * (0.65 + 0.6 * noise(height, width, cell=60, octaves=6, seed=11))[..., None]
    )
    albedo = mix(albedo, slabs, smooth_step(_ROAD_FAR - 0.02, _ROAD_FAR + 0.02, depth))
    kerb = np.exp(-(((depth - _ROAD_FAR) / 0.09) ** 4))
    albedo = mix(albedo, colour("c2bdb0"), np.asarray(kerb, np.float32) * 0.8)
    verge = smooth_step(-0.05, 0.05, _ROAD_NEAR - 0.25 + 0.5 * wobble - depth)
    albedo = mix(albedo, _grass(height, width), verge)
    light = _dapple(height, width, 13, 320)[..., None]
    flat = np.zeros((1, 1, 3), np.float32)
    flat[..., 1:] = (-0.97, 0.24)  # facing up, as shade() sees it
    return Sprite(
        _with_alpha(_filter_for_slant(albedo * light) * shade(np.ones(3, np.float32), flat)),
        _GROUND_LEFT,
        _GROUND_RIGHT,
        _GROUND_NEAR,
        _GROUND_FAR,
    )


def _road(height: int, width: int, depth: Array) -> Array:
    """Worn asphalt: grit, two polished tracks, oil, cracks sealed with tar."""
    grit = noise(height, width, cell=5, octaves=3, seed=20)
    patches = noise(height, width, cell=260, octaves=5, seed=21)
    tone = 0.55 + 0.5 * grit + 0.5 * (patches - 0.5)
    for track in (7.9, 9.3):
        tone += 0.16 * np.exp(-(((depth - track) / 0.22) ** 2))
    veins = np.abs(noise(height, width, cell=330, octaves=6, seed=22) - 0.5)
    tone *= 1 - 0.55 * np.exp(-((veins / 0.006) ** 2))
    return np.asarray(colour("75736f") * tone[..., None], np.float32)


def _grass(height: int, width: int) -> Array:
    """Short lawn: blades, dry patches, some earth and fallen leaves."""
    blades = noise(height, width, cell=5, octaves=3, seed=30)
    patches = noise(height, width, cell=170, octaves=5, seed=31)
    albedo = mix(colour("4a5a2a"), colour("87904e"), np.clip(blades * 1.5 - 0.25, 0, 1))
    albedo = mix(albedo, colour("a3925c"), smooth_step(0.52, 0.8, patches) * 0.7 * blades)
    albedo = mix(albedo, colour("5c4630"), smooth_step(0.66, 0.8, 1 - patches) * 0.8)
    rng = np.random.default_rng(32)
    for x, y in rng.uniform((0, height * 0.55), (width, height), (500, 2)):
        ink = (colour("b07a34") * rng.uniform(0.5, 1.3)).tolist()
        axes = (int(rng.uniform(2, 5)), 2)
        cv2.ellipse(albedo, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, ink, -1)
    return albedo * (0.95 + 0.8 * blades[..., None])


def _dapple(height: int, width: int, seed: int, cell: float) -> Array:
    """Light that falls through leaves: mostly open, with soft-edged shade, 0.35..1."""
    leaves = noise(height, width, cell=cell, octaves=3, seed=seed)
    return 1 - 0.6 * blur(smooth_step(0.52, 0.74, leaves), cell / 20)


def _filter_for_slant(texture: Array) -> Array:
    """Average each row over the depth that one pixel of the frame will see there.

    A pixel covers depth² / (focal * camera height) metres of ground; without this the
    distance would flicker.
    """
    rows = np.arange(len(texture))
    depth = _GROUND_FAR - rows / _GROUND_SCALE
    half = np.maximum(depth**2 / 560 * _GROUND_SCALE / 2, 0.5)
    low = np.clip(np.round(rows - half).astype(int), 0, len(texture) - 1)
    high = np.clip(np.round(rows + half).astype(int), low + 1, len(texture))
    sums = np.concatenate(
        [np.zeros_like(texture[:1]), np.cumsum(texture, axis=0, dtype=np.float64)]
    )
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None, None], np.float32)


def grass_strip(*, seed: int, tall: float, defocus: float) -> Sprite:
    """Blades of grass seen from the side, sixteen metres of them."""
    scale = 130
    height, width = int(tall * scale * 1.15), 16 * scale
    rng = np.random.default_rng(seed)
    canvas = np.zeros((height, width, 4), np.float32)
    clumps = noise(1, width, cell=70, octaves=3, seed=seed)[0]
    for x in rng.uniform(0, width, 6500):
        length = height * rng.uniform(0.2, 0.9) * (0.35 + 1.1 * clumps[int(x)])
        lean = rng.normal(0, 0.3) * length
        tone = rng.uniform(0.35, 1.5)
        ink = (*(mix_pair("4f6a24", "a8a75a", rng.random()) * tone).tolist(), 1.0)
        bend = [(x, height), (x + lean * 0.3, height - length * 0.6), (x + lean, height - length)]
        cv2.polylines(canvas, [np.array(bend, np.int32)], False, ink, 1, cv2.LINE_AA)
    rooted = np.clip((height - np.arange(height)) / (0.3 * height), 0, 1)  # fades into the lawn
    canvas *= rooted.astype(np.float32)[:, None, None]
    return Sprite(blur(canvas, defocus), -8, 8, -0.02, tall)


def mix_pair(one: str, other: str, amount: float) -> Array:
    """A colour between two display colours, (3,)."""
    return np.asarray(colour(one) * (1 - amount) + colour(other) * amount, np.float32)


def trunk() -> Sprite:
    """The trunk of a plane tree, furrowed, a little out of focus."""
    scale, wide, tall = 200, 0.42, 3.0
    height, width = int(tall * scale), int(wide * scale)
    y, x = np.mgrid[:height, :width].astype(np.float32) / scale
    flare = 0.13 + 0.05 * np.exp(-(tall - y) / 0.12) + 0.008 * np.sin(5 * y)
    across = (x - wide / 2) / flare
    furrows = cv2.resize(noise(height // 5, width, cell=14, octaves=4, seed=40), (width, height))
    relief = 14 * np.sqrt(np.clip(1 - across**2, 0, 1)) * flare / 0.13 * 2 + 5 * furrows
    bark = mix(colour("3d332a"), colour("9a8a72"), np.clip(furrows * 1.8 - 0.4, 0, 1))
    lichen = smooth_step(0.6, 0.75, noise(height, width, cell=70, octaves=4, seed=41))
    lit = shade(mix(bark, colour("8b9163"), lichen * 0.5), normals(relief), open_sky=0.8)
    alpha = np.clip((1 - np.abs(across)) * flare * scale, 0, 1)
    pixels = np.dstack([lit * alpha[..., None], alpha])
    return Sprite(blur(pixels, 1.8), -wide / 2, wide / 2, -0.03, tall - 0.03)


def _opaque(image: Array, wide: float, tall: float) -> Sprite:
    return Sprite(_with_alpha(image), -wide / 2 + 0.5, wide / 2 + 0.5, 0, tall)


def _with_alpha(image: Array) -> Array:
    return np.asarray(np.dstack([image, np.ones(image.shape[:2], np.float32)]), np.float32)
