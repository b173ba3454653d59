"""From a session to files: what is told of it, and what is in them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cryptomatte_by_hand
import cv2
import numpy as np
import OpenEXR
import pytest
from deliveries import FRAMES, SIZE, delivered, names_in, order_of, picture

import roto
from roto.delivery import Order, deliver, subject_of
from roto.errors import SettingsError
from roto.export import FramePattern
from roto.export.contract import Look
from roto.export.registry import FORMATS, format_named
from roto.fake_engine import FakeEngine


class TestSubject:
    def test_what_is_known_without_a_network(self, session):
        names = {1: "box", 2: "left arm"}
        subject = subject_of(session, names)
        assert subject.size == SIZE
        assert subject.names == names
        assert subject.frame_rate == Fraction(24)
        assert subject.first_frame == 1001
        made = subject.provenance
        assert (made.roto, made.model) == (roto.__version__, "fake")
        assert made.keyframes == {"box": [1001, 1006], "left arm": [1001]}
        assert made.settings["short_side"] == session.engine.settings.short_side

    def test_where_nothing_was_propagated(self, tmp_path):
        with roto.new_session(np.zeros((2, 8, 8, 3), np.uint8), model=FakeEngine()) as session:
            session.set_keyframe(0, {"a": np.ones((8, 8), np.float32)})
            made = subject_of(session, {1: "a"}).provenance
        assert (made.model, made.weights, dict(made.settings)) == ("", "", {})
        assert made.keyframes == {"a": [0]}


class TestFormats:
    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_is_delivered(self, session, name):
        format = format_named(name)
        pattern = FramePattern("out/", format.extensions[0], format.movie)
        names = {i: record.name for i, record in session.objects.items()}
        order = Order(names, list(FRAMES), pattern, format)
        order.check()
        events = list(deliver(session, order))
        assert [one.event.frame for one in events] == list(FRAMES)
        assert [one.event.done for one in events] == [1, 2, 3, 4, 5, 6]
        written = {path.name for one in events for path in one.files}
        assert written == set(names_in("out"))

    @pytest.mark.parametrize("name", ["exr", "exr-layers", "exr-parts", "cryptomatte", "tiff"])
    def test_floats_go_through_as_they_are(self, session, name):
        """A ramp of a thousand levels, from the artist's mask to the file."""
        ramp = np.linspace(0, 1, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE)
        session.set_keyframe(1002, {"ramp": ramp})
        names = {i: record.name for i, record in session.objects.items() if record.name == "ramp"}
        extension = "tif" if name == "tiff" else "exr"
        pattern, look = FramePattern(f"out/a.%04d.{extension}"), Look(bit_depth=32)
        [one] = deliver(session, Order(names, [1002], pattern, format_named(name), look))
        [file] = one.files
        if name == "tiff":
            found = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        elif name == "cryptomatte":
            found = cryptomatte_by_hand.masks(file)["ramp"]
        else:
            with OpenEXR.File(str(file), separate_channels=True) as exr:
                [channel] = exr.parts[0].channels.values()
                found = channel.pixels.copy()
        assert len(np.unique(found)) == SIZE[0] * SIZE[1]
        np.testing.assert_array_equal(found, ramp)

    def test_a_cutout_reads_the_plate(self, session):
        delivered(session, "out/{object}.####.png", Look("cutout"), format=format_named("png"))
        found = cv2.imread("out/box.1003.png", cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found[..., 2::-1], picture(2))
        np.testing.assert_array_equal(
            found[..., 3], np.rint(session.result(1003).matte("box") * np.float32(255))
        )

    def test_an_exr_cutout_of_an_8_bit_plate_is_linear(self, session):
        delivered(session, "out/{object}.####.exr", Look("cutout", premultiplied=True))
        with OpenEXR.File("out/left arm.1001.exr", separate_channels=True) as file:
            header, red = file.header(), file.channels()["G"].pixels
            assert header["roto/alpha"] == "premultiplied"
            assert "converted by the sRGB curve" in header["roto/colour"]
            np.testing.assert_allclose(red[22, 15], 0.57758, rtol=1e-3)  # 200 / 255
            assert red[2, 2] == 0

    def test_a_mistake_is_told_before_anything_is_written(self, session):
        for format, text, look, words in [
            ("png", "out/{object}.%04d.exr", Look(), r"PNG is written as \.png"),
            ("png", "out/{object}.%04d.png", Look("cutout", premultiplied=True), "straight"),
            ("cryptomatte", "out/a.%04d.exr", Look("cutout"), "holds matte, not cutout"),
            ("exr-layers", "out/a.exr", Look(), "add %04d"),
        ]:
            with pytest.raises(SettingsError, match=words):
                order_of(session, text, look, format=format_named(format)).check()
        assert not Path("out").exists()
