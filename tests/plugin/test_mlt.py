"""MLT projects of plates as artists have them, rendered by the real melt."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import deque
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import OpenEXR
import pytest
from real_hosts import present

from roto import new_session
from roto.errors import DecodeError, ExportError, HostError
from roto.export import write_picture
from roto.fake_engine import FakeEngine
from roto.package import PackageOrder, read_package, write_package
from roto_plugin.expected import read_rgb
from roto_plugin.host import HostRequest
from roto_plugin.hosts import melt
from roto_plugin.hosts.mlt import MltHost

WIDTH, HEIGHT, COUNT = 96, 64, 10
NTSC = Fraction(30000, 1001)
GREEN = (0.0, 1.0, 0.0)
HOST = MltHost()

real = pytest.mark.hosts


@pytest.fixture
def host():
    """The adapter, where melt is."""
    return present("mlt")


def picture(number, size=(HEIGHT, WIDTH)):
    """A grey that says which frame it is, so that a plate that is one frame off shows."""
    return np.full((*size, 3), 20 + 20 * number, np.uint8)


def disc(number, size=(HEIGHT, WIDTH)):
    """A soft disc, 6 pixels further in every frame."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    distance = np.hypot(x - 20 - 6 * number, y - size[0] / 2)
    return np.clip((12 - distance) / 3 + 0.5, 0, 1)


def package_of(folder, plate, *, size=(HEIGHT, WIDTH), options=None, **clip):
    with new_session(plate, model=FakeEngine(), **clip) as session:
        for number, frame in enumerate(session.source.frame_numbers):
            session.set_keyframe(frame, {"disc": disc(number, size)})
        order = PackageOrder(also=["movie"], **(options or {}))
        deque(write_package(session, folder / "shot.mattes", order), maxlen=0)
    return read_package(folder / "shot.mattes")


def sequence(folder, first=1001, *, size=(HEIGHT, WIDTH)):
    for number in range(COUNT):
        write_picture(folder / f"plate.{first + number:04d}.png", picture(number, size))
    return folder / "plate.####.png"


def linear_sequence(folder):
    for number in range(3):
        values = np.full((HEIGHT, WIDTH, 3), 0.1 + 0.2 * number, np.float32)
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"RGB": values}).write(str(folder / f"plate.{1001 + number}.exr"))
    return folder / "plate.####.exr"


