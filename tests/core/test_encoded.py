"""Encoded frames for the next pass: in memory and on disk, within their bounds, never wrong."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from project_files import folder_of_another_user
from small_engines import SIZE, plate, square, tiny_engine

from roto.engine import Settings
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.propagation.encoded import EncodedCache, EncodedFolder
from roto.session import Session

COUNT = 8


@pytest.fixture
def frames():
    engine = FakeEngine()
    return engine, [engine.encode(picture) for picture in plate(COUNT)]


def size_of(engine, encoded):
    return len(engine.pack(encoded))


def on_disk(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_memory_keeps_the_latest_within_its_bound(frames):
    _, encoded = frames
    cache = EncodedCache(3 * encoded[0].nbytes)
    for number, frame in enumerate(encoded):
        cache.put(number, frame, 0)
        assert cache.nbytes <= 3 * encoded[0].nbytes
    assert [n for n in range(COUNT) if cache.get(n) is not None] == [5, 6, 7]
    cache.put(9, encoded[0], 0)
    assert cache.get(5) is None  # used longest ago


def test_a_bound_may_be_given_by_who_uses_it(frames):
    _, encoded = frames
    cache = EncodedCache()
    for number, frame in enumerate(encoded):
        cache.put(number, frame, 2 * frame.nbytes)
    assert cache.nbytes == 2 * encoded[0].nbytes


def test_a_folder_gives_back_what_it_took_also_to_the_next_process(frames, tmp_path):
    engine, encoded = frames
    folder = EncodedFolder(tmp_path / "cache", 10**9, "one", engine)
    folder.put(1001, encoded[0])
    again = EncodedFolder(tmp_path / "cache", 10**9, "one", engine)
    found = again.get(1001)
    assert found is not None
    np.testing.assert_array_equal(found.colours, encoded[0].colours)
    assert again.get(1002) is None


def test_a_folder_never_exceeds_its_bound(frames, tmp_path):
    engine, encoded = frames
    bound = 3 * size_of(engine, encoded[0]) + 5
    folder = EncodedFolder(tmp_path, bound, "one", engine)
    for number, frame in enumerate(encoded):
        folder.put(number, frame)
        assert on_disk(tmp_path) == folder.nbytes <= bound
    assert [n for n in range(COUNT) if n in folder] == [5, 6, 7]
    smaller = EncodedFolder(tmp_path, bound // 2, "one", engine)
    assert on_disk(tmp_path) == smaller.nbytes <= bound // 2
    EncodedFolder(tmp_path / "tiny", 10, "one", engine).put(0, encoded[0])
    assert on_disk(tmp_path / "tiny") == 0


def test_frames_of_another_clip_or_network_are_not_mistaken(frames, tmp_path):
    engine, encoded = frames
    EncodedFolder(tmp_path, 10**9, "one", engine).put(0, encoded[0])
    assert EncodedFolder(tmp_path, 10**9, "two", engine).get(0) is None
    assert on_disk(tmp_path) == 0


def test_damage_and_a_full_disk_cost_time_and_nothing_else(frames, tmp_path, caplog):
    engine, encoded = frames
    folder = EncodedFolder(tmp_path / "cache", 10**9, "one", engine)
    folder.put(0, encoded[0])
    (path,) = (tmp_path / "cache").rglob("*.encoded")
    path.write_bytes(b"x" * 50)
    assert folder.get(0) is None
    assert 0 not in folder
    (tmp_path / "file").write_bytes(b"")
    blocked = EncodedFolder(tmp_path / "file", 10**9, "one", engine)
    blocked.put(0, encoded[0])
    blocked.put(1, encoded[1])
    assert blocked.get(0) is None
    assert len(caplog.records) == 1  # said once


def test_a_folder_that_cannot_be_read_stops_nothing(frames, caplog):
    engine, encoded = frames
    with folder_of_another_user() as (place, as_stranger):
        hidden = place / "cache"
        EncodedFolder(hidden, 10**9, "one", engine).put(0, encoded[0])
        hidden.chmod(0o000)
        with as_stranger():
            folder = EncodedFolder(hidden, 10**9, "one", engine)
            folder.put(1, encoded[1])
            folder.put(2, encoded[2])
            assert folder.get(0) is folder.get(1) is None
        hidden.chmod(0o755)
    assert [r.message for r in caplog.records] == [
        f"Encoded frames are not kept in {hidden}: Permission denied."
    ]


def test_folders_share_files_and_neither_needs_the_other(frames, tmp_path):
    engine, encoded = frames
    first = EncodedFolder(tmp_path / "a", 10**9, "one", engine)
    for number, frame in enumerate(encoded):
        first.put(number, frame)
    size = size_of(engine, encoded[0])
    second = EncodedFolder(tmp_path / "b", 3 * size + 5, "one", engine)
    second.share(first)
    assert on_disk(tmp_path / "b") == second.nbytes == 3 * size
    first.put(0, encoded[1])
    shared = second.get(0)
    assert shared is not None
    np.testing.assert_array_equal(shared.colours, encoded[0].colours)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_real_engine_packs_every_bit(precision):
    engine = tiny_engine(precision)
    encoded = engine.encode(plate(1)[0])
    again = engine.unpack(engine.pack(encoded))
    assert again.grid == encoded.grid
    pairs = zip(
        (*encoded.features, encoded.image, encoded.positions),
        (*again.features, again.image, again.positions),
        strict=True,
    )
    assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in pairs)
    for damaged in (b"", b"x" * 100, engine.pack(encoded)[:-5]):
        with pytest.raises(ValueError, match="not an encoded frame"):
            engine.unpack(damaged)


class Counting(FakeEngine):
    """Counts the pictures it looks at."""

    looked = 0

    def encode(self, picture):
        self.looked += 1
        return super().encode(picture)


def session_at(path, engine, *, new):
    record = ClipRecord("plate", "", None, "same", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    project = Project.create(record, path) if new else Project.open(path)
    return Session(open_clip(plate(COUNT)), engine, project, disk_cache_bytes=10**8)


def test_a_picture_is_looked_at_once_also_by_the_next_session(tmp_path):
    path = tmp_path / "shot.roto"
    first, second = Counting(), Counting()
    with session_at(path, first, new=True) as session:
        assert session.cache_estimate() == COUNT * first.encode(plate(1)[0]).nbytes
        assert list(session.prefetch()) == list(range(COUNT))
        session.set_keyframe(0, {"box": square(0)})
        list(session.propagate())
        session.correct(4, "box", square(4))
        list(session.propagate())
        assert first.looked == COUNT + 1
        shown = session.result(6).matte()
    with session_at(path, second, new=False) as session:
        session.correct(7, "box", square(7))
        assert len([e for e in session.propagate() if e.final]) == 2
        assert second.looked == 0
        assert session.result(3).kind == "propagated"
        assert shown.shape == SIZE


def test_saving_elsewhere_takes_the_encoded_frames_along(tmp_path):
    engine = Counting()
    with session_at(tmp_path / "a.roto", engine, new=True) as session:
        list(session.prefetch(range(5)))
        session.save(tmp_path / "b.roto")
        list(session.prefetch())
        assert engine.looked == COUNT
    assert len(list((tmp_path / "a.roto.cache").rglob("*.encoded"))) == 5
    assert len(list((tmp_path / "b.roto.cache").rglob("*.encoded"))) == COUNT
    second = Counting()
    with session_at(tmp_path / "b.roto", second, new=False) as session:
        list(session.prefetch())
        assert second.looked == 0


def test_another_engine_finds_nothing_of_the_first(tmp_path):
    first, second = Counting(), Counting(Settings(short_side=64))
    with session_at(tmp_path / "a.roto", first, new=True) as session:
        list(session.prefetch())
        session.engine = second
        list(session.prefetch())
        assert second.looked == COUNT
