"""Data sets in DAVIS layout, from folders and tars, and the loop that scores a method."""

from __future__ import annotations

import tarfile

import cv2
import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from roto.errors import (
    ClipNotFoundError,
    DecodeError,
    FrameNotFoundError,
    MaskNotFoundError,
    MaskSizeError,
)
from roto.evaluate.davis import VOID, DavisDataset
from roto.evaluate.run import evaluate

SIZE = (24, 32)
PALETTE = [(0, 0, 0), (128, 0, 0), (0, 128, 0)] + [(224, 224, 192)] * 253


def labels_at(frame):
    """Objects 1 and 2, each moving, and a void strip."""
    labels = np.zeros(SIZE, np.uint8)
    labels[2:10, 2 + frame : 12 + frame] = 1
    labels[14:20, 10:18] = 2
    labels[22:] = VOID
    return labels


def write_sequence(root, name, *, level="", frames=6, annotated=None, labels=labels_at):
    images, annotations = (root / kind / level / name for kind in ("JPEGImages", "Annotations"))
    images.mkdir(parents=True)
    annotations.mkdir(parents=True)
    for frame in range(frames):
        cv2.imwrite(str(images / f"{frame:05d}.jpg"), np.full((*SIZE, 3), (200, 90, 10), np.uint8))
        if annotated is None or frame in annotated:
            path = annotations / f"{frame:05d}.png"
            write_labels(path, labels(frame))


def write_labels(path, labels):
    if set(np.unique(labels)) <= {0, 255}:
        cv2.imwrite(str(path), labels)
    else:
        image = Image.fromarray(labels)
        image.putpalette([channel for colour in PALETTE for channel in colour])
        image.save(path)


@pytest.fixture(params=["folder", "480p", "tar", "tar with a top folder"])
def dataset(request, tmp_path):
    root = tmp_path / "DAVIS"
    level = "480p" if request.param == "480p" else ""
    write_sequence(root, "zebra", level=level)
    write_sequence(root, "ant", level=level, labels=lambda f: (labels_at(f) == 1) * np.uint8(255))
    (root / "ImageSets" / "2017").mkdir(parents=True)
    (root / "ImageSets" / "2017" / "val.txt").write_text("zebra\n")
    (root / "ImageSets" / "2016").mkdir()
    (root / "ImageSets" / "2016" / "val.txt").write_text(
        "/JPEGImages/480p/ant/00000.jpg /Annotations/480p/ant/00000.png \n" * 2
    )
    path = root
    if request.param.startswith("tar"):
        path = tmp_path / "data.tar"
        with tarfile.open(path, "w") as tar:
            tar.add(root, "DAVIS" if "top" in request.param else "")
    with DavisDataset(path) as opened:
        yield opened


def perfect(sequence):
    for frame in sequence.frames:
        yield frame, sequence.annotation(frame)


def test_sequences_are_listed_by_name(dataset):
    assert dataset.names == ("ant", "zebra")
    assert [sequence.name for sequence in dataset] == ["ant", "zebra"]
    assert len(dataset) == 2


def test_splits_in_both_spellings(dataset):
    assert dataset.split("2016/val") == ("ant",)
    assert dataset.split("2017/val") == ("zebra",)
    with pytest.raises(ClipNotFoundError, match="test-dev"):
        dataset.split("2017/test-dev")


def test_frames_and_pictures(dataset):
    sequence = dataset["zebra"]
    assert sequence.frames == sequence.annotated == (0, 1, 2, 3, 4, 5)
    picture = sequence.image(3)
    assert picture.shape == (*SIZE, 3)
    assert np.abs(picture[5, 5].astype(int) - (10, 90, 200)).max() < 6  # RGB, up to JPEG's loss
    assert "zebra" in repr(sequence)


def test_palette_indices_are_ids_and_255_is_void(dataset):
    sequence = dataset["zebra"]
    assert sequence.objects == (1, 2)
    assert np.array_equal(sequence.annotation(2), labels_at(2))
    assert np.array_equal(sequence.first_annotation, labels_at(0) % VOID)


def test_255_is_the_object_where_there_is_no_other_id(dataset):
    sequence = dataset["ant"]
    assert sequence.objects == (1,)
    assert np.array_equal(sequence.annotation(2), labels_at(2) == 1)


def test_first_and_last_frame_are_not_scored(dataset):
    assert dataset["zebra"].scored == (1, 2, 3, 4)


def test_a_perfect_method_scores_one(dataset):
    finished = []
    scores = evaluate(dataset, perfect, on_sequence=finished.append)
    assert scores.j_and_f == 1
    assert finished == list(scores.sequences)
    assert scores.frames == 12
    assert scores.seconds > 0


