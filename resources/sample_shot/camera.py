"""A pinhole camera and flat pictures standing, or lying, in front of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample_shot.light import Array, blur

WIDTH, HEIGHT = 640, 360
_HORIZON = 165  # row of the horizon when the camera is level

# How far the shadow of a point one metre high falls, to the right and away from the camera.
SHADOW_X, SHADOW_Z = 0.76, 0.85


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture with its size in the world.

    Attributes:
        pixels: (H, W, 4) float32, linear RGB premultiplied by alpha, alpha.
        left, right, bottom, top: Edges in metres, relative to where it is placed.
    """

    pixels: Array
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is at one instant.

    Attributes:
        x, height: Position in metres; it always looks along Z.
        focal: Focal length in pixels.
        shake_x, shake_y: Jitter in pixels.
        roll: Jitter in radians.
    """

    x: float
    height: float
    focal: float
    shake_x: float
    shake_y: float
    roll: float

    def project(self, points: Array) -> Array:
        """Pixels (N, 2) of world points (N, 3)."""
        scale = self.focal / points[:, 2]
        x = (points[:, 0] - self.x) * scale
        y = (self.height - points[:, 1]) * scale
        sin, cos = np.sin(self.roll), np.cos(self.roll)
        column = WIDTH / 2 + self.shake_x + cos * x - sin * y
        row = _HORIZON + self.shake_y + sin * x + cos * y
        return np.stack([column, row], axis=1).astype(np.float32)

    def stand(self, canvas: Array, sprite: Sprite, x: float, y: float, z: float) -> Array:
        """Paint an upright sprite over the canvas; returns its coverage, (H, W)."""
        left, right = x + sprite.left, x + sprite.right
        bottom, top = y + sprite.bottom, y + sprite.top
        corners = [(left, top, z), (right, top, z), (right, bottom, z), (left, bottom, z)]
        return _over(canvas, sprite.pixels, self.project(np.array(corners, np.float32)))

    def lay(self, canvas: Array, sprite: Sprite) -> Array:
        """Paint a sprite that lies on the ground: its top edge is the far one."""
        near, far = sprite.bottom, sprite.top
        left, right = sprite.left, sprite.right
        corners = [(left, 0, far), (right, 0, far), (right, 0, near), (left, 0, near)]
        return _over(canvas, sprite.pixels, self.project(np.array(corners, np.float32)))

    def cast_shadow(self, canvas: Array, sprite: Sprite, x: float, y: float, z: float) -> None:
        """Darken the ground where an upright sprite keeps the sun away, in place."""

        def on_ground(dx: float, dy: float) -> tuple[float, float, float]:
            return x + dx + (y + dy) * SHADOW_X, 0.0, z + (y + dy) * SHADOW_Z

        top, bottom = sprite.top, sprite.bottom
        corners = [(sprite.left, top), (sprite.right, top), (sprite.right, bottom)]
        points = np.array([on_ground(*c) for c in [*corners, (sprite.left, bottom)]], np.float32)
        shadow = np.zeros((HEIGHT, WIDTH), np.float32)
        _warp_into(shadow, np.ascontiguousarray(sprite.pixels[..., 3]), self.project(points))
        # What is left is the light of the sky, which is blue.
        canvas *= 1 - blur(shadow, 1.6)[..., None] * np.array([0.76, 0.72, 0.62], np.float32)


def _over(canvas: Array, pixels: Array, corners: Array) -> Array:
    layer = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    rows, columns = _warp_into(layer, pixels, corners)
    part = layer[rows, columns]
    canvas[rows, columns] *= 1 - part[..., 3:]
    canvas[rows, columns] += part[..., :3]
    return layer[..., 3]


def _warp_into(layer: Array, pixels: Array, corners: Array) -> tuple[slice, slice]:
    """Map a picture's corners to pixels of the layer; returns the rows and columns touched."""
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 1, 0, (WIDTH, HEIGHT))
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, 0, (WIDTH, HEIGHT))
    window = slice(low[1], high[1]), slice(low[0], high[0])
    width, height = (int(side) for side in high - low)
    if width == 0 or height == 0:
        return window
    h, w = pixels.shape[:2]
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, corners - low.astype(np.float32) - 0.5)
    layer[window] = cv2.warpPerspective(pixels, matrix, (width, height))
    return window
