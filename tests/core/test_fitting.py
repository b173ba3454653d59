"""What a run takes, the rules by which it is made to fit, and what there is: arithmetic."""

from __future__ import annotations

import mmap
from dataclasses import replace

import pytest

from roto.budget.available import NO_BOUND, VARIABLE, limits_here, measure, parse_bytes
from roto.budget.fitting import TOLERANCE, Limits, fit
from roto.budget.needs import Program, Workload, memory_need, remembered, size_text
from roto.engine import Footprint, Settings
from roto.errors import MemoryLimitError, SettingsError
from roto.fake_engine import FakeEngine

MB = 10**6

WORK = Workload((1000, 2000), objects=4, frames=100, keyframes=2, again=50, mattes=False)
PROGRAM = Program(300 * MB, 310 * MB)


def footprint(settings: Settings) -> Footprint:
    """Of a network that takes what is easy to reckon with, at a shorter side of 480."""
    scale = settings.short_side / 480
    at_once = min(4, settings.objects_at_once)
    return Footprint(
        working=(settings.short_side, 2 * settings.short_side),
        weights=20 * MB,
        encoded=round(10 * MB * scale),
        encode=round(60 * MB * scale),
        remember=round(100 * MB * scale * at_once),
        decode=round(50 * MB * scale * at_once),
        key=round(1 * MB * scale),
        value=round(2 * MB * scale),
    )


def need(settings: Settings, work: Workload = WORK, program: Program = PROGRAM):
    return memory_need(footprint(settings), work, settings, program)


def parts(found):
    return {part.name: part.nbytes for part in found.parts}


class TestNeeds:
    def test_the_parts_add_up(self):
        found = need(Settings(cache_bytes=205 * MB))
        assert parts(found) == {
            "program": 280 * MB,
            "network": 20 * MB,
            "features": 20 * MB,
            "cache": 200 * MB,  # whole frames
            "memory bank": 2 * 14 * (1 + 4 * 2) * MB,  # two keyframes and twelve others, twice
            "results": 0,
            "workspace: remembering": 406 * MB,  # with the plate beside it
            "spare": 100 * MB,
        }
        assert found.peak == sum(parts(found).values())
        assert found.device == 0
        assert str(found) == "Memory: at most 1.3 GB for 2000x1000, 4 objects, 100 frames."

    def test_what_is_freed_stays_in_part(self):
        found = need(Settings(cache_bytes=0, max_memory=0, objects_at_once=1))
        own = 20 + 2 * 2 * 9 + 106
        assert parts(found)["spare"] == round(0.18 * own * MB)

    def test_what_the_program_took_before_counts_too(self):
        found = need(Settings(), program=Program(300 * MB, 5000 * MB))
        assert found.peak == 5000 * MB
        assert parts(found)["while it was loaded"] > 0
        assert found.ahead == need(Settings()).peak
        fits = fit(
            Settings(), lambda s: need(s, program=Program(300 * MB, 5000 * MB)), Limits(4000 * MB)
        )
        assert fits.steps == ()  # it was given back: there is room for the run

    @pytest.mark.parametrize(
        ("frames", "settings", "count"),
        [
            (100, {}, 2 + 12),
            (30, {}, 2 + 6),
            (4, {}, 2),
            (None, {}, 2 + 12),
            (100, {"max_memory": 0, "remember_last": True}, 2 + 1),
            (100, {"memory_every": 1, "max_memory": 200}, 2 + 100),
        ],
    )
    def test_frames_that_are_remembered_are_counted(self, frames, settings, count):
        assert remembered(replace(WORK, frames=frames), Settings(**settings)) == count

    def test_no_more_is_cached_than_is_visited_twice(self):
        assert parts(need(Settings(cache_bytes=10**12)))["cache"] == 50 * 10 * MB
        assert parts(need(Settings(cache_bytes=0)))["cache"] == 0

    def test_results_that_are_kept_grow_with_the_clip(self):
        lengths = [parts(need(Settings(), replace(WORK, kept=True, frames=n))) for n in (10, 20)]
        assert lengths[1]["results"] == pytest.approx(2 * lengths[0]["results"], rel=1e-6)
        assert parts(need(Settings(), replace(WORK, frames=None)))["results"] == 0

    def test_mattes_of_many_objects_may_be_the_most(self):
        large = Workload((2160, 3840), objects=40, frames=5)
        found = need(Settings(), large)
        assert parts(found)["workspace: mattes"] > 2 * 40 * 4 * 2160 * 3840

    def test_a_device_has_a_memory_of_its_own(self):
        settings = Settings(cache_bytes=0)
        found = memory_need(replace(footprint(settings), free=8000 * MB), WORK, settings, PROGRAM)
        assert found.device == (20 + 20 + 252 + 400) * MB
        assert parts(found)["program"] == 300 * MB
        assert found.peak < 400 * MB
        assert "on the device" in str(found)

    def test_a_memory_that_does_not_grow(self):
        settings = Settings()
        grid = replace(footprint(settings), key=0, value=0, context=MB)
        sizes = {
            parts(memory_need(grid, replace(WORK, frames=n), settings, PROGRAM))["memory bank"]
            for n in (10, 10_000)
        }
        assert sizes == {4 * 5 * MB}


