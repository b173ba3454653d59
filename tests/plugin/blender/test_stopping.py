"""The button that cancels, in real Blenders: what is finished is kept, and only the rest done."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from real_blenders import mattes, write_plates

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

FRAMES, STEP = range(1001, 1013), 4


@pytest.fixture(scope="module")
def stopped(blender, tmp_path_factory):
    """The folder of a day with a job that was cancelled, what it told, and how many were done."""
    folder = write_plates(tmp_path_factory.mktemp("stopped") / "shot", FRAMES, STEP)
    told = blender.run("stopping", folder)
    found = re.fullmatch(r"Cancelled after (\d+) frames\.", told["stopped"])
    assert found, told["stopped"]
    return folder, told, int(found[1])


def test_it_ends_after_the_frame_it_is_at(stopped):
    _, told, count = stopped
    done, total, panel = told["before"]
    assert 2 <= done <= count < total == 11
    assert f"{done} / 11" in panel
    assert told["pressed"] == "Stopping after this frame..."
    assert told["free"], "another job can be started"
    assert told["stopped"] in told["after"]["roto"]
    assert f"{count} frames changed" in told["after"]["Propagate"]


def test_what_was_finished_is_kept(stopped):
    folder, told, count = stopped
    last = 1001 + count
    assert told["states"] == {
        "keyframe": [[1001, 1001]],
        "fresh": [[1002, last]],
        "missing": [[last + 1, 1012]],
    }
    known = mattes(folder / "stopped.roto")
    assert sorted(known) == list(range(1001, last + 1))
    for frame, matte in known.items():
        truth = np.zeros((64, 96), np.uint8)
        cv2.circle(truth, (20 + STEP * (frame - 1001), 32), 14, 1, -1)
        found = matte > 0.5
        assert (found & (truth > 0)).sum() / (found | (truth > 0)).sum() > 0.9
    assert told["received"] == [f"hero.{frame}.exr" for frame in known]


def test_only_the_rest_is_done_later(stopped):
    folder, told, count = stopped
    rest = told["went on"][: told["went on"].index("Writing mattes...")]
    lines = [re.fullmatch(r"Frame (\d+): \d+ of (\d+)", line) for line in rest]
    found = [(int(line[1]), int(line[2])) for line in lines if line]
    assert {total for _, total in found} == {11 - count}
    assert min(frame for frame, _ in found) > 1001 + count
    assert told["states at the end"] == {"keyframe": [[1001, 1001]], "fresh": [[1002, 1012]]}
    before, after = mattes(folder / "stopped.roto"), mattes(folder / "roto" / "plate.roto")
    assert sorted(after) == list(FRAMES)
    assert told["received at the end"] == [f"hero.{frame}.exr" for frame in FRAMES]
    assert all(np.array_equal(after[frame], matte) for frame, matte in before.items())
