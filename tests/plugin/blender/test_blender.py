"""The add-on in real Blenders: installed, used and removed, and what Blender renders with it.

One process of Blender per day of work; the tests of a day look at different sides of it. Blender's
pixels are compared with the session's own mattes, never with what was exported.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import cv2
import numpy as np
import pytest

import roto

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

VERSIONS = ("5.0", "4.5", "4.2")
HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "plugin" / "blender"
FRAMES = range(1001, 1009)
SECONDS = 600

# Of an alpha in 0..1, as a mean and at most. Half floats, 16-bit PNGs, and the 8 bits that
# Blender's sequencer works with.
COMPOSITOR, CRYPTOMATTE, SEQUENCER = (5e-5, 5e-4), (2e-5, 1e-4), (5e-4, 5e-3)


def python_of(version: str) -> Path:
    """Blender's Python. Where hosts are promised, one that is missing is a failure."""
    folder = os.environ.get("ROTO_HOSTS")
    if not folder:
        pytest.skip("ROTO_HOSTS is not set; `.ci/hosts FOLDER` installs Blender and MLT there.")
    found = Path(folder) / f"bpy-{version}" / "bin" / "python"
    if not found.exists():
        pytest.fail(f"ROTO_HOSTS is set, but there is no {found}; run `.ci/hosts {folder}`.")
    return found


