"""Noise, surface normals, and one lighting model for everything in the shot."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

# Towards the sun: from the left, high, and from behind the camera. Rows of pictures grow down.
SUN = np.array([-0.5, -0.66, 0.56], np.float32)
_HALFWAY = SUN + np.array([0, 0, 1], np.float32)
_HALFWAY /= np.linalg.norm(_HALFWAY)
_SUN_COLOUR = np.array([1.18, 1.04, 0.82], np.float32)
_SKY_COLOUR = np.array([0.30, 0.38, 0.50], np.float32)
_BOUNCE_COLOUR = np.array([0.13, 0.12, 0.08], np.float32)


def colour(code: str) -> Array:
    """Linear RGB of a hexadecimal display colour, (3,)."""
    parts = np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], np.float32)
    return np.asarray((parts / 255) ** 2.2, np.float32)


def noise(height: int, width: int, *, cell: float, octaves: int, seed: int) -> Array:
    """Smooth noise, (height, width), 0..1 with mean 0.5; ``cell`` is its coarsest grain in pixels.

    Each octave halves the grain and weighs 0.6 of the one before.
    """
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        grain = max(cell / 2**octave, 1.0)
        grid = rng.standard_normal((int(height / grain) + 3, int(width / grain) + 3))
        layer = cv2.resize(
            grid.astype(np.float32), None, fx=grain, fy=grain, interpolation=cv2.INTER_CUBIC
        )
        total += layer[:height, :width] * 0.6**octave
    return np.asarray(np.clip(0.5 + 0.22 * total / total.std(), 0, 1), np.float32)


def blur(image: Array, sigma: float) -> Array:
    """Gaussian blur in pixels; none for 0."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image, np.float32)


def smooth_step(low: float, high: float, value: Array) -> Array:
    """0 below ``low``, 1 above ``high``, and a smooth ramp between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def mix(one: Array, other: Array, amount: Array) -> Array:
    """Blend two colours or pictures by an (H, W) amount, (H, W, 3)."""
    return np.asarray(one + (other - one) * amount[..., None], np.float32)


def normals(height_field: Array, strength: float = 1.0) -> Array:
    """Unit normals of a relief seen from the front, (H, W, 3); height and pixels share a unit."""
    dy, dx = np.gradient(height_field)
    vectors = np.stack([-dx * strength, -dy * strength, np.ones_like(dx)], axis=-1)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def inflate(mask: Array, radius: float) -> Array:
    """A relief like a pillow: it rises as a quarter circle of ``radius`` pixels from the edge."""
    distance = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    t = np.clip(distance / radius, 0, 1)
    return blur(np.asarray(radius * np.sqrt(1 - (1 - t) ** 2), np.float32), radius / 12)


def shade(
    albedo: Array, normal: Array, *, gloss: float = 0.0, open_sky: Array | float = 1.0
) -> Array:
    """Light a surface by sun, sky and the ground's bounce, (H, W, 3).

    Args:
        albedo: (H, W, 3) or (3,), 0..1.
        normal: (H, W, 3), unit.
        gloss: Strength of the highlight and of the mirrored sky, 0..1.
        open_sky: Occlusion, 1 in the open, 0 in a crevice; (H, W) or one number.
    """
    up = (0.5 - 0.5 * normal[..., 1])[..., None]
    sun = np.clip(normal @ SUN, 0, 1)[..., None]
    ambient = _SKY_COLOUR * up + _BOUNCE_COLOUR * (1 - up)
    occlusion = np.broadcast_to(np.asarray(open_sky, np.float32), normal.shape[:2])[..., None]
    light = (_SUN_COLOUR * sun + ambient) * occlusion
    highlight = np.clip(normal @ _HALFWAY, 0, 1)[..., None] ** 60 * _SUN_COLOUR
    mirrored = _SKY_COLOUR * smooth_step(0.55, 0.95, up)
    return np.asarray(albedo * light + gloss * occlusion * (highlight + mirrored), np.float32)
