"""Overlays, contact sheets and overlay movies."""

from fractions import Fraction

import av
import numpy as np
import pytest

from roto.errors import ExportError, MaskSizeError, SettingsError
from roto.export.overlay import contact_sheet, overlay
from roto.export.overlay_movie import OverlayMovie
from roto.masks import overlay_colour


def plate(height=48, width=64, value=100):
    return np.full((height, width, 3), value, np.uint8)


def square(height=48, width=64, label=1):
    label_map = np.zeros((height, width), np.uint8)
    label_map[10:30, 20:50] = label
    return label_map


class TestOverlay:
    def test_background_is_untouched_and_the_input_too(self):
        image = plate()
        drawn = overlay(image, square())
        assert (drawn[square() == 0] == 100).all()
        assert (image == 100).all()

    def test_objects_are_tinted(self):
        drawn = overlay(plate(), square(label=3), opacity=0.5, outline=False)
        expected = np.rint((100 + np.array(overlay_colour(3))) / 2)
        assert (drawn[square() > 0] == expected).all()

    def test_an_object_has_the_colour_that_its_artist_chose(self):
        label_map = square(label=3)
        label_map[10:30, 20:30] = 4
        drawn = overlay(plate(), label_map, {3: (10, 20, 30)}, opacity=1, outline=False)
        assert (drawn[label_map == 3] == (10, 20, 30)).all()
        assert (drawn[label_map == 4] == overlay_colour(4)).all()
        assert (drawn[label_map == 0] == 100).all()
        again = overlay(plate(), label_map, opacity=1, outline=False)
        assert (again[label_map == 3] == overlay_colour(3)).all()

    @pytest.mark.parametrize(("opacity", "expected"), [(0, (100, 100, 100)), (1, None)])
    def test_the_ends_of_opacity(self, opacity, expected):
        drawn = overlay(plate(), square(), opacity=opacity, outline=False)
        colour = overlay_colour(1) if expected is None else expected
        assert (drawn[20, 30] == colour).all()

    def test_the_outline_lies_just_inside(self):
        drawn = overlay(plate(), square(), opacity=0)
        changed = (drawn != 100).any(axis=2)
        assert changed[10, 20:50].all()
        assert changed[10:30, 49].all()
        assert not changed[11:29, 21:49].any()

    def test_touching_objects_are_told_apart(self):
        label_map = square()
        label_map[10:30, 35:50] = 2
        changed = (overlay(plate(), label_map, opacity=0) != 100).any(axis=2)
        assert changed[15:25, 34:36].all()

    def test_another_size_and_an_impossible_opacity_are_refused(self):
        with pytest.raises(MaskSizeError, match="64x48 but the picture is 10x10"):
            overlay(plate(10, 10), square())
        with pytest.raises(SettingsError, match="Opacity"):
            overlay(plate(), square(), opacity=1.5)


class TestContactSheet:
    def test_cells(self):
        sheet = contact_sheet([plate(value=v) for v in (50, 100, 150)], 2)
        assert sheet.shape == (2 * 52 + 4, 2 * 68 + 4, 3)
        assert (sheet[4:52, 4:68] == 50).all()
        assert (sheet[4:52, 72:136] == 100).all()
        assert (sheet[56:104, 4:68] == 150).all()

    def test_captions_are_written_below_and_stay_in_their_cell(self):
        bare = contact_sheet([plate(), plate()], 2, [" ", " "])
        sheet = contact_sheet([plate(), plate()], 2, ["a caption much too long, für alle", " "])
        changed = (sheet != bare).any(axis=2)
        assert changed.any()
        assert not changed[:52].any()
        assert not changed[:, 72:].any()

    def test_smaller_pictures_are_centred(self):
        sheet = contact_sheet([plate(), plate(8, 8, 200)], 2)
        assert (sheet[24:32, 100:108] == 200).all()

    def test_a_sheet_of_nothing_is_refused(self):
        with pytest.raises(SettingsError, match="at least one"):
            contact_sheet([], 3)
        with pytest.raises(SettingsError, match="at least one"):
            contact_sheet([plate()], 0)
        with pytest.raises(SettingsError, match="2 captions"):
            contact_sheet([plate()], 1, ["a", "b"])


class TestOverlayMovie:
    def write(self, path, size=(48, 64), frames=5, rate=Fraction(24000, 1001)):
        with OverlayMovie(path, rate, size) as movie:
            for place in range(frames):
                movie.write(plate(*size, value=40 * place))

    def read(self, path):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frames = [f.to_ndarray(format="rgb24") for f in container.decode(stream)]
            return stream, frames

    @pytest.mark.parametrize("size", [(48, 64), (47, 63), (1, 1)])
    def test_every_picture_in_order_with_its_brightness(self, tmp_path, size):
        self.write(tmp_path / "o.mp4", size)
        stream, frames = self.read(tmp_path / "o.mp4")
        assert stream.average_rate == Fraction(24000, 1001)
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert frames[0].shape[:2] == (size[0] + size[0] % 2, size[1] + size[1] % 2)
        means = [frame.mean() for frame in frames]
        assert means == pytest.approx([0, 40, 80, 120, 160], abs=3)

    def test_colours_survive(self, tmp_path):
        drawn = overlay(plate(), square(), outline=False)
        with OverlayMovie(tmp_path / "o.mp4", 25, drawn.shape[:2]) as movie:
            movie.write(drawn)
        _, frames = self.read(tmp_path / "o.mp4")
        np.testing.assert_allclose(frames[0][20, 35].astype(int), drawn[20, 35], atol=6)

    def test_a_float_rate(self, tmp_path):
        self.write(tmp_path / "o.mp4", rate=23.976)
        assert float(self.read(tmp_path / "o.mp4")[0].average_rate) == pytest.approx(
            23.976, abs=1e-3
        )

    def test_an_error_inside_leaves_the_old_file(self, tmp_path):
        path = tmp_path / "o.mp4"
        path.write_bytes(b"old")

        def write():
            with OverlayMovie(path, 24, (48, 64)) as movie:
                movie.write(plate())
                raise KeyError

        with pytest.raises(KeyError):
            write()
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_movie_without_pictures_is_no_movie(self, tmp_path):
        with pytest.raises(ExportError, match="no pictures"):
            self.write(tmp_path / "o.mp4", frames=0)
        assert not list(tmp_path.iterdir())

    def test_a_picture_of_another_size(self, tmp_path):
        movie = OverlayMovie(tmp_path / "o.mp4", 24, (48, 64))
        with pytest.raises(ExportError, match="does not fit"), movie:
            movie.write(plate(20, 20))
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "a").write_bytes(b"")
        with pytest.raises(ExportError, match="is a file, not a folder"):
            self.write(tmp_path / "a" / "o.mp4")

    @pytest.mark.parametrize(
        ("name", "rate", "size", "words"),
        [
            ("o.avi", 24, (4, 4), r"o\.avi: overlay movies are written as \.mp4 or \.mov"),
            ("o.mp4", 0, (4, 4), "No movie has 0 frames per second"),
            ("o.mp4", 24, (0, 4), r"No movie has 24 frames per second of \(0, 4\) pixels"),
        ],
    )
    def test_a_movie_that_cannot_be_is_refused(self, tmp_path, name, rate, size, words):
        with pytest.raises(SettingsError, match=words):
            OverlayMovie(tmp_path / name, rate, size)
