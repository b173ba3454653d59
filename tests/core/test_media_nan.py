"""Plates with NaN and infinite pixels: a few of them change nothing, and are delivered as given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import OpenEXR
import pytest
from media_files import write_exr

import roto
from roto.engine import Settings
from roto.export.contract import Job, Look, Picture, Subject
from roto.export.pattern import FramePattern
from roto.export.pixels import picture_of
from roto.export.registry import format_named
from roto.fake_engine import FakeEngine
from roto.media import open_clip, to_display
from roto.media.pixels import count_not_finite

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from roto.engine import Engine

SIZE = (64, 80)
INSIDE = np.s_[20:40, 24:52]
BAD = (np.nan, np.inf, -np.inf)

# ---- what a network is shown --------------------------------------------------------------------


def gradient() -> npt.NDArray[np.float32]:
    """A picture (12, 16, 3) in which every pixel has a colour of its own."""
    return np.linspace(0, 1, 12 * 16 * 3, dtype=np.float32).reshape(12, 16, 3)


@pytest.mark.parametrize("space", ["linear", "display"])
@pytest.mark.parametrize("channels", [[0], [1, 2], [0, 1, 2]])
def test_a_nan_pixel_takes_the_colour_of_a_neighbour(space: Any, channels: list[int]) -> None:
    plate, clean = gradient(), to_display(gradient(), space)
    plate[5, 7, channels] = np.nan
    shown = to_display(plate, space)
    around = {(4, 7), (6, 7), (5, 6), (5, 8)}
    assert tuple(shown[5, 7]) in {tuple(clean[place]) for place in around}
    shown[5, 7] = clean[5, 7]
    assert np.array_equal(shown, clean)


def test_infinite_light_is_light_and_needs_no_neighbour() -> None:
    plate = gradient()
    plate[5, 7], plate[6, 8] = np.inf, -np.inf
    clean = gradient()
    clean[5, 7], clean[6, 8] = 100, -100
    assert np.array_equal(to_display(plate, "linear"), to_display(clean, "linear"))


def test_holes_of_any_size_are_filled_from_their_rim() -> None:
    plate = np.full((40, 60, 3), 0.25, np.float32)
    plate[:, 30:] = 0.75
    expected = to_display(plate)
    plate[10:30, 5:25] = np.nan  # wholly inside the dark half
    plate[0, 59] = plate[39, 0] = np.nan  # corners
    assert np.array_equal(to_display(plate), expected)


def test_the_nearest_pixel_is_the_nearest() -> None:
    row = np.array([0, np.nan, np.nan, np.nan, np.nan, 1], np.float32)
    shown = to_display(np.repeat(row[None, :, None], 3, axis=2))
    assert shown[0, :, 0].tolist() == [0, 0, 0, 255, 255, 255]


def test_a_picture_of_nothing_but_nan_is_black() -> None:
    assert not to_display(np.full((4, 5, 3), np.nan, np.float32), "linear").any()


def test_the_plate_itself_is_not_touched() -> None:
    plate = gradient()
    plate[5, 7] = np.nan
    before = plate.tobytes()
    to_display(plate, "linear")
    assert plate.tobytes() == before


def test_pixels_that_are_not_finite_are_counted() -> None:
    plate = gradient()
    assert count_not_finite(plate) == 0
    plate[5, 7], plate[1, 1, 2], plate[2, 2, 0] = np.nan, np.inf, -np.inf
    assert count_not_finite(plate) == 3
    assert count_not_finite(np.zeros((4, 5, 3), np.uint8)) == 0


# ---- what comes of it ---------------------------------------------------------------------------


def box() -> npt.NDArray[np.uint8]:
    mask = np.zeros(SIZE, np.uint8)
    mask[INSIDE] = 1
    return mask


def plates(count: int = 3) -> list[npt.NDArray[np.float16]]:
    """A warm box on a cold wall, with the grain of a camera."""
    grain = np.random.default_rng(5)
    found = []
    for _ in range(count):
        picture = np.full((*SIZE, 3), (0.05, 0.1, 0.3), np.float32)
        picture[INSIDE] = (0.7, 0.3, 0.1)
        found.append((picture + grain.uniform(0, 0.02, picture.shape)).astype(np.float16))
    return found


def sequence(folder: Path, pictures: list[npt.NDArray[np.float16]]) -> Path:
    folder.mkdir()
    for position, picture in enumerate(pictures):
        planes = {letter: picture[..., i] for i, letter in enumerate("RGB")}
        write_exr(folder / f"plate.{1001 + position}.exr", planes)
    return folder


def mattes(clip: Path, engine: Engine) -> list[npt.NDArray[np.float32]]:
    result = roto.propagate(clip, {1001: {"box": box()}}, model=engine)
    return [result[frame].matte("box") for frame in result]


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("place", [(10, 10), (30, 40), (20, 24), (0, 0)])
def test_one_bad_pixel_changes_the_matte_nowhere_but_there(
    tmp_path: Path, value: float, place: tuple[int, int]
) -> None:
    clean, bad = plates(), plates()
    for picture in bad[1:]:
        picture[place] = value
    wanted = mattes(sequence(tmp_path / "clean", clean), FakeEngine())
    found = mattes(sequence(tmp_path / "bad", bad), FakeEngine())
    far = np.hypot(*(np.indices(SIZE) - np.reshape(place, (2, 1, 1)))) > 8
    for one, other in zip(wanted, found, strict=True):
        assert np.isfinite(other).all()
        assert np.array_equal(one[far], other[far])


def test_the_real_network_answers_as_to_the_cleaned_plate(tmp_path: Path) -> None:
    """NaN at the keyframe and after it: exactly what the same plate without NaN gives."""
    clean, bad = plates(2), plates(2)
    for frame, (row, column) in enumerate([(30, 40), (10, 10)]):
        for pictures in (clean, bad):  # so that there is no question what the cleaned pixel is
            picture = pictures[frame]
            picture[row - 1 : row + 2, column - 1 : column + 2] = picture[row, column]
        bad[frame][row, column] = np.nan
    engine = roto.load_model("small", settings=Settings(short_side=64), device="cpu")
    wanted = mattes(sequence(tmp_path / "clean", clean), engine)
    found = mattes(sequence(tmp_path / "bad", bad), engine)
    for one, other in zip(wanted, found, strict=True):
        assert np.array_equal(one, other)
        assert (other[INSIDE] > 0.5).mean() > 0.9  # and it is a matte of the box


def cutout(folder: Path, plate: npt.NDArray[np.float32], look: Look) -> dict[str, Any]:
    format = format_named("exr")
    subject = Subject(SIZE, {1: "box"}, colour_space="linear")
    job = Job(subject, look, FramePattern(f"{folder}/", ".exr"), [1001])
    with format.open(job) as exporter:
        [path] = exporter.write(Picture(1001, {1: box().astype(np.float32)}, lambda: plate))
    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = file.parts[0].channels
        return {name: channel.pixels.astype(np.float32) for name, channel in channels.items()}


def channel(found: dict[str, Any], letter: str) -> npt.NDArray[np.float32]:
    [plane] = [plane for name, plane in found.items() if name.split(".")[-1] == letter]
    return np.asarray(plane)


def bad_plate() -> npt.NDArray[np.float32]:
    """NaN and infinite light inside the box and outside of it."""
    plate = plates(1)[0].astype(np.float32)
    plate[30, 40], plate[31, 41] = np.nan, np.inf
    plate[5, 5], plate[6, 6] = np.nan, np.inf
    return plate


def test_a_straight_cutout_carries_the_plates_own_pixels(tmp_path: Path) -> None:
    plate = bad_plate()
    found = cutout(tmp_path, plate, Look("cutout", bit_depth=32))  # half floats end at 65504
    for i, letter in enumerate("RGB"):
        np.testing.assert_array_equal(channel(found, letter), plate[..., i])


def test_a_premultiplied_cutout_is_nothing_where_alpha_is(tmp_path: Path) -> None:
    plate = bad_plate()
    found = cutout(tmp_path, plate, Look("cutout", premultiplied=True, bit_depth=32))
    inside = box() > 0
    for i, letter in enumerate("RGB"):
        np.testing.assert_array_equal(channel(found, letter)[inside], plate[..., i][inside])
        assert not channel(found, letter)[~inside].any()


@pytest.mark.parametrize("light", ["display", "linear"])
def test_over_a_colour_what_is_outside_is_that_colour(light: Any) -> None:
    plate, look = bad_plate(), Look("over", colour=(0.0, 1.0, 0.0))
    job = Job(Subject(SIZE, {1: "box"}, colour_space="linear"), look, FramePattern("", ""), [1])
    picture = Picture(1, {1: box().astype(np.float32)}, lambda: plate)
    shown = picture_of(job, picture, 1, light)
    np.testing.assert_allclose(shown[box() == 0], np.tile((0, 1, 0), (5120 - 560, 1)), atol=1e-6)


def test_opening_tells_nothing_and_changes_nothing(tmp_path: Path) -> None:
    pictures = plates()
    pictures[0][3, 4] = np.nan
    with open_clip(sequence(tmp_path / "plate", pictures)) as source:
        np.testing.assert_array_equal(source.read(1001), pictures[0].astype(np.float32))
