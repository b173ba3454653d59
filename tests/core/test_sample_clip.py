"""The sample clip that ships: it is all there, small, and its ground truth fits it."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import as_file, files

import av
import imageio.v3 as iio
import numpy as np
import pytest

CLIPS = files("roto_resources") / "clips"
NAMES = ("sample.mp4", "sample_key.1001.png", "sample_truth.zip", "LICENSE-CC0.txt")
SIZE = (360, 640)


def read_labels(data):
    return iio.imread(data, plugin="pillow", mode="P")


@pytest.fixture(scope="module")
def truth():
    """Label maps by frame number."""
    archive = zipfile.ZipFile(io.BytesIO((CLIPS / "sample_truth.zip").read_bytes()))
    return {
        int(name.split(".")[1]): read_labels(archive.read(name))
        for name in sorted(archive.namelist())
    }


@pytest.fixture(scope="module")
def movie():
    """Stream properties and all frames, (60, H, W, 3) uint8."""
    with as_file(CLIPS / "sample.mp4") as path, av.open(path) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        facts = {
            "codec": context.name,
            "pixels": context.pix_fmt,
            "colour": (context.color_primaries, context.color_trc, context.colorspace),
            "rate": stream.average_rate,
        }
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
    return facts, np.stack(frames)


def test_all_files_ship_in_less_than_two_megabytes():
    sizes = [len((CLIPS / name).read_bytes()) for name in NAMES]
    assert min(sizes) > 0
    assert sizes[0] < 1_500_000
    assert sum(sizes) < 2_000_000


def test_the_licence_is_stated():
    assert "CC0" in (CLIPS / "LICENSE-CC0.txt").read_text()


def test_the_movie_is_what_it_says(movie):
    facts, frames = movie
    assert frames.shape == (60, *SIZE, 3)
    assert facts["codec"] == "h264"
    assert facts["pixels"] == "yuv420p"
    assert facts["rate"] == 24
    assert facts["colour"] == (1, 1, 1)  # BT.709


def test_every_frame_has_ground_truth(truth):
    assert list(truth) == list(range(1001, 1061))
    assert {labels.shape for labels in truth.values()} == {SIZE}
    complete = [set(np.unique(labels)) == {0, 1, 2} for labels in truth.values()]
    assert sum(complete) >= 50
    assert all(set(np.unique(labels)) <= {0, 1, 2} for labels in truth.values())


def test_the_key_is_the_first_frame_of_the_truth(truth):
    key = read_labels((CLIPS / "sample_key.1001.png").read_bytes())
    assert np.array_equal(key, truth[1001])


def test_the_objects_are_of_a_size_worth_propagating(truth):
    shares = np.array([[(labels == i).mean() for i in (1, 2)] for labels in truth.values()])
    assert 0.06 < shares[:, 0].min() < shares[:, 0].max() < 0.12
    assert 0.03 < shares[:, 1].min() < shares[:, 1].max() < 0.08


def test_the_objects_cross_and_the_van_passes_behind_the_tree(truth):
    centres = {
        number: [np.nonzero(labels == i)[1].mean() for i in (1, 2)]
        for number, labels in truth.items()
    }
    van, dog = centres[1001]
    assert van < dog
    van, dog = centres[1060]
    assert dog < van
    # At the end the trunk cuts the van in two: columns without van between columns with it.
    columns = np.flatnonzero((truth[1060] == 1).any(axis=0))
    assert np.diff(columns).max() > 20


def test_the_pictures_move_and_fit_the_truth(movie, truth):
    _, frames = movie
    assert np.abs(np.diff(frames[::10].astype(int), axis=0)).mean() > 5
    # The dog is brown: redder than the lawn, road and van around it, in every frame.
    for picture, labels in zip(frames.astype(int), truth.values(), strict=True):
        warmth = picture[..., 0] - picture[..., 2]
        assert warmth[labels == 2].mean() > warmth[labels != 2].mean() + 20