class TestRules:
    def test_what_fits_is_left_alone(self):
        found = fit(Settings(), need, Limits(4000 * MB))
        assert found.settings == Settings()
        assert found.steps == ()

    def test_the_cache_goes_first_and_no_further_than_it_must(self):
        asked = Settings(cache_bytes=400 * MB)
        limit = int(need(asked).peak * TOLERANCE) - 1
        found = fit(asked, need, Limits(limit))
        assert found.settings == replace(asked, cache_bytes=350 * MB)
        assert found.steps == (
            "Encoded frames are kept up to 350 MB instead of 400 MB: a second pass takes longer.",
        )

    def test_then_fewer_objects_at_once(self):
        smallest_cache = need(Settings(cache_bytes=0)).peak * TOLERANCE
        found = fit(Settings(), need, Limits(int(smallest_cache) - 1))
        assert found.settings == Settings(cache_bytes=0, objects_at_once=2)
        assert len(found.steps) == 2
        assert "2 instead of 8 at a time" in found.steps[1]

    def test_then_fewer_frames_in_memory(self):
        least = Settings(cache_bytes=0, objects_at_once=1)
        found = fit(Settings(), need, Limits(int(need(least).peak * TOLERANCE) - 1))
        assert found.settings == replace(least, max_memory=11)
        assert "11 instead of 12" in found.steps[2]

    def test_a_lower_resolution_comes_last(self):
        least = Settings(cache_bytes=0, objects_at_once=1, max_memory=1)
        found = fit(Settings(), need, Limits(int(need(least).peak * TOLERANCE) - 1))
        assert found.settings == replace(least, short_side=448)
        assert "448 instead of 480 pixels" in found.steps[3]

    def test_what_a_rule_cannot_make_smaller_it_does_not_touch(self):
        work = replace(WORK, objects=1, again=0)
        asked = Settings()
        limit = int(need(asked, work).peak * TOLERANCE) - 1
        found = fit(asked, lambda s: need(s, work), Limits(limit))
        assert found.settings == replace(asked, max_memory=11)

    def test_a_plate_smaller_than_the_working_size(self):
        work = replace(WORK, plate=(400, 600))
        asked = Settings(enlarge=False, short_side=480, max_memory=1, objects_at_once=1)
        asked = replace(asked, cache_bytes=0)
        limit = int(need(asked, work).peak * TOLERANCE) - 1
        found = fit(asked, lambda s: need(s, work), Limits(limit))
        assert found.settings.short_side == 384

    def test_the_working_size_falls_until_it_fits_a_small_device(self):
        def on_device(settings):
            grid = replace(footprint(settings), free=500 * MB)
            return memory_need(grid, WORK, settings, PROGRAM)

        found = fit(Settings(), on_device, Limits(4000 * MB, 500 * MB))
        assert found.need.device * TOLERANCE <= 500 * MB
        assert found.settings.short_side == 480

    @pytest.mark.parametrize("limit", [Limits(340 * MB, why="free"), Limits(4000 * MB, 30 * MB)])
    def test_what_cannot_fit_is_told(self, limit):
        def anywhere(settings):
            free = None if limit.device is None else limit.device
            return memory_need(replace(footprint(settings), free=free), WORK, settings, PROGRAM)

        with pytest.raises(MemoryLimitError, match=r"^The smallest run takes .* is free; close "):
            fit(Settings(), anywhere, limit)


class TestAvailable:
    @pytest.mark.parametrize(
        ("text", "nbytes"),
        [
            ("4G", 4 * 10**9),
            ("4 gb", 4 * 10**9),
            ("1.5G", 1_500_000_000),
            ("800M", 800 * MB),
            ("2GiB", 2 * 2**30),
            ("64KiB", 65536),
            ("123456789", 123456789),
            (123456789, 123456789),
            ("off", NO_BOUND),
        ],
    )
    def test_sizes_are_read_as_people_write_them(self, text, nbytes):
        assert parse_bytes(text) == nbytes

    @pytest.mark.parametrize("text", ["", "4X", "-1G", "G", "0", "4 4", "1e9"])
    def test_what_is_no_size_is_refused(self, text):
        with pytest.raises(SettingsError, match="no size of memory"):
            parse_bytes(text)

    def test_what_was_asked_for_goes_before_the_environment(self, monkeypatch):
        monkeypatch.setenv(VARIABLE, "3G")
        assert limits_here(PROGRAM).main == 3 * 10**9
        assert limits_here(PROGRAM).why == "the limit of $ROTO_MEMORY"
        assert limits_here(PROGRAM, "2G").main == 2 * 10**9

    def test_what_is_free_is_beside_what_we_have(self, monkeypatch):
        monkeypatch.delenv(VARIABLE, raising=False)
        found = limits_here(PROGRAM, device=5)
        assert found.main > PROGRAM.now
        assert (found.device, found.why) == (5, "free")

    def test_the_process_is_measured(self):
        size = 64 * 2**20
        before = measure()
        with mmap.mmap(-1, size) as block:  # pages that nobody in this process had before
            block.write(b"x" * size)
            after = measure()
        assert after.now - before.now > 0.9 * size
        assert after.most >= after.now


def test_sizes_are_told_in_two_digits():
    assert [size_text(n) for n in (0, 12.4 * MB, 999.9 * MB, 1440 * MB)] == [
        "0 MB",
        "12 MB",
        "1.0 GB",
        "1.4 GB",
    ]


def test_an_engine_with_other_settings_is_the_same_engine():
    engine = FakeEngine()
    other = engine.with_settings(Settings(max_memory=3))
    assert other.settings.max_memory == 3
    assert engine.settings == Settings()
    assert other.capabilities == engine.capabilities
