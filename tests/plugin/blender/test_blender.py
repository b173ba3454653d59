"""The add-on in real Blenders: installed, used and removed, and what Blender renders with it.

One process of Blender per day of work; the tests of a day look at different sides of it. Blender's
pixels are compared with the session's own mattes, never with what was exported.
"""

from __future__ import annotations

import re
import shutil

import cv2
import numpy as np
import pytest
from real_blenders import FRAMES, mattes, picture, python_of, write_plates

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

# Of an alpha in 0..1, as a mean and at most. Half floats, 16-bit PNGs, and the 8 bits that
# Blender's sequencer works with.
COMPOSITOR, CRYPTOMATTE, SEQUENCER = (5e-5, 5e-4), (2e-5, 1e-4), (5e-4, 5e-3)
# Of the plate's colours where the matte is: an 8-bit picture that stays as it is.
PLATE = (1e-5, 5e-4)


@pytest.fixture(scope="module")
def worked(blender, tmp_path_factory):
    """The folder of a whole day, and what it told."""
    folder = write_plates(tmp_path_factory.mktemp("day") / "shot")
    return folder, blender.run("day", folder)


@pytest.fixture(scope="module")
def moved(blender, worked, tmp_path_factory):
    """The same folder on another disk, opened once more."""
    folder = tmp_path_factory.mktemp("moved") / "elsewhere"
    shutil.copytree(worked[0], folder, ignore=shutil.ignore_patterns("profile-*", "*.json"))
    hidden = worked[0].rename(worked[0].with_name("gone"))
    disc = np.zeros((64, 96), np.uint8)
    cv2.circle(disc, (60, 20), 8, 255, -1)
    cv2.imwrite(str(folder / "file.png"), disc)
    try:
        yield folder, blender.run("again", folder)
    finally:
        hidden.rename(worked[0])


@pytest.fixture(scope="module")
def edited(blender, tmp_path_factory):
    """The folder of a day in several editors, and what it told."""
    folder = write_plates(tmp_path_factory.mktemp("edited") / "shot")
    writer = cv2.VideoWriter_fourcc(*"mp4v")
    film = cv2.VideoWriter(str(folder / "plate.mp4"), writer, 24000 / 1001, (96, 64))
    for frame in FRAMES:
        film.write(cv2.imread(str(folder / "plate" / f"plate.{frame}.png")))
    film.release()
    return folder, blender.run("editors", folder)


@pytest.fixture(scope="module")
def troubled(blender, tmp_path_factory):
    """What a day of mistakes told."""
    return blender.run("troubles", write_plates(tmp_path_factory.mktemp("troubled") / "shot"))


def compare(shown: np.ndarray, wanted: np.ndarray, bounds: tuple[float, float]) -> None:
    error = np.abs(shown - wanted)
    assert (error.mean(), error.max()) <= bounds
    assert error.max() <= bounds[1]


def over_green(plate: np.ndarray, matte: np.ndarray) -> np.ndarray:
    return plate[..., :3] * matte[..., None] + np.array([0, 1, 0]) * (1 - matte[..., None])


def shape_of(states: list[dict], name: str) -> dict:
    return next(one["states"] for one in states if one["name"] == name)


def test_a_blender_that_is_promised_and_missing_is_a_failure(monkeypatch, tmp_path):
    monkeypatch.setenv("ROTO_HOSTS", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match=r"there is no .*bpy-5\.0"):
        python_of("5.0")
    monkeypatch.delenv("ROTO_HOSTS")
    with pytest.raises(pytest.skip.Exception, match="ROTO_HOSTS is not set"):
        python_of("5.0")


@pytest.mark.parametrize("after", ["", "2"])
@pytest.mark.parametrize(("kind", "bounds"), [("matte", COMPOSITOR), ("crypto", CRYPTOMATTE)])
def test_the_composite_has_the_matte_as_its_alpha(worked, kind, bounds, after):
    folder, _ = worked
    known = mattes(folder / ("roto/plate.roto" if after else "before.roto"))
    for frame in FRAMES:
        shown = picture(folder / f"{kind}{after}.{frame}.png")
        compare(shown[..., 3], known[frame], bounds)
        plate, inside = picture(folder / "plate" / f"plate.{frame}.png"), known[frame] > 0.05
        compare(shown[inside, :3], plate[inside], PLATE)


@pytest.mark.parametrize("after", ["", "2"])
def test_the_sequencer_shows_the_plate_through_the_matte(worked, after):
    folder, told = worked
    known = mattes(folder / ("roto/plate.roto" if after else "before.roto"))
    for frame in FRAMES:
        plate = picture(folder / "plate" / f"plate.{frame}.png")
        shown = picture(folder / f"strip{after}.{frame}.png")[..., :3]
        compare(shown, over_green(plate, known[frame]), SEQUENCER)
    assert ["roto plate hero matte", True, 1001] in told["strips"]


