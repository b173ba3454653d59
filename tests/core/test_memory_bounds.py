"""What becomes of predicted frames that a memory has no room for."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_engines import bar, plate, square, tiny_engine

from roto.engine import Settings
from roto.errors import SettingsError
from roto.media import open_clip
from roto.memories.bank import MemoryFrame
from roto.memories.bounds import Dropping, room_for
from roto.memories.consolidation import Consolidating
from roto.memories.frames import FrameBank
from roto.model.memory import read
from roto.propagation import Propagation

POSITIONS = 6


def entry(frame, objects=(1,), *, positions=POSITIONS, seed=None):
    """Random keys, shared by the objects; the value of object i is i + 10 * frame everywhere."""
    generator = torch.Generator().manual_seed(frame if seed is None else seed)
    keys = torch.randn(positions, 2, generator=generator)
    values = {i: torch.full((positions, 1), float(i + 10 * frame)) for i in objects}
    return MemoryFrame(frame, dict.fromkeys(objects, keys), values)


def positions_of(room, object_id):
    return sum(len(e.keys[object_id]) for e in room.entries if object_id in e.keys)


class TestDropping:
    def test_the_oldest_go_first(self):
        room = Dropping(3, oldest=True)
        for frame in range(1, 7):
            room.keep(entry(frame), [0])
        assert room.frames == [4, 5, 6]

    def test_what_is_kept_is_thinned_evenly(self):
        room = Dropping(4)
        for frame in range(1, 41):
            room.keep(entry(frame), [0])
        gaps = np.diff([0, *room.frames])
        assert room.frames[-1] == 40
        assert gaps.max() <= 2 * np.median(gaps)


class TestConsolidating:
    def test_no_more_positions_than_there_is_room_for(self):
        room = Consolidating(6)
        for frame in range(1, 60):
            room.keep(entry(frame), [0])
            for one in room.entries:
                room.note(one, (1,), torch.rand(len(one.keys[1])))
            assert positions_of(room, 1) <= 6 * POSITIONS
        assert room.frames[-1] == 59
        assert len(room.entries) > len(room.frames)

    def test_what_is_drawn_on_most_becomes_a_prototype(self):
        room = Consolidating(4)
        first = entry(1, positions=12)
        room.keep(first, [0])
        usage = torch.zeros(12)
        usage[[3, 8]] = torch.tensor([5.0, 7.0])
        room.note(first, (1,), usage)
        room.keep(entry(2, positions=12), [0])
        room.keep(entry(3, positions=12), [0])
        prototypes = room.entries[0]
        assert {tuple(k) for k in prototypes.keys[1].tolist()} >= {
            tuple(first.keys[1][i].tolist()) for i in (3, 8)
        }

    def test_values_are_potentiated_by_affinity(self):
        room = Consolidating(4)
        some = [entry(frame) for frame in (1, 2)]
        for one in some:
            room.keep(one, [0])
            room.note(one, (1,), torch.rand(POSITIONS))
        room.keep(entry(3), [0])
        prototypes = room.entries[0]
        keys = torch.cat([one.keys[1] for one in some])
        values = torch.cat([one.values[1] for one in some])
        expected = read(keys, values, prototypes.keys[1], top_k=None)
        torch.testing.assert_close(prototypes.values[1], expected)
        assert 11 < float(prototypes.values[1].mean()) < 21  # between those of both frames

    def test_the_least_used_prototypes_are_forgotten(self):
        room = Consolidating(2)
        for frame in range(1, 30):
            room.keep(entry(frame), [0])
        favourite = room.entries[0]
        kept = favourite.keys[1][0].clone()
        for frame in range(30, 90):
            for one in room.entries:
                mine = (one.keys[1] == kept).all(1).float()
                room.note(one, (1,), 100 * mine)
            room.keep(entry(frame), [0])
        keys = torch.cat([one.keys[1] for one in room.entries])
        assert (keys == kept).all(1).any()

    def test_objects_that_come_later_have_prototypes_of_their_own(self):
        room = Consolidating(4)
        for frame in range(1, 12):
            room.keep(entry(frame, (1, 2) if frame > 5 else (1,)), [0])
        assert positions_of(room, 2) <= positions_of(room, 1) <= 4 * POSITIONS
        room.forget(frozenset([1]))
        assert positions_of(room, 1) == 0
        assert positions_of(room, 2) > 0
        room.forget(None)
        assert room.entries == []

    def test_a_keyframe_is_never_consolidated(self):
        settings = Settings(bound="consolidate", max_memory=2, top_k=None)
        bank = FrameBank(settings, similarity="l2", keyframe_weight=1.0)
        shown = entry(0)
        bank.show(shown)
        for frame in range(1, 20):
            list(bank.read(torch.zeros(3, 2), (1,)))
            bank.keep(entry(frame))
        assert bank.frames[0] == 0
        ((_, found),) = bank.read(shown.keys[1], (1,))
        assert found.shape == (POSITIONS, 1)
        size = bank.nbytes
        for frame in range(20, 40):
            bank.keep(entry(frame))
            list(bank.read(torch.zeros(3, 2), (1,)))
        assert bank.nbytes == size


class TestUsage:
    @pytest.mark.parametrize("top_k", [3, None])
    def test_each_query_draws_one_in_all(self, top_k):
        torch.manual_seed(0)
        memory, values, query = torch.randn(20, 4), torch.randn(20, 2), torch.randn(7, 4)
        usage = torch.zeros(20)
        plain = read(memory, values, query, top_k=top_k)
        counted = read(memory, values, query, top_k=top_k, usage=usage, workspace=4 * 20 * 2)
        torch.testing.assert_close(counted, plain)
        assert float(usage.sum()) == pytest.approx(7, abs=1e-4)
        if top_k:
            assert int((usage > 0).sum()) <= 7 * top_k

    def test_what_is_near_is_used(self):
        memory = torch.tensor([[0.0], [10.0]])
        usage = torch.zeros(2)
        read(memory, torch.eye(2), torch.tensor([[9.0], [10.0], [0.1]]), usage=usage)
        assert usage.round().tolist() == [1, 2]


@pytest.mark.parametrize("bound", ["thin", "oldest", "consolidate"])
def test_every_bound_follows_two_objects(bound):
    engine = tiny_engine(bound=bound, max_memory=2, memory_every=1)
    session = Propagation(open_clip(plate(8)), engine)
    session.set_keyframe(0, square(0) + 2 * bar())
    first = {e.frame: e.result for e in session.propagate()}
    assert [list(result.mattes()) for result in first.values()] == [["object1", "object2"]] * 8
    again = tiny_engine(bound=bound, max_memory=2, memory_every=1)
    session = Propagation(open_clip(plate(8)), again)
    session.set_keyframe(0, square(0) + 2 * bar())
    for event in session.propagate():
        np.testing.assert_array_equal(
            event.result.mattes()["object1"], first[event.frame].mattes()["object1"]
        )


def test_an_unknown_bound_is_refused():
    with pytest.raises(SettingsError, match="choose thin, oldest or consolidate"):
        Settings(bound="most")  # type: ignore[arg-type]
    assert isinstance(room_for(Settings()), Dropping)
