"""``import roto`` and the lines that scripts are made of."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import pytest
from fresh_processes import loaded_by
from media_files import h264
from small_engines import SIZE, bar, plate, square, tiny_engine, tiny_network, write_plate

import roto
from roto.errors import (
    FrameNotFoundError,
    KeyframeError,
    MaskError,
    SettingsError,
    WeightsNotFoundError,
)
from roto.fake_engine import FakeEngine
from roto.masks import read_mask
from roto.media import open_clip
from roto.model.weights import save_state_dict

COUNT = 6


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "tiny.safetensors"
    save_state_dict(tiny_network().state_dict(), path, half=False)
    return path


@pytest.fixture
def sequence(tmp_path):
    """Pattern of a PNG sequence from frame 1001."""
    write_plate(tmp_path / "plate", COUNT)
    return tmp_path / "plate" / "plate.%04d.png"


@pytest.fixture
def hero(tmp_path):
    """A mask file of the first frame."""
    path = tmp_path / "hero.1001.png"
    cv2.imwrite(str(path), square(0) * 255)
    return path


@pytest.fixture
def result():
    keys = {0: {"hero": square(0), "left bar": bar()}}
    return roto.propagate(plate(COUNT), keys, model=FakeEngine())


class TestImport:
    def test_neither_torch_nor_qt_is_loaded(self):
        loaded = loaded_by(
            "import roto; dir(roto); roto.Settings, roto.Session, roto.propagate, roto.open_clip,"
            "roto.read_mask, roto.RotoError, roto.FrameResult, roto.Result"
        )
        assert "roto" in loaded
        assert not loaded & {"torch", "torchvision", "PySide6", "shiboken6", "av", "OpenEXR"}

    def test_a_list_of_models_loads_no_torch(self):
        assert "torch" not in loaded_by("from roto.cli import main; main(['models'])")

    def test_all_is_sorted_and_is_what_is_there(self):
        assert roto.__all__ == sorted(roto.__all__)
        assert set(roto.__all__) == {*roto._HOME, "__version__"}
        assert dir(roto) == roto.__all__
        for name in roto.__all__:
            assert getattr(roto, name) is getattr(roto, name)
        typed = Path(roto.__file__).read_text().split("if TYPE_CHECKING:")[1].split("_HOME")[0]
        assert sorted(roto._HOME) == sorted(
            line.split(" as ")[1] for line in typed.splitlines() if " as " in line
        )

    def test_an_unknown_name_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="no attribute 'propagte'"):
            roto.propagte  # noqa: B018

    def test_public_names_have_docstrings(self):
        assert [n for n in roto._HOME if not (getattr(roto, n).__doc__ or "").strip()] == []


class TestPropagate:
    def test_the_first_script_anyone_writes(self, sequence, hero, weights, tmp_path):
        result = roto.propagate(
            str(sequence), {1001: str(hero), 1004: square(3)}, model=weights, precision="float32"
        )
        assert list(result) == list(range(1001, 1001 + COUNT))
        assert result.names == {1: "hero"}
        assert result[1003].label_map.shape == SIZE
        assert result[1003].label_map.dtype == np.uint8
        matte = result[1003].matte("hero")
        assert (matte.shape, matte.dtype) == (SIZE, np.float32)
        assert 0 <= result[1003].confidence <= 1
        np.testing.assert_array_equal(result[1001].matte("hero"), square(0))
        np.testing.assert_array_equal(result[1004].label_map, square(3))
        files = result.save(tmp_path / "mattes" / "hero.%04d.png")
        assert [p.name for p in files] == [f"hero.{n}.png" for n in result]
        assert all(p.is_file() for p in files)

    def test_paths_arrays_and_open_clips_alike(self, sequence, hero):
        answers = []
        with open_clip(sequence) as clip:
            for frames, first in [
                (str(sequence), 1001),
                (sequence, 1001),
                (sequence.parent, 1001),
                (clip, 1001),
                (plate(COUNT), 0),
                (list(plate(COUNT)), 0),
                (plate(COUNT).astype(np.float32) / 255, 0),
            ]:
                for mask in (str(hero), hero, square(0), square(0).tolist(), square(0) * 1.0):
                    result = roto.propagate(frames, {first: mask}, model=FakeEngine())
                    assert list(result) == list(range(first, first + COUNT))
                    answers.append(np.stack([r.label_map for r in result.values()]).tobytes())
            assert clip.read(1001).any()  # a clip that was open stays open
        assert len(set(answers)) == 1

    def test_a_movie_is_followed_to_its_end(self, tmp_path):
        path = h264(tmp_path / "plate.mp4", frames=list(plate(COUNT)))
        found = roto.propagate(path, {1003: square(2)}, model=FakeEngine())
        assert list(found) == list(range(1001, 1001 + COUNT))
        for position, result in enumerate(found.values()):
            overlap = (result.label_map & square(position)).sum() / square(position).sum()
            assert overlap > 0.9

    def test_an_engine_serves_many_shots(self):
        engine = tiny_engine()
        first = roto.propagate(plate(3), {0: square(0)}, model=engine)
        again = roto.propagate(plate(3), {0: square(0)}, model=engine)
        assert first[2].matte().tobytes() == again[2].matte().tobytes()

    def test_settings_beside_an_engine_are_refused(self):
        with pytest.raises(SettingsError, match="settings of its own"):
            roto.propagate(
                plate(2), {0: square(0)}, model=FakeEngine(), settings=roto.Settings(top_k=5)
            )

    def test_settings_reach_the_network(self, weights):
        engine = roto.load_model(
            weights, settings=roto.Settings(short_side=32), device="cpu", precision="float32"
        )
        assert engine.settings.short_side == 32
        assert engine.encode(plate(1)[0]).grid.work == (32, 45)
        assert engine.capabilities.name == "tiny"

    def test_progress_is_told_after_each_frame(self):
        seen = []
        roto.propagate(plate(COUNT), {2: square(2)}, model=FakeEngine(), progress=seen.append)
        assert [e.done for e in seen] == list(range(1, COUNT + 1))

    @pytest.mark.parametrize("frame", ["1001", 1.0, True, None])
    def test_keyframes_go_by_number(self, frame):
        with pytest.raises(KeyframeError, match="frame number"):
            roto.propagate(plate(2), {frame: square(0)}, model=FakeEngine())

    def test_numpy_numbers_are_numbers(self):
        found = roto.propagate(plate(2), {np.int64(1): square(1)}, model=FakeEngine())
        assert found[1].kind == "keyframe"

    def test_the_cheap_mistakes_are_found_before_the_network_is_loaded(self):
        with pytest.raises(KeyframeError):
            roto.propagate(plate(2), {99: square(0)}, model="no such model")
        with pytest.raises(KeyframeError, match="no keyframe"):
            roto.propagate(plate(2), {}, model="no such model")


class TestResult:
    def test_it_is_a_mapping(self, result):
        assert len(result) == COUNT
        assert 3 in result
        assert 99 not in result
        assert "3" not in result
        assert result.get(99) is None
        assert [f for f, _ in result.items()] == list(range(COUNT))
        assert repr(result) == f"<Result of {COUNT} frames: hero, left bar>"
        assert (result.clip.width, result.clip.height) == SIZE[::-1]

    def test_an_unknown_frame_is_a_key_error_with_a_sentence(self, result):
        with pytest.raises(FrameNotFoundError) as caught:
            result[1001]
        assert isinstance(caught.value, KeyError)
        assert str(caught.value) == (
            "There is no result for frame 1001; there are 6, from frame 0 to 5."
        )

    def test_mattes_by_name_or_id(self, result):
        frame = result[3]
        np.testing.assert_array_equal(frame.matte("left bar"), frame.matte(2))
        assert list(frame.mattes()) == ["hero", "left bar"]
        assert frame.confidences.keys() == {"hero", "left bar"}
        for wrong in ("Hero", 3, None):
            with pytest.raises(MaskError, match="'hero', 'left bar'") as caught:
                frame.matte(wrong)
            assert isinstance(caught.value, ValueError)

    def test_a_frame_is_kept_in_little_memory(self, result):
        assert sum(part.nbytes for part in result[3]._logits) < 4 * SIZE[0] * SIZE[1]

    @pytest.mark.parametrize("ending", ["png", "tif", "exr"])
    def test_save_one_file_per_frame_and_object(self, result, ending, tmp_path):
        paths = result.save(tmp_path / "out" / ("{object}.####." + ending))
        assert len(paths) == 2 * COUNT
        assert sorted(p.name for p in paths) == sorted(p.name for p in (tmp_path / "out").iterdir())
        path = tmp_path / "out" / f"left bar.0000.{ending}"
        found = read_mask(path, frame=0, size=SIZE)
        np.testing.assert_array_equal(found.layers[0].matte(), bar())

    def test_a_folder_gets_a_file_per_object_and_frame(self, result, tmp_path):
        result.save(tmp_path / "mattes")
        assert (tmp_path / "mattes" / "hero.0005.png").is_file()

    def test_the_bit_depth_is_that_of_the_files(self, result, tmp_path):
        path = result.save(tmp_path / "{object}.%04d.png", bit_depth=16)[0]
        assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).dtype == np.uint16

    @pytest.mark.parametrize(
        ("pattern", "bits"),
        [
            ("hero.%04d.png", None),  # two objects
            ("{object}.png", None),  # several frames
            ("{object}.%04d.jpg", None),
            ("{object}.%04d.mov", None),
            ("{object}.%04d.png", 12),
            ("{name}.%04d.png", None),
        ],
    )
    def test_patterns_that_cannot_work_write_nothing(self, result, pattern, bits, tmp_path):
        with pytest.raises(SettingsError) as caught:
            result.save(tmp_path / "out" / pattern, bit_depth=bits)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "out").exists()


class TestStream:
    def test_one_event_per_frame_as_frames_arrive(self):
        taken = []

        def camera():
            for picture in cycle(plate(COUNT)):
                taken.append(1)
                yield picture

        events = roto.stream(camera(), {0: square(0)}, model=FakeEngine())
        for frame, event in zip(range(20), events, strict=False):
            assert event.frame == frame
            assert event.total is None
            np.testing.assert_array_equal(event.result.label_map, square(frame % COUNT))
        assert len(taken) <= 21

    def test_nothing_happens_before_the_first_event_is_asked_for(self):
        taken = []
        camera = (taken.append(1) or picture for picture in plate(COUNT))
        events = roto.stream(camera, {0: square(0)}, model="no such model")
        assert taken == []
        with pytest.raises(WeightsNotFoundError, match="no such model"):
            next(events)

    def test_paths_and_arrays_as_well(self, sequence, hero):
        found = list(roto.stream(sequence, {1001: hero}, model=FakeEngine()))
        assert [e.frame for e in found] == list(range(1001, 1001 + COUNT))
        found = list(roto.stream(plate(2), {0: square(0)}, model=FakeEngine()))
        assert [e.frame for e in found] == [0, 1]