@pytest.mark.parametrize(("frame", "x"), [(1001, 20.5), (1003, 32.5)])
def test_an_animated_mask_becomes_keyframes(worked, frame, x):
    """At one of its shape keys, and halfway between two of them."""
    folder, told = worked
    left = {1001: 7, 1003: 6}[frame]
    assert f"Keyframe of hero at {frame}: {left} frames to propagate." in told["keyed"]
    key = mattes(folder / "before.roto")[frame]
    assert key.sum() == pytest.approx(np.pi * 14**2, abs=1)
    rows, columns = np.indices(key.shape)
    centre = ((columns + 0.5) * key).sum() / key.sum(), ((rows + 0.5) * key).sum() / key.sum()
    assert centre == pytest.approx((x, 32.5), abs=0.05)


def test_the_painted_image_becomes_the_keyframe(worked):
    folder, told = worked
    rows, columns = np.indices((64, 96))
    painted = (columns - 44) ** 2 + (rows - 40) ** 2 <= 81
    assert np.array_equal(mattes(folder / "roto" / "plate.roto")[1005], painted)
    assert told["corrected"] == "Correction of hero at 1005: 4 frames to propagate."


def test_propagating_finds_the_disc_and_tells_its_progress(worked):
    folder, told = worked
    known = mattes(folder / "before.roto")
    for frame in FRAMES:
        truth = np.zeros((64, 96), np.uint8)
        cv2.circle(truth, (20 + 6 * (frame - 1001), 32), 14, 1, -1)
        found = known[frame] > 0.5
        assert (found & truth > 0).sum() / (found | (truth > 0)).sum() > 0.9
    assert any(re.fullmatch(r"Frame 100\d: \d of 6", line) for line in told["propagating"])
    assert told["propagating"][-1] == "Done: 6 frames."


def test_blender_goes_on_while_roto_propagates(worked):
    told = worked[1]
    under_way, panel = told["meanwhile"]
    assert under_way
    assert "Propagating..." in panel
    assert "[]" in panel, "the button beside the bar, which has an icon only"
    assert "roto is working" in told["again while busy"]


def test_a_correction_changes_what_concerns_it_and_nothing_else(worked):
    folder, told = worked
    second = {one["frame"]: one for one in told["second receipt"]["changes"]}
    assert sorted(second) == [1004, 1006, 1007, 1008]
    assert all(0 < one["iou"] < 1 for one in second.values())
    for kind in ("matte", "crypto", "strip"):
        for frame in FRAMES:
            before, after = (picture(folder / f"{kind}{n}.{frame}.png") for n in ("", "2"))
            assert np.array_equal(before, after) == (frame < 1004), (kind, frame)


def test_receipts_and_states_are_shown(worked):
    told = worked[1]
    assert told["receipt"]["count"] == 6
    assert "6 frames changed" in told["panels"]["CLIP_EDITOR"]["Propagate"]
    keyed = [[1001, 1001], [1003, 1003], [1005, 1005]]
    assert shape_of(told["states"], "hero")["keyframe"] == keyed


def test_every_editor_has_the_panels(worked):
    told = worked[1]
    assert list(told["nothing"]) == ["roto"]
    for panels in told["panels"].values():
        assert list(panels) == ["roto", "Objects", "Keyframe", "Propagate", "Receive"]
        assert "2 keyframe, 6 fresh" in panels["Objects"]
    assert "[From Mask round]" in told["panels"]["CLIP_EDITOR"]["Keyframe"]
    assert "mask=None" in told["panels"]["SEQUENCE_EDITOR"]["Keyframe"]


def test_what_was_received_is_there_without_roto_after_the_folder_moved(moved):
    folder, told = moved
    assert told["quiet"]
    known = mattes(folder / "roto" / "plate.roto", clip=str(folder / "plate" / "plate.####.png"))
    for frame in (1001, 1005, 1008):
        compare(picture(folder / f"moved.{frame}.png")[..., 3], known[frame], COMPOSITOR)


def test_the_project_is_found_again(moved):
    folder, told = moved
    assert "[Open plate Again]" in told["offered"]["roto"]
    assert told["project"] == str(folder / "roto" / "plate.roto")
    keyed = [[1001, 1001], [1003, 1003], [1005, 1005]]
    assert shape_of(told["states"], "hero")["keyframe"] == keyed
    assert told["after saving"]


def test_undo_and_redo_of_roto(moved):
    told = moved[1]
    undone, redone = told["roto undo"], told["roto redo"]
    assert undone[0].startswith("Undo: propagate")
    assert "open" in undone[1]
    assert redone[0].startswith("Redo: propagate")
    assert "open" not in redone[1]


def test_undo_and_redo_of_blender_keep_the_shot(moved):
    folder, told = moved
    there, gone = [True, True, ["hero"]], [False, True, ["hero"]]
    assert told["blender undo"] == [there, gone, there]
    known = mattes(folder / "roto" / "plate.roto", clip=str(folder / "plate" / "plate.####.png"))
    compare(picture(folder / "undone.1006.png")[..., 3], known[1006], COMPOSITOR)