def build_module():
    spec = spec_from_file_location("blender_build", PLUGIN / "build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tool_of(python: Path) -> list[str]:
    """Blender's own extension tool, which its wheel brings."""
    (found,) = python.parents[1].glob(
        "lib/*/site-packages/bpy/*/scripts/*/bl_pkg/cli/blender_ext.py"
    )
    return [str(python), str(found)]


class Blender:
    """One version, with the add-on as it was built by its own tool."""

    def __init__(self, version: str, folder: Path) -> None:
        self.python, self.folder = python_of(version), folder
        self.version = version
        self.archive = build_module().build(tool_of(self.python), folder / "dist")

    def run(self, day: str, folder: Path) -> dict:
        """One day in ``folder``; returns what it told."""
        profile = folder / f"profile-{day}"
        for name in ("home", "resources"):
            (profile / name).mkdir(parents=True)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "QT_", "ROTO"))}
        environment = {
            **kept,
            "BLENDER_USER_RESOURCES": str(profile / "resources"),
            "HOME": str(profile / "home"),
            "XDG_CONFIG_HOME": str(profile / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [self.python, HERE / "in_blender.py", day, folder, self.archive, sys.executable]
        ended = subprocess.run(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        words = ended.stdout.decode("utf-8", "replace")
        assert ended.returncode == 0, words[-3000:]
        told = json.loads((folder / f"{day}.json").read_text(encoding="utf-8"))
        assert "failed" not in told, told["failed"] + words[-2000:]
        assert "Traceback" not in words, words[-3000:]
        assert told["version"].startswith(self.version)
        return told


def write_plates(folder: Path) -> Path:
    """A disc that moves 6 pixels a frame over a blurred ground: 96x64, 1001 to 1008."""
    (folder / "plate").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8)
    ground = cv2.GaussianBlur(noise, (0, 0), 3)
    for frame in FRAMES:
        picture = ground.copy()
        x = 20 + 6 * (frame - 1001)
        cv2.circle(picture, (x, 32), 14, (40, 80, 230), -1, cv2.LINE_AA)
        cv2.imwrite(str(folder / "plate" / f"plate.{frame}.png"), picture)
    return folder


@pytest.fixture(scope="module", params=VERSIONS)
def blender(request, tmp_path_factory):
    return Blender(request.param, tmp_path_factory.mktemp("blender"))


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


def picture(path: Path) -> np.ndarray:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None, path
    return found / float(np.iinfo(found.dtype).max)


def mattes(project: Path, name: str = "hero", clip: str | None = None) -> dict[int, np.ndarray]:
    with roto.open_session(project, clip=clip, read_only=True) as session:
        return {
            f: session.result(f).matte(name)
            for f in session.source.frame_numbers
            if session.result(f).knows(name)
        }


def compare(shown: np.ndarray, wanted: np.ndarray, bounds: tuple[float, float]) -> None:
    error = np.abs(shown - wanted)
    assert (error.mean(), error.max()) <= bounds
    assert error.max() <= bounds[1]


def over_green(plate: np.ndarray, matte: np.ndarray) -> np.ndarray:
    return plate[..., :3] * matte[..., None] + np.array([0, 1, 0]) * (1 - matte[..., None])


def shape_of(states: list[dict], name: str) -> dict:
    return next(one["states"] for one in states if one["name"] == name)


@pytest.mark.parametrize("after", ["", "2"])
@pytest.mark.parametrize(("kind", "bounds"), [("matte", COMPOSITOR), ("crypto", CRYPTOMATTE)])
def test_the_composite_has_the_matte_as_its_alpha(worked, kind, bounds, after):
    folder, _ = worked
    known = mattes(folder / ("roto/plate.roto" if after else "before.roto"))
    for frame in FRAMES:
        alpha = picture(folder / f"{kind}{after}.{frame}.png")[..., 3]
        compare(alpha, known[frame], bounds)


@pytest.mark.parametrize("after", ["", "2"])
def test_the_sequencer_shows_the_plate_through_the_matte(worked, after):
    folder, told = worked
    known = mattes(folder / ("roto/plate.roto" if after else "before.roto"))
    for frame in FRAMES:
        plate = picture(folder / "plate" / f"plate.{frame}.png")
        shown = picture(folder / f"strip{after}.{frame}.png")[..., :3]
        compare(shown, over_green(plate, known[frame]), SEQUENCER)
    assert ["roto plate hero matte", True, 1001] in told["strips"]


def test_the_mask_becomes_the_keyframe(worked):
    folder, told = worked
    assert told["keyed"] == "Keyframe of hero at 1001: 7 frames to propagate."
    key = mattes(folder / "before.roto")[1001]
    assert key.sum() == pytest.approx(np.pi * 14**2, abs=1)
    rows, columns = np.indices(key.shape)
    centre = ((columns + 0.5) * key).sum() / key.sum(), ((rows + 0.5) * key).sum() / key.sum()
    assert centre == pytest.approx((20.5, 32.5), abs=0.05)


def test_the_painted_image_becomes_the_keyframe(worked):
    folder, told = worked
    rows, columns = np.indices((64, 96))
    painted = (columns - 44) ** 2 + (rows - 40) ** 2 <= 81
    assert np.array_equal(mattes(folder / "roto" / "plate.roto")[1005], painted)
    assert told["corrected"] == "Correction of hero at 1005: 6 frames to propagate."


def test_propagating_finds_the_disc_and_tells_its_progress(worked):
    folder, told = worked
    known = mattes(folder / "before.roto")
    for frame in FRAMES:
        truth = np.zeros((64, 96), np.uint8)
        cv2.circle(truth, (20 + 6 * (frame - 1001), 32), 14, 1, -1)
        found = known[frame] > 0.5
        assert (found & truth > 0).sum() / (found | (truth > 0)).sum() > 0.9
    assert "Frame 1002: 1 of 7" in told["propagating"]
    assert told["propagating"][-1] == "Done: 7 frames."


def test_receipts_show_their_numbers(worked):
    told = worked[1]
    assert told["receipt"]["count"] == 7
    assert "7 frames changed" in told["panels"]["CLIP_EDITOR"]["Propagate"]
    second = {one["frame"]: one for one in told["second receipt"]["changes"]}
    assert sorted(second) == [1002, 1003, 1004, 1006, 1007, 1008]
    assert 0 < second[1004]["iou"] < second[1002]["iou"] < 1
    assert shape_of(told["states"], "hero")["keyframe"] == [[1001, 1001], [1005, 1005]]


def test_every_editor_has_the_panels(worked):
    told = worked[1]
    assert list(told["nothing"]) == ["roto"]
    for panels in told["panels"].values():
        assert list(panels) == ["roto", "Objects", "Keyframe", "Propagate", "Receive"]
        assert "1 keyframe, 7 fresh" in panels["Objects"]
    assert "[From Mask round]" in told["panels"]["CLIP_EDITOR"]["Keyframe"]


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
    assert shape_of(told["states"], "hero")["keyframe"] == [[1001, 1001], [1005, 1005]]
    assert told["after saving"]


def test_undo_and_redo_of_roto(moved):
    told = moved[1]
    assert told["undone"][0].startswith("Undo: propagate")
    assert "open" in told["undone"][1]
    assert told["redone"][0].startswith("Redo: propagate")
    assert "open" not in told["redone"][1]


def test_a_file_and_an_absence_are_keyframes_and_cancelling_keeps_what_is_done(moved):
    told = moved[1]
    line, states = told["cancelled"]
    assert line.startswith("Cancelled after")
    assert states["keyframe"] == [[1002, 1002], [1008, 1008]]
    assert "missing" in states
    both = shape_of(told["both"], "other")
    assert "missing" not in both
    assert "missing" in told["reverted"]


def test_objects_are_renamed_and_removed(moved):
    told = moved[1]
    assert told["renamed"] == ["hero", "second"]
    assert told["removed"] == ["hero"]


def test_a_frame_can_be_painted_on(moved):
    folder, told = moved
    name, size = told["painting"]
    assert (name, size) == ("roto other 1004", [96, 64])
    assert picture(folder / "painting.png").max() == 1


def test_the_desktop_app_takes_the_project_and_gives_it_back(moved):
    line, closed = moved[1]["app"]
    assert "close it there" in line
    assert closed


def test_nothing_stays_of_the_add_on(moved):
    told = moved[1]
    assert told["left"]
    gone = {"operators": [], "scene": False, "timer": False, "addon": False, "handlers": []}
    assert told["uninstalled"] == gone


def test_a_trimmed_strip_anywhere_on_the_timeline(blender, tmp_path):
    folder = write_plates(tmp_path / "shot")
    told = blender.run("strip", folder)
    assert told["shot"] == [1003, 1007, -990]
    known = mattes(folder / "roto" / "plate.roto")
    for frame in range(1003, 1008):
        plate = picture(folder / "plate" / f"plate.{frame}.png")
        shown = picture(folder / f"edit.{frame - 990}.png")[..., :3]
        compare(shown, over_green(plate, known[frame]), SEQUENCER)


def test_a_movie_from_frame_one_and_a_sequence_in_the_image_editor(blender, tmp_path):
    folder = write_plates(tmp_path / "shot")
    size, writer = (96, 64), cv2.VideoWriter_fourcc(*"mp4v")
    film = cv2.VideoWriter(str(folder / "plate.mp4"), writer, 24000 / 1001, size)
    for frame in FRAMES:
        film.write(cv2.imread(str(folder / "plate" / f"plate.{frame}.png")))
    film.release()
    told = blender.run("movie", folder)
    assert "propagate first" in told["gaps"]
    known = mattes(folder / "roto" / "plate.roto")
    assert sorted(known) == list(range(1003, 1009))
    for frame, matte in known.items():
        alpha = picture(folder / f"movie.{frame - 1000}.png")[..., 3]
        compare(alpha, matte, COMPOSITOR)
    assert told["image"] == ["plate", 1001, 1008, -900, "24000/1001"]


def test_troubles_are_told_and_do_no_harm(blender, tmp_path):
    told = blender.run("troubles", write_plates(tmp_path / "shot"))
    assert "There is no file" in told["no file"][1]
    assert "without roto" in told["no roto"][1]
    assert "ended before it was ready" in told["no python"][1]
    assert all(good for _, good, _, _ in told["good"])
    assert "[Check]" in told["preferences"]
    assert "no clip here" in told["no clip"]
    assert "is inverted" in told["inverted"]
    assert "no closed shape" in told["open"]
    assert "48x32" in told["small"]
    assert "/nowhere/mask.png" in told["nowhere"]
    assert "no frame 999" in told["outside"]
    assert "ended by itself" in told["killed"][0]
    assert told["killed"][1], "the project is open again"
    assert told["states"] == {"keyframe": [[1001, 1001]], "fresh": [[1002, 1008]]}
