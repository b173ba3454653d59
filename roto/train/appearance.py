"""How a synthetic clip looks: blur along the motion, light that drifts, grain, compression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Rng = np.random.Generator


def motion_blur(picture: Floats, velocity: npt.NDArray[np.float64], shutter: float = 0.5) -> Floats:
    """Blur along ``velocity`` (x, y pixels per frame) for a shutter open half of the frame."""
    n = blur_width(velocity, shutter)
    if n == 1:
        return picture
    kernel = np.zeros((n, n), np.float32)
    middle = (n - 1) / 2
    dx, dy = velocity / max(float(np.hypot(*velocity)), 1e-6) * middle
    ends = [(round(middle + sign * dx), round(middle + sign * dy)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    kernel /= kernel.sum()
    # OpenCV skips the zeros of small kernels; it takes large ones through a Fourier transform,
    # which costs ten times what adding up the few pixels of a line does.
    if n <= 11:
        return np.asarray(cv2.filter2D(picture, -1, kernel), np.float32)
    return _sum_of_shifts(picture, kernel)


def blur_width(velocity: npt.NDArray[np.float64], shutter: float = 0.5) -> int:
    """Side of the kernel of ``motion_blur``, odd; 1 for no blur."""
    length = float(np.hypot(*velocity)) * shutter
    return 1 if length < 1.5 else min(int(length) | 1, 31)


def _sum_of_shifts(picture: Floats, kernel: Floats) -> Floats:
    """What ``cv2.filter2D`` computes for a kernel whose few entries are all the same or zero."""
    h, w = picture.shape[:2]
    r = kernel.shape[0] // 2
    padded = cv2.copyMakeBorder(picture, r, r, r, r, cv2.BORDER_REFLECT_101)
    out = np.zeros_like(picture)
    rows, columns = np.nonzero(kernel)
    for y, x in zip(rows, columns, strict=True):
        cv2.add(out, padded[y : y + h, x : x + w], dst=out)
    return np.asarray(out * kernel.max(), np.float32)


@dataclass(frozen=True, slots=True)
class Shade:
    """Light that falls off across the picture, and wanders: the same thing looks different."""

    slopes: Floats  # (T, 2) of the logarithm of the gain, over the picture
    level: Floats  # (T,)

    @classmethod
    def draw(cls, rng: Rng, frames: int) -> Shade:
        strength = float(rng.choice([0.0, 0.15, 0.4], p=[0.4, 0.35, 0.25]))
        slopes = rng.normal(size=(1, 2)) + np.cumsum(rng.normal(size=(frames, 2)) * 0.4, 0)
        level = np.cumsum(rng.normal(size=frames) * 0.3)
        return cls((slopes * strength).astype(np.float32), (level * strength).astype(np.float32))

    def gain(self, t: int, size: int) -> Floats:
        """(S, S), by what the light of frame ``t`` multiplies a picture."""
        if not self.slopes.any():
            return np.ones((size, size), np.float32)
        across = np.linspace(-1, 1, size, dtype=np.float32)
        row = np.exp(self.slopes[t, 0] * across + self.level[t])
        return np.asarray(np.exp(self.slopes[t, 1] * across)[:, None] * row, np.float32)

    def apply(self, picture: Floats, t: int) -> Floats:
        """Picture (S, S, C) in code values, times the light of frame ``t``."""
        if not self.slopes.any():
            return picture
        gain = self.gain(t, picture.shape[0])
        return np.asarray(cv2.multiply(picture, cv2.merge([gain] * picture.shape[2])), np.float32)


@dataclass(frozen=True, slots=True)
class Look:
    """Exposure and colour per frame, and what the camera and codec add."""

    gains: Floats  # (T, 3)
    gammas: Floats  # (T,)
    defocus: float  # sigma in pixels
    grain: float  # standard deviation in code values
    quality: int  # JPEG, 0 for none

    @classmethod
    def draw(cls, rng: Rng, frames: int) -> Look:
        drift = np.cumsum(rng.normal(size=(frames, 3)) * 0.02, 0)
        flicker = np.cumsum(rng.normal(size=(frames, 1)) * rng.choice([0.01, 0.06]), 0)
        gains = np.exp(rng.normal(size=(1, 3)) * 0.06 + rng.normal() * 0.15 + drift + flicker)
        gammas = np.exp(np.cumsum(rng.normal(size=frames) * 0.04) + rng.normal() * 0.12)
        return cls(
            gains.astype(np.float32),
            gammas.astype(np.float32),
            defocus=float(rng.uniform(0.4, 1.4)) if rng.random() < 0.2 else 0.0,
            grain=float(rng.uniform(1, 8)) if rng.random() < 0.4 else 0.0,
            quality=int(rng.integers(25, 80)) if rng.random() < 0.3 else 0,
        )

    def apply(self, rng: Rng, picture: Floats, t: int) -> Bytes:
        """Picture (S, S, 3) in code values -> uint8."""
        if self.defocus:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self.defocus), np.float32)
        clipped = np.clip(picture * np.float32(1 / 255), 0, 1)
        curved = np.asarray(cv2.pow(clipped, float(self.gammas[t])), np.float32)
        picture = np.asarray(cv2.transform(curved, np.diag(255 * self.gains[t])), np.float32)
        if self.grain:
            picture += rng.standard_normal(picture.shape, np.float32) * np.float32(self.grain)
        out = np.clip(picture, 0, 255, out=picture).astype(np.uint8)
        if not self.quality:
            return out
        encoded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1]
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)

    @staticmethod
    def recolour(rng: Rng, image: Bytes) -> Bytes:
        """A mild change of a cut-out's colours, so that pasted edges are no tell-tale."""
        gain = np.exp(rng.normal(size=3) * 0.08 + rng.normal() * 0.12)
        table = np.clip(np.arange(256)[:, None] * gain, 0, 255).astype(np.uint8)  # (256, 3)
        return np.asarray(cv2.LUT(image, table[None]), np.uint8)