def test_a_frozen_mask_decays(dataset):
    def frozen(sequence):
        for frame in reversed(sequence.frames):
            yield frame, sequence.first_annotation

    (score,) = evaluate([dataset["zebra"]], frozen).sequences
    moving, still = score.objects
    # Object 1 is ten wide and moves one pixel a frame.
    assert moving.region == pytest.approx([(10 - d) / (10 + d) for d in (1, 2, 3, 4)])
    assert moving.j.decay > 0
    assert still.region == (1, 1, 1, 1)


def test_void_pixels_are_not_scored(dataset):
    def smeared(sequence):
        for frame, labels in perfect(sequence):
            yield frame, np.where(labels == VOID, 1, labels)

    assert evaluate([dataset["zebra"]], smeared).j_and_f == 1


def test_missing_and_unknown_frames_are_named(dataset):
    sequence = dataset["ant"]
    with pytest.raises(FrameNotFoundError, match="no frame 99"):
        sequence.image(99)
    with pytest.raises(MaskNotFoundError, match="Frame 99"):
        sequence.annotation(99)
    with pytest.raises(FrameNotFoundError, match="frame 1 of sequence 'ant'"):
        evaluate([sequence], lambda s: iter([(0, s.first_annotation)]))
    with pytest.raises(ClipNotFoundError, match=r"'bee', only ant, zebra"):
        dataset["bee"]


def test_a_method_that_returns_another_size_is_refused(dataset):
    def tiny(sequence):
        return ((frame, np.zeros((2, 2), np.uint8)) for frame in sequence.frames)

    with pytest.raises(MaskSizeError, match="2x2 cannot be scored"):
        evaluate(dataset, tiny)


def test_only_annotated_frames_are_scored(tmp_path):
    write_sequence(tmp_path, "sparse", frames=9, annotated={2, 4, 7, 8})
    write_sequence(tmp_path / "other", "bare", annotated=())
    (sequence,) = DavisDataset(tmp_path)
    assert sequence.first_annotated == 2
    assert sequence.scored == (4, 7)
    scores = evaluate([sequence], lambda s: ((f, s.annotation(f)) for f in (4, 7)))
    assert scores.j_and_f == 1
    with pytest.raises(ClipNotFoundError):
        DavisDataset(tmp_path / "other")


@pytest.mark.parametrize(
    ("frames", "labels"), [(2, labels_at), (6, lambda _: np.zeros(SIZE, np.uint8))]
)
def test_sequences_with_nothing_to_score_are_refused(tmp_path, frames, labels):
    write_sequence(tmp_path, "short", frames=frames, labels=labels)
    with pytest.raises(MaskNotFoundError, match="'short' cannot be scored"):
        evaluate(DavisDataset(tmp_path), perfect)


def test_no_sequences_are_refused():
    with pytest.raises(MaskNotFoundError, match="no sequence to evaluate"):
        evaluate([], perfect)


@pytest.mark.parametrize("kind", ["absent", "empty folder", "text file", "empty tar"])
def test_what_is_no_data_set_is_refused_in_one_sentence(tmp_path, kind):
    path = tmp_path / "thing"
    if kind == "empty folder":
        path.mkdir()
    elif kind == "text file":
        path.write_text("nothing of the kind")
    elif kind == "empty tar":
        tarfile.open(path, "w").close()
    with pytest.raises(ClipNotFoundError) as caught:
        DavisDataset(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_files_are_named(tmp_path):
    write_sequence(tmp_path, "torn")
    (tmp_path / "JPEGImages/torn/00002.jpg").write_bytes(b"not a picture")
    (tmp_path / "Annotations/torn/00002.png").write_bytes(b"not a mask")
    (tmp_path / "JPEGImages/torn/00003.jpg").write_bytes(b"")
    path = tmp_path / "Annotations/torn/00003.png"
    path.write_bytes(path.read_bytes()[:-40])
    (sequence,) = DavisDataset(tmp_path)
    for frame in (2, 3):
        with pytest.raises(DecodeError, match=rf"0000{frame}\.jpg"):
            sequence.image(frame)
        with pytest.raises(DecodeError, match=rf"0000{frame}\.png"):
            sequence.annotation(frame)


def test_colour_masks_of_davis_2016_are_one_object(tmp_path):
    write_sequence(tmp_path, "bear", labels=lambda f: (labels_at(f) == 1) * np.uint8(255))
    path = tmp_path / "Annotations/bear/00003.png"
    grey = iio.imread(path)
    iio.imwrite(path, np.repeat(grey[..., None], 3, axis=2))
    (sequence,) = DavisDataset(tmp_path)
    assert np.array_equal(sequence.annotation(3), labels_at(3) == 1)