def movie(path, codec="libx264", pixels="yuv420p", rate=NTSC, **options):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
        for number in range(COUNT):
            frame = av.VideoFrame.from_ndarray(picture(number), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def made(package, output, **options):
    """The plan of a project that is written."""
    request = HostRequest(output, **options)
    plan = HOST.plan(package, request)
    HOST.apply(plan, output)
    return plan


def levels(host, output, folder):
    """The plate's grey in the middle of the disc, per frame: which pictures were shown."""
    found = {}
    for frame, path in host.render(output, folder).items():
        shown = read_rgb(path)
        opaque = np.abs(shown - shown.mean(axis=2, keepdims=True)).max(axis=2) < 0.02
        found[frame] = round(float(np.median(shown[opaque]) * 255))
    return found


def near(found, wanted, steps):
    """True where the same frames have the same greys, up to some steps of 8 bit."""
    return list(found) == list(wanted) and all(
        abs(found[frame] - wanted[frame]) <= steps for frame in wanted
    )


class TestPlates:
    @real
    @pytest.mark.parametrize(
        ("codec", "pixels"),
        [("libx264", "yuv420p"), ("prores_ks", "yuv422p10le"), ("qtrle", "rgb24")],
    )
    def test_a_movie(self, host, tmp_path, codec, pixels):
        package = package_of(tmp_path, movie(tmp_path / "plate.mov", codec, pixels))
        output = tmp_path / "shot.mlt"
        plan = made(package, output, range=(1004, 1008))
        assert plan.data["plate"]["kind"] == "movie"
        assert plan.data["canvas"]["rate"] == "30000/1001"
        report = host.verify(package, output)
        assert report.ok, report
        wanted = {1001 + number: 20 + 20 * number for number in range(3, 8)}
        assert near(levels(host, output, tmp_path), wanted, 3)

    @real
    def test_a_sequence_that_begins_elsewhere(self, host, tmp_path):
        package = package_of(tmp_path, sequence(tmp_path, 7), frame_rate=NTSC)
        output = tmp_path / "shot.mlt"
        plan = made(package, output, range=(9, 12))
        assert plan.data["plate"]["begin"] == 7
        assert host.verify(package, output).ok
        assert near(levels(host, output, tmp_path), {9: 60, 10: 80, 11: 100, 12: 120}, 1)

    @real
    @pytest.mark.parametrize("feature", ["cutout", "grade", "alpha"])
    def test_mattes_of_a_part_with_handles(self, host, tmp_path, feature):
        package = package_of(
            tmp_path,
            sequence(tmp_path),
            frame_rate=NTSC,
            options={"range": (1004, 1007), "handles": 2},
        )
        assert (package.clip.first, package.clip.last) == (1002, 1009)
        output = tmp_path / "shot.mlt"
        plan = made(package, output, feature=feature)
        assert (plan.data["wanted"]["first"], plan.data["wanted"]["last"]) == (1004, 1007)
        assert "The handles of 2 and 2 frames" in " ".join(map(str, plan.losses))
        report = host.verify(package, output)
        assert report.ok, report
        assert list(report.frames) == [1004, 1005, 1006, 1007]

    @real
    def test_a_linear_plate_gets_pictures_of_its_own(self, host, tmp_path):
        package = package_of(tmp_path, linear_sequence(tmp_path), frame_rate=NTSC)
        output = tmp_path / "shot.mlt"
        plan = made(package, output)
        assert any("8-bit sRGB pictures" in str(loss) for loss in plan.losses)
        assert len(list((tmp_path / "shot.plate").iterdir())) == 3
        assert host.verify(package, output).ok

    def test_pictures_of_a_plate_are_written_all_or_none(self, tmp_path):
        package = package_of(tmp_path, linear_sequence(tmp_path), frame_rate=NTSC)
        (tmp_path / "plate.1002.exr").write_bytes(b"damaged")
        with pytest.raises(DecodeError, match="1002"):
            made(package, tmp_path / "shot.mlt")
        assert not (tmp_path / "shot.plate").exists()
        assert not (tmp_path / "shot.mlt").exists()
        (tmp_path / "plate.1002.exr").write_bytes((tmp_path / "plate.1001.exr").read_bytes())
        (tmp_path / "shot.plate").mkdir()
        (tmp_path / "shot.plate" / "notes.txt").touch()
        with pytest.raises(ExportError, match="holds other files than pictures of the plate"):
            made(package, tmp_path / "shot.mlt")
        assert [path.name for path in (tmp_path / "shot.plate").iterdir()] == ["notes.txt"]

    @real
    def test_an_odd_width_is_a_loss_that_is_named(self, host, tmp_path):
        size = (65, 97)
        package = package_of(
            tmp_path, sequence(tmp_path, size=size), size=size, frame_rate=Fraction(25)
        )
        output = tmp_path / "shot.mlt"
        plan = made(package, output, range=(1003, 1005))
        assert any("97 pixels wide" in str(loss) for loss in plan.losses)
        assert host.verify(package, output).mean < 0.01


class TestProject:
    def test_rate_size_and_aspect_are_exact(self, tmp_path):
        package = package_of(tmp_path, sequence(tmp_path), frame_rate=NTSC)
        clip = replace(package.clip, pixel_aspect=Fraction(16, 15))
        output = tmp_path / "shot.mlt"
        made(replace(package, clip=clip), output)
        profile = ET.parse(output).getroot().find("profile").attrib
        assert (profile["frame_rate_num"], profile["frame_rate_den"]) == ("30000", "1001")
        assert (profile["width"], profile["height"]) == ("96", "64")
        assert (profile["sample_aspect_num"], profile["sample_aspect_den"]) == ("16", "15")
        assert (profile["display_aspect_num"], profile["display_aspect_den"]) == ("8", "5")

    def test_what_is_lost_is_named_in_the_project(self, tmp_path):
        package = package_of(tmp_path, sequence(tmp_path), frame_rate=NTSC)
        output = tmp_path / "shot.mlt"
        plan = made(package, output, feature="grade")
        assert HOST.read_back(output).losses == plan.losses
        assert {word for loss in plan.losses for word in ("8 bit", "4:2:2") if word in str(loss)}

    def test_paths_are_seen_from_the_project(self, tmp_path):
        package = package_of(tmp_path, sequence(tmp_path), frame_rate=NTSC)
        made(package, tmp_path / "edit" / "shot.mlt")
        text = (tmp_path / "edit" / "shot.mlt").read_text("utf-8")
        assert "../plate.%04d.png?begin=1001" in text
        assert "../shot.mattes/qt-animation/disc.mov" in text
        assert str(tmp_path) not in text

    def test_a_folder_that_mlt_would_misread(self, tmp_path):
        folder = tmp_path / "50%done"
        folder.mkdir()
        package = package_of(folder, sequence(folder), frame_rate=NTSC)
        output = tmp_path / "shot.mlt"
        with pytest.raises(HostError, match="rename the folder with % or"):
            made(package, output)
        assert not output.exists()


class TestMelt:
    def test_none_on_the_path(self, tmp_path, monkeypatch):
        package = package_of(tmp_path, sequence(tmp_path), frame_rate=NTSC)
        made(package, tmp_path / "shot.mlt")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert HOST.version() == ""
        with pytest.raises(HostError, match="no melt to render with; on Debian"):
            HOST.render(tmp_path / "shot.mlt", tmp_path)

    @real
    def test_what_is_no_project_is_said_soon(self, host, tmp_path):
        (tmp_path / "no.mlt").write_text("this is no project")
        with pytest.raises(HostError, match="melt rendered no frame 1"):
            melt.render(tmp_path / "no.mlt", tmp_path, [1, 2])
