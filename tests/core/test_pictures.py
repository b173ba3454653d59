"""Pictures to look at: written for eyes, and read back to see that they are right."""

from __future__ import annotations

import numpy as np
import pytest

from roto.errors import ExportError, MaskError, SettingsError
from roto.export import write_picture
from roto.masks.files import decode_picture, read_picture


@pytest.fixture
def picture():
    """Red at the top, blue at the right: a swap of axes or channels would show."""
    pixels = np.zeros((24, 40, 3), np.uint8)
    pixels[:8, :, 0] = 200
    pixels[:, 30:, 2] = 100
    return pixels


def test_a_png_comes_back_exactly(tmp_path, picture):
    write_picture(tmp_path / "new" / "sheet.png", picture)
    assert np.array_equal(read_picture(tmp_path / "new" / "sheet.png").pixels, picture)


def test_a_jpeg_comes_back_nearly(tmp_path, picture):
    write_picture(tmp_path / "sheet.JPG", picture)
    found = read_picture(tmp_path / "sheet.JPG")
    assert found.kind == "lossy"
    assert np.abs(found.pixels.astype(int) - picture).mean() < 8


def test_other_formats_are_refused(tmp_path, picture):
    with pytest.raises(SettingsError, match=r"\.png or \.jpg"):
        write_picture(tmp_path / "sheet.gif", picture)


def test_a_folder_of_that_name_is_an_export_error(tmp_path, picture):
    (tmp_path / "sheet.png").mkdir()
    with pytest.raises(ExportError, match="folder"):
        write_picture(tmp_path / "sheet.png", picture)


def test_bytes_that_are_no_picture_are_named():
    with pytest.raises(MaskError, match=r"key\.1001\.png"):
        decode_picture(b"nothing", "key.1001.png")
