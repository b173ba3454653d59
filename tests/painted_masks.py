"""Masks to be painted on."""

from __future__ import annotations

import cv2
import numpy as np

SIZE = (150, 170)  # more than a tile of Before in both directions


def blank(value=0.0, size=SIZE):
    return np.full(size, value, np.float32)


def noise(seed, size=SIZE):
    return np.random.default_rng(seed).random(size, np.float32)


def ring(soft=False):
    alpha = blank()
    alpha[20:60, 30:80] = 1
    alpha[30:50, 40:70] = 0
    return np.asarray(cv2.blur(alpha, (5, 5))) if soft else alpha
