"""A delivery that ends early leaves only whole files, those that it told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deliveries import COUNT, arm, names_in, order_of

from roto.delivery import deliver, gaps
from roto.errors import DecodeError, ExportError
from roto.export import FramePattern
from roto.export.contract import Look
from roto.export.registry import format_named


class TestEnds:
    def test_what_was_not_told_of_is_taken_back(self, session):
        Path("out").mkdir()
        Path("out/box.1003.exr").write_bytes(b"old")
        events = deliver(session, order_of(session, "out/{object}.%04d.exr"))
        next(events)
        events.close()
        left = names_in("out")
        assert left == ["box.1001.exr", "box.1003.exr", "left arm.1001.exr"]

    def test_a_file_that_cannot_be_comes_after_the_frames_before(self, session):
        Path("out/box.1003.exr").mkdir(parents=True)
        events = deliver(session, order_of(session, "out/{object}.%04d.exr"))
        told = []
        with pytest.raises(ExportError, match=r"box\.1003\.exr: there is a folder"):
            told.extend(one.event.frame for one in events)
        assert told == [1001, 1002]
        whole = [name for name in names_in("out") if name.startswith("left")]
        assert whole == ["left arm.1001.exr", "left arm.1002.exr"]

    def test_a_plate_that_cannot_be_read(self, session):
        Path("plate/plate.1004.png").write_bytes(b"no picture")
        order = order_of(session, "out/{object}.%04d.png", Look("over"))
        told = []

        def take():
            for one in deliver(session, order):
                told.append(one.event.frame)

        with pytest.raises(DecodeError, match=r"plate\.1004\.png"):
            take()
        assert told == [1001, 1002, 1003]

    def test_a_movie_that_is_not_finished_is_not_there(self, session):
        events = deliver(session, order_of(session, "out/{object}.mov"))
        next(events)
        events.close()
        assert names_in("out") == []

    @pytest.mark.parametrize("told", [True, False], ids=["told of gaps", "not told"])
    def test_a_movie_with_holes_is_refused_before_a_frame_is_made(self, session, told):
        session.set_keyframe(1004, {"van": arm()})  # and not propagated
        order = order_of(session, "out/{object}.mov")
        asked = []
        session.result = lambda frame: asked.append(frame)
        words = (
            "^A movie cannot have holes, but van is missing at 1001-1003, 1005-1006: propagate "
            "there, choose another range, or write stills.$"
        )
        with pytest.raises(ExportError, match=words):
            list(deliver(session, order, gaps(session, order) if told else None))
        assert not asked
        assert not Path("out").exists()

    def test_a_pair_is_written_and_named_as_a_pair(self, session):
        order = order_of(session, "out/", Look("cutout"), format=format_named("fill-key"))
        pattern = FramePattern("out/", ".mov", movie=True)
        order = replace(order, pattern=pattern, names={1: "box"})
        pair = [Path("out/box.fill.mov"), Path("out/box.key.mov")]
        assert [one.files for one in deliver(session, order)] == [pair] * COUNT
        assert order.paths(1003) == pair
        assert names_in("out") == ["box.fill.mov", "box.key.mov"]
