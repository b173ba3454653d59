"""The composed picture as Qt has it, with smaller copies, and how it gets on a display."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from roto_gui.canvas.display import Rgb
    from roto_gui.canvas.outline import Pixels
    from roto_gui.canvas.viewport import Index, Viewport
    from roto_gui.tools.base import Box

_EXACT = 2.0
"""From this scale on every display pixel shows one plate pixel; below it they are mixed."""

_RGB32 = QImage.Format.Format_RGB32
_HINT = QPainter.RenderHint.SmoothPixmapTransform
_STRETCH = Qt.AspectRatioMode.IgnoreAspectRatio
_MEAN = Qt.TransformationMode.SmoothTransformation
_SOURCE = QPainter.CompositionMode.CompositionMode_Source


class Picture:
    """A picture of the plate's size.

    Below half size it is drawn from copies of a half, a quarter ... of its size, as otherwise
    Qt would leave pixels out. They are made when first needed, and then kept up to date.
    """

    def __init__(self, width: int, height: int) -> None:
        self._levels = [QImage(width, height, _RGB32)]
        self._levels[0].fill(0xFF000000)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self._levels[0].width(), self._levels[0].height()

    def put(self, rgb: Rgb, box: Box) -> None:
        """Replace one box.

        Args:
            rgb: (h, w, 3) uint8 of the box's size.
            box: Rows and columns inside the picture.
        """
        height, width = rgb.shape[:2]
        part = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        painter = QPainter(self._levels[0])
        painter.setCompositionMode(_SOURCE)
        painter.drawImage(box[1].start, box[0].start, part)
        painter.end()
        if (width, height) == self.size:
            del self._levels[1:]
        area = QRect(box[1].start, box[0].start, width, height)
        for larger, smaller in zip(self._levels, self._levels[1:], strict=False):
            area = _halved(larger, smaller, area)

    def draw(self, painter: QPainter, viewport: Viewport, exposed: QRect) -> None:
        """Draw it.

        Args:
            painter: Of the widget, not transformed.
            viewport: Where the picture lies.
            exposed: The part of the widget to draw, in display pixels.
        """
        if viewport.scale >= _EXACT or viewport.step == (1 / viewport.ratio, 1 / viewport.ratio):
            self._draw_exact(painter, viewport, exposed)
        else:
            self._draw_smooth(painter, viewport)

    def _draw_exact(self, painter: QPainter, viewport: Viewport, exposed: QRect) -> None:
        rows, columns = rows_and_columns(viewport, exposed)
        width, height = self.size
        down = np.flatnonzero((rows >= 0) & (rows < height))
        across = np.flatnonzero((columns >= 0) & (columns < width))
        if not len(down) or not len(across):
            return
        rows, columns = rows[down], columns[across]
        part = self._pixels()[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        shown = part.take(rows - rows[0], axis=0).take(columns - columns[0], axis=1)
        corner = exposed.topLeft()
        draw_pixels(
            painter, shown, corner.x() + int(across[0]), corner.y() + int(down[0]), viewport.ratio
        )

    def _draw_smooth(self, painter: QPainter, viewport: Viewport) -> None:
        level = 0
        while viewport.scale * 2**level <= 0.5 and self._has(level + 1):
            level += 1
        image = self._levels[level]
        left, top = viewport.to_screen(0, 0)
        right, bottom = viewport.to_screen(image.width() * 2**level, image.height() * 2**level)
        painter.setRenderHint(_HINT, True)
        painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), image)
        painter.setRenderHint(_HINT, False)

    def _has(self, level: int) -> bool:
        """Make sure of a level; False where it would have no pixels."""
        larger = self._levels[level - 1]
        if level < len(self._levels):
            return True
        if larger.width() < 2 or larger.height() < 2:
            return False
        smaller = QImage(larger.width() // 2, larger.height() // 2, _RGB32)
        _halved(larger, smaller, larger.rect())
        self._levels.append(smaller)
        return True

    def _pixels(self) -> npt.NDArray[np.uint32]:
        image = self._levels[0]
        pixels = np.frombuffer(image.constBits(), np.uint32)
        return pixels.reshape(image.height(), image.bytesPerLine() // 4)


def rows_and_columns(viewport: Viewport, exposed: QRect) -> tuple[Index, Index]:
    """Which plate row and column each display pixel of a part of the widget shows."""
    left, top = exposed.left(), exposed.top()
    return viewport.rows_and_columns(left, top, left + exposed.width(), top + exposed.height())


def draw_pixels(painter: QPainter, pixels: Pixels, left: int, top: int, ratio: float) -> None:
    """Put display pixels on a widget.

    Args:
        painter: Of the widget, not transformed.
        pixels: (h, w) premultiplied 0xAARRGGBB.
        left: Column of the first, in display pixels.
        top: Row of the first.
        ratio: Display pixels per logical unit.
    """
    height, width = pixels.shape
    data = np.ascontiguousarray(pixels)
    image = QImage(data.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(left / ratio, top / ratio), image)


def _halved(larger: QImage, smaller: QImage, area: QRect) -> QRect:
    """Bring a part of the smaller picture up to date; returns that part.

    What is left over of odd sizes is not in the smaller picture.
    """
    left, top = area.left() // 2, area.top() // 2
    right = min((area.left() + area.width() + 1) // 2, smaller.width())
    bottom = min((area.top() + area.height() + 1) // 2, smaller.height())
    target = QRect(left, top, right - left, bottom - top)
    if target.isEmpty():
        return target
    part = _part(larger, 2 * left, 2 * top, 2 * target.width(), 2 * target.height())
    painter = QPainter(smaller)
    painter.setCompositionMode(_SOURCE)
    painter.drawImage(target.topLeft(), part.scaled(target.size(), _STRETCH, _MEAN))
    painter.end()
    return target


def _part(image: QImage, left: int, top: int, width: int, height: int) -> QImage:
    """A part of a picture, not copied; the picture must outlive it."""
    pixels = image.constBits()[top * image.bytesPerLine() + 4 * left :]
    return QImage(pixels, width, height, image.bytesPerLine(), image.format())
