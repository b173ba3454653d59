# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do. Each sends a request and returns at once; answers come with the timer."""

from __future__ import annotations

from . import keyframes, opening, results

CLASSES = (*opening.CLASSES, *keyframes.CLASSES, *results.CLASSES)
