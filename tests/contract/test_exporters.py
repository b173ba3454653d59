"""What every format in the table must do: pixels, names, errors, and no half files."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from docs.make_formats import FRAMES, SIZE, alphas, job_of, matte, measured, written
from roto.delivery import Order
from roto.errors import ExportError, SettingsError
from roto.export.contract import Look, Picture
from roto.export.exr_header import layer_names
from roto.export.pattern import TOGETHER, FramePattern
from roto.export.registry import FORMATS, check, format_named

ROOT = Path(__file__).parents[2]
ALL = pytest.mark.parametrize("format", [pytest.param(f, id=n) for n, f in FORMATS.items()])
DEPTHS = [pytest.param(f, d, id=f"{n}-{d}") for n, f in FORMATS.items() for d in f.depths]

# The largest error of an alpha; of integers half a step.
HALF_A_STEP = {8: 0.5 / 255, 16: 0.5 / 65535, 32: 0.0}
BOUNDS = {
    ("prores-4444", 10): 7.5e-4,  # 10 bits, less the rounding of its transform
    ("fill-key", 10): 4e-3,  # luma of a lossy codec
}


def bound(format, depth):
    if format.floating:
        return {16: 2.0**-12, 32: 0.0}[depth]
    return BOUNDS.get((format.name, depth), HALF_A_STEP.get(depth))


def plate():
    return np.full((*SIZE, 3), 100, np.uint8)


def pictures(job, missing=None, at=()):
    """All frames; one object is not known at some of them."""
    for frame in job.frames:
        known = [i for i in job.subject.names if i != missing or frame not in at]
        yield Picture(frame, {i: matte(frame) for i in known}, plate)


def give(format, job, given):
    with format.open(job) as exporter:
        return [list(exporter.write(picture)) for picture in given]


def left_in(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def with_names(job, *names):
    return replace(job, subject=replace(job.subject, names=dict(enumerate(names, start=1))))


class TestPixels:
    @pytest.mark.parametrize(("format", "depth"), DEPTHS)
    def test_alpha_comes_back_within_the_formats_bound(self, tmp_path, format, depth):
        most, _ = measured(format, depth, tmp_path)
        assert most <= bound(format, depth) + 1e-7

    @ALL
    def test_the_default_depth_is_the_first(self, tmp_path, format):
        most, _ = measured(format, None, tmp_path)
        assert most <= bound(format, format.depths[0]) + 1e-7

    @ALL
    def test_every_content_is_written(self, tmp_path, format):
        for content in format.contents:
            job = replace(
                job_of(format, tmp_path / content, None),
                look=Look(content, content == "cutout" and format.premultiplied[0]),
            )
            check(job, format)
            files = give(format, job, pictures(job))
            assert all(path.stat().st_size for paths in files for path in paths if path.exists())
            assert all(path.exists() for path in files[-1])

    @ALL
    def test_premultiplied_is_told(self, tmp_path, format):
        if "cutout" not in format.contents:
            return
        for premultiplied in format.premultiplied:
            folder = tmp_path / str(premultiplied)
            job = replace(job_of(format, folder, None), look=Look("cutout", premultiplied))
            check(job, format)
            paths = give(format, job, pictures(job))[-1]
            word = b"premultiplied" if premultiplied else b"straight"
            other = b"straight" if premultiplied else b"premultiplied"
            for path in paths:
                data = path.read_bytes()
                assert word in data
                assert other not in data


class TestAgain:
    def test_the_same_mattes_are_the_same_bytes(self, tmp_path):
        """Also a second later, and where pixel aspect is written into a finished movie."""
        first = self.all_formats(tmp_path / "first")
        time.sleep(1.1)
        second = self.all_formats(tmp_path / "second")
        assert {name for name, _ in first} == set(FORMATS)
        assert [key for key, data in first.items() if second[key] != data] == []

    @staticmethod
    def all_formats(folder):
        """The bytes of every file, by format and path."""
        found = {}
        for name, format in FORMATS.items():
            for number, aspect in enumerate((Fraction(1), Fraction(59, 54))):
                place = folder / name / str(number)
                job = job_of(format, place, None)
                job = replace(job, subject=replace(job.subject, pixel_aspect=aspect))
                written(format, job)
                for path in place.iterdir():
                    found[name, path.relative_to(folder)] = path.read_bytes()
        return found


class TestNames:
    @ALL
    def test_frames_keep_their_numbers_and_padding(self, tmp_path, format):
        if format.movie:
            return
        job = job_of(format, tmp_path, None)
        text = f"{tmp_path}/a/{{object}}_######{format.extensions[0]}"
        job = replace(job, pattern=FramePattern(text), frames=(7, 1001, 123456789))
        check(job, format)
        give(format, job, pictures(job))
        name = "hero" if format.grouping == "object" else TOGETHER
        assert left_in(tmp_path) == sorted(
            f"{name}_{number}{format.extensions[0]}" for number in ("000007", "001001", "123456789")
        )

    @ALL
    def test_an_order_names_the_files_that_are_written(self, tmp_path, format):
        for content in format.contents:
            folder = tmp_path / content
            job = with_names(job_of(format, folder, None), "hero", "van.v2")
            look = Look(content, content == "cutout" and format.premultiplied[0])
            files = give(format, replace(job, look=look), pictures(replace(job, look=look)))
            order = Order(job.subject.names, job.frames, job.pattern, format, look)
            assert [order.paths(frame) for frame in job.frames] == files
            assert {path.name for one in files for path in one} == set(left_in(folder))
            assert [order.paths(frame, []) for frame in job.frames] == [[], [], []]

    @ALL
    def test_awkward_names(self, tmp_path, format):
        names = ("../Zoë: left/arm.v2", "con", "#%04d", "左腕", '"quoted"\n')
        job = with_names(job_of(format, tmp_path, None), *names)
        check(job, format)
        if format.grouping == "object":
            files = give(format, job, pictures(job))
            assert len(set(files[0])) in (5, 10)
            assert {path.parent for path in files[0]} == {tmp_path}
            return
        paths = written(format, job)
        layers = layer_names(job.subject.names)
        asked = names if format.name == "cryptomatte" else list(layers.values())
        total = 5 * matte(FRAMES[0])
        expected = matte(FRAMES[0]) / (np.maximum(total, 1) if format.name == "cryptomatte" else 1)
        for name in asked:
            assert np.abs(alphas(format, paths[:1], name)[0] - expected).max() < 3e-4

    @ALL
    def test_names_that_cannot_be_told_apart(self, tmp_path, format):
        job = with_names(job_of(format, tmp_path, None), "Hero", "hero")
        if format.grouping == "object":
            with pytest.raises(SettingsError, match="would share"):
                check(job, format)
            return
        check(job, format)
        layers = layer_names(job.subject.names)
        assert len({layer.casefold() for layer in layers.values()}) == 2


class TestGaps:
    @ALL
    def test_an_object_that_is_missing_at_a_frame(self, tmp_path, format):
        job = with_names(job_of(format, tmp_path, None), "hero", "van")
        given = pictures(job, missing=2, at=[FRAMES[1]])
        if format.movie:  # all later frames would move
            with pytest.raises(ExportError, match="van"):
                give(format, job, given)
            assert left_in(tmp_path) == []
            return
        files = give(format, job, given)
        expected = [2, 1, 2] if format.grouping == "object" else [1, 1, 1]
        assert [len(paths) for paths in files] == expected
        if format.grouping == "frame":
            found = alphas(format, [paths[0] for paths in files], "van")
            assert [bool(one.any()) for one in found] == [True, False, True]

    @ALL
    def test_a_frame_at_which_nothing_is_known(self, tmp_path, format):
        if format.movie:
            return
        job = job_of(format, tmp_path, None)
        files = give(format, job, pictures(job, missing=1, at=[FRAMES[0]]))
        assert [len(paths) for paths in files] == [0, 1, 1]


class TestRefusals:
    @ALL
    def test_what_it_cannot_hold(self, tmp_path, format):
        job = job_of(format, tmp_path, None)
        for content in {"matte", "cutout", "over"} - set(format.contents):
            with pytest.raises(SettingsError, match=content):
                check(replace(job, look=Look(content)), format)
        for premultiplied in {True, False} - set(format.premultiplied):
            look = Look("cutout", premultiplied)
            with pytest.raises(SettingsError, match="cut"):
                check(replace(job, look=look), format)
        for look in (Look(premultiplied=True), Look(bit_depth=13), Look("over", colour=(2, 0, 0))):
            with pytest.raises(SettingsError):
                check(replace(job, look=look), format)

    @ALL
    def test_other_extensions_and_nothing_to_write(self, tmp_path, format):
        job = job_of(format, tmp_path, None)
        with pytest.raises(SettingsError, match=r"m\.0001\.jpg"):
            check(replace(job, pattern=FramePattern("m.%04d.jpg"), frames=[1]), format)
        with pytest.raises(ExportError, match="no frame"):
            check(replace(job, frames=[]), format)
        with pytest.raises(ExportError, match="no objects"):
            check(with_names(job), format)

    def test_unknown_formats(self):
        with pytest.raises(SettingsError, match="no format 'gif'; there are png, tiff, exr"):
            format_named("gif")


class TestWholeOrNotAtAll:
    @ALL
    def test_a_folder_that_cannot_be(self, tmp_path, format):
        (tmp_path / "file").write_bytes(b"mine")
        job = job_of(format, tmp_path / "file" / "deeper", None)
        with pytest.raises(ExportError, match=r"^Cannot write .*is a file, not a folder"):
            give(format, job, pictures(job))
        assert (tmp_path / "file").read_bytes() == b"mine"

    @ALL
    def test_a_folder_that_nobody_may_write_to(self, format):
        if not Path("/proc/self").is_dir():
            pytest.skip("this system has no /proc, which not even root may write to")
        job = job_of(format, Path("/proc/self"), None)
        with pytest.raises(ExportError, match=r"^Cannot write /proc/self/"):
            give(format, job, pictures(job))

    @ALL
    def test_an_error_between_frames(self, tmp_path, format):
        job = job_of(format, tmp_path, None)

        def interrupted():
            yield next(pictures(job))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            give(format, job, interrupted())
        assert len(left_in(tmp_path)) == (0 if format.movie else 1)

    def test_a_disk_that_is_full(self, tmp_path):
        """A real one, as far as a process can tell: no file may grow beyond 600 bytes."""
        pytest.importorskip("resource", reason="limits of file sizes are Unix's")
        done = subprocess.run(
            [sys.executable, "-c", FULL, str(tmp_path)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr
        told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
        assert set(told) == set(FORMATS)
        for name, text in told.items():
            assert text.startswith("Cannot write "), (name, text)
            (old,) = (tmp_path / name).iterdir()
            assert old.read_bytes() == b"old", name


class TestPage:
    def test_the_page_in_docs_has_every_format_and_depth(self):
        rows = [
            line.split("|")
            for line in (ROOT / "docs" / "formats.md").read_text("utf-8").splitlines()
            if line.startswith("| `")
        ]
        told = [(row[1].strip(" `"), float(row[4])) for row in rows]
        promised = [(f.name, bound(f, depth)) for f in FORMATS.values() for depth in f.depths]
        assert [name for name, _ in told] == [name for name, _ in promised]
        for (name, error), (_, most) in zip(told, promised, strict=True):
            assert error <= most * 1.03 + 1e-7, name  # the page has two digits


FULL = """
import resource, signal, sys
from pathlib import Path
from docs.make_formats import job_of, written
from roto.errors import ExportError
from roto.export.registry import FORMATS

folder = Path(sys.argv[1])
jobs = {one: job_of(one, folder / one.name, None) for one in FORMATS.values()}
for format, job in jobs.items():
    old = written(format, job)[0]
    for path in old.parent.iterdir():
        path.unlink()
    old.write_bytes(b"old")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
for format, job in jobs.items():
    try:
        written(format, job)
    except ExportError as error:
        print(f"{format.name}: {error}")
"""