def test_a_file_and_an_absence_are_keyframes_and_cancelling_keeps_what_is_done(moved):
    told = moved[1]
    line, states = told["cancelled"]
    assert line.startswith("Cancelled after")
    assert states["keyframe"] == [[1002, 1002], [1008, 1008]]
    assert "missing" in states
    both = shape_of(told["both"], "other")
    assert "missing" not in both
    line = "Received hero, other: frames 1001 to 1008. To be connected: node other."
    assert told["received"] == line
    assert "missing" in told["reverted"]


def test_objects_are_renamed_and_removed(moved):
    told = moved[1]
    assert told["renamed"] == ["hero", "second"]
    assert told["removed"] == ["hero"]


def test_a_frame_can_be_painted_on(moved):
    folder, told = moved
    name, size = told["painting"]
    assert (name, size) == ("roto plate other 1004", [96, 64])
    assert picture(folder / "painting.png").max() > 0.9


def test_the_desktop_app_takes_the_project_and_gives_it_back(moved):
    line, closed = moved[1]["app"]
    assert "close it there" in line
    assert closed


def test_nothing_stays_of_the_add_on(moved):
    told = moved[1]
    assert told["left"]
    gone = {"operators": [], "scene": False, "timer": False, "addon": False, "handlers": []}
    assert told["uninstalled"] == gone


def test_a_trimmed_strip_anywhere_on_the_timeline(edited):
    folder, told = edited
    assert told["shots"][0] == ["plate", "STRIP", 1003, 1007, -990, "24000/1001", "plate.roto"]
    known = mattes(folder / "roto" / "plate.roto")
    for frame in range(1003, 1008):
        plate = picture(folder / "plate" / f"plate.{frame}.png")
        shown = picture(folder / f"edit.{frame - 990}.png")[..., :3]
        compare(shown, over_green(plate, known[frame]), SEQUENCER)


def test_a_movie_from_frame_one(edited):
    folder, told = edited
    assert "propagate first" in told["gaps"]
    assert told["shots"][1] == ["plate 2", "CLIP", 1003, 1008, -1000, "", "plate_2.roto"]
    known = mattes(folder / "roto" / "plate_2.roto")
    assert sorted(known) == list(range(1003, 1009))
    for frame, matte in known.items():
        alpha = picture(folder / f"movie.{frame - 1000}.png")[..., 3]
        compare(alpha, matte, COMPOSITOR)


def test_a_sequence_in_the_image_editor(edited):
    folder, told = edited
    row = ["plate 3", "IMAGE", 1003, 1005, -900, "24000/1001", "plate_3.roto"]
    assert told["shots"][2] == row
    known = mattes(folder / "roto" / "plate_3.roto")
    assert sorted(known) == [1003, 1004, 1005]
    for frame, matte in known.items():
        shown = picture(folder / f"images.{frame - 900}.png")
        compare(shown[..., 3], matte, COMPOSITOR)
        plate, inside = picture(folder / "plate" / f"plate.{frame}.png"), matte > 0.05
        compare(shown[inside, :3], plate[inside], PLATE)


def test_a_movie_in_the_sequencer(edited):
    folder, told = edited
    assert told["shots"][3] == ["plate 4", "STRIP", 1003, 1005, -950, "", "plate_4.roto"]
    known = mattes(folder / "roto" / "plate_4.roto")
    for frame in (1003, 1004, 1005):
        plate = picture(folder / f"film.{frame - 950}.png")
        shown = picture(folder / f"cut.{frame - 950}.png")[..., :3]
        compare(shown, over_green(plate, known[frame]), SEQUENCER)


def test_the_check_button_says_what_is_wrong(troubled):
    def said(name):
        shown, error = troubled[name]
        assert error
        assert "roto: it does not start" in shown
        return " ".join(shown)

    assert "There is no file" in said("no file")
    assert "no Python in the folder" in said("folder")
    assert "without roto" in said("no roto")
    assert "ended before it was ready" in said("no python")
    assert "speaks 0" in said("old")
    assert "update the roto environment" in said("old")
    checks, shown = troubled["good"]
    assert all(good for _, good, _, _ in checks)
    assert "[Check]" in shown


def test_what_cannot_be_a_keyframe_is_refused(troubled):
    assert "no clip here" in troubled["no clip"]
    assert "is inverted" in troubled["inverted"]
    assert "no closed shape" in troubled["open"]
    assert "no mask here" in troubled["no mask"]
    assert "48x32" in troubled["small"]
    assert "/nowhere/mask.png" in troubled["nowhere"]
    assert "no frame 999" in troubled["outside"]


def test_masks_on_a_clip_that_is_shown_stretched(troubled):
    """Its square is as wide as the picture, which pixels twice as wide make half as high."""
    plain, wide = [96, -16], [96, -64]
    assert troubled["square"] == [plain, wide, wide, plain]


def test_an_engine_that_was_killed_is_started_again(troubled):
    assert "ended by itself" in troubled["killed"][0]
    assert troubled["killed"][1], "the project is open again"
    assert troubled["states"] == {"keyframe": [[1001, 1001]], "fresh": [[1002, 1008]]}
