"""Label maps drawn over the plate, for looking at: demos, documents, evaluation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskSizeError, SettingsError
from roto.masks.palette import overlay_colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto.masks.key_mask import LabelMap
    from roto.masks.palette import Colour

Rgb: TypeAlias = npt.NDArray[np.uint8]
"""Display-referred picture, (H, W, 3) RGB."""

_OUTLINE_LIGHTENING = 0.5
_CAPTION_HEIGHT = 24
_GAP = 4
_SHEET_COLOUR = 24
_CAPTION_COLOUR = (225, 225, 225)


def overlay(
    image: Rgb,
    label_map: LabelMap,
    colours: Mapping[int, Colour] | None = None,
    *,
    opacity: float = 0.5,
    outline: bool = True,
) -> Rgb:
    """Tint every object in its colour and draw a line around it.

    Args:
        image: (H, W, 3) uint8 RGB.
        label_map: (H, W) uint8.
        colours: RGB by label; others have that of :func:`roto.masks.overlay_colour`.
        opacity: 0 shows the plate alone, 1 flat colours.
        outline: Draw a line just inside the edge of each object, which shows the edge exactly.

    Returns:
        A new (H, W, 3) uint8 picture; background pixels are those of ``image``.

    Raises:
        MaskSizeError: image and label map differ in size.
        SettingsError: opacity outside 0..1.
    """
    if image.shape[:2] != label_map.shape:
        raise MaskSizeError(
            f"The label map is {label_map.shape[1]}x{label_map.shape[0]} but the picture is "
            f"{image.shape[1]}x{image.shape[0]}."
        )
    if not 0 <= opacity <= 1:
        raise SettingsError(f"Opacity is between 0 and 1, not {opacity:g}.")
    result: Rgb = image.copy()
    inside = label_map > 0
    table = _table(colours)
    tint = table[label_map[inside]]
    result[inside] = np.rint(image[inside] * (1 - opacity) + tint * opacity).astype(np.uint8)
    if outline:
        edge = _inner_edge(label_map)
        line = table[label_map[edge]]
        result[edge] = np.rint(line + (255 - line) * _OUTLINE_LIGHTENING).astype(np.uint8)
    return result


def contact_sheet(images: Sequence[Rgb], columns: int, labels: Sequence[str] | None = None) -> Rgb:
    """Pictures side by side on a dark ground, row by row, each with a caption below.

    Args:
        images: (H, W, 3) uint8 RGB. Cells are as large as the largest; the others are centred.
        columns: Pictures per row.
        labels: One caption per picture, or None for none.

    Raises:
        SettingsError: no pictures, no columns, or another number of captions than pictures.
    """
    if not images or columns < 1:
        raise SettingsError("A contact sheet needs at least one picture and one column.")
    if labels is not None and len(labels) != len(images):
        raise SettingsError(f"{len(labels)} captions do not fit {len(images)} pictures.")
    cell_height = max(image.shape[0] for image in images)
    cell_width = max(image.shape[1] for image in images)
    step_down = cell_height + _GAP + (_CAPTION_HEIGHT if labels else 0)
    step_right = cell_width + _GAP
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    shape = (rows * step_down + _GAP, columns * step_right + _GAP, 3)
    sheet = np.full(shape, _SHEET_COLOUR, np.uint8)
    for place, image in enumerate(images):
        top = _GAP + place // columns * step_down
        left = _GAP + place % columns * step_right
        height, width = image.shape[:2]
        y, x = top + (cell_height - height) // 2, left + (cell_width - width) // 2
        sheet[y : y + height, x : x + width] = image
        if labels:
            _write_caption(sheet[top + cell_height :, left : left + cell_width], labels[place])
    return sheet


def _table(colours: Mapping[int, Colour] | None) -> npt.NDArray[np.float32]:
    """Colour of each label, (256, 3) in 0..255; label 0 has none and is black."""
    table: npt.NDArray[np.float32] = _usual_colours().copy()
    for label, colour in (colours or {}).items():
        table[label] = colour
    return table


@lru_cache(maxsize=1)
def _usual_colours() -> npt.NDArray[np.float32]:
    return np.array([(0, 0, 0), *map(overlay_colour, range(1, 256))], np.float32)


def _inner_edge(label_map: LabelMap) -> npt.NDArray[np.bool_]:
    """Pixels of objects that lie within a line's width of another label or of the background."""
    import cv2

    thickness = max(1, round(label_map.shape[0] / 480))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * thickness + 1, 2 * thickness + 1))
    gradient = cv2.morphologyEx(label_map, cv2.MORPH_GRADIENT, kernel)
    edge: npt.NDArray[np.bool_] = (gradient > 0) & (label_map > 0)
    return edge


def _write_caption(strip: Rgb, text: str) -> None:
    """Write into the top of a strip of the sheet, shortened to its width."""
    import cv2

    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.45
    # The fonts of OpenCV have no letters beyond ASCII.
    text = text.encode("ascii", "replace").decode()
    while text and cv2.getTextSize(text, font, scale, 1)[0][0] > strip.shape[1] - 4:
        text = text[:-1]
    line = np.ascontiguousarray(strip[:_CAPTION_HEIGHT])
    cv2.putText(line, text, (2, 16), font, scale, _CAPTION_COLOUR, 1, cv2.LINE_AA)
    strip[:_CAPTION_HEIGHT] = line
