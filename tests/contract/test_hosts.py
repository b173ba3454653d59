"""One suite for every host adapter. Real hosts render real pixels."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from real_hosts import HOSTS, present

from roto.errors import HostError, PackageError
from roto.export import write_picture
from roto.package import read_package
from roto_plugin.conformance import measure
from roto_plugin.host import HostPlan, HostRequest, diff
from roto_plugin.standard import HEIGHT, WIDTH, standard_package

OFFSETS = ("in", "offset", "first")  # where hosts keep which matte belongs to which frame


@pytest.fixture(scope="module", params=HOSTS)
def host(request):
    """An adapter whose host is here."""
    return present(request.param)


@pytest.fixture(scope="module")
def original(host, tmp_path_factory):
    """A folder with a plate and a package of two objects; never changed."""
    folder = tmp_path_factory.mktemp("shot")
    standard_package(folder, host.capabilities().needs, objects=("disc", "low"))
    return folder


@pytest.fixture
def folder(original, tmp_path):
    """A copy of it."""
    return shutil.copytree(original, tmp_path / "a b")


@pytest.fixture
def package(folder):
    return read_package(folder / "shot.mattes")


@pytest.fixture
def ask(host, folder):
    """A request for a project beside the package."""

    def request(**options):
        output = folder / f"shot{host.capabilities().extension}"
        return HostRequest(output, **{"objects": ["disc"], **options})

    return request


def made(host, package, request):
    """The plan, once it is a project."""
    plan = host.plan(package, request)
    applied = host.apply(plan, request.output)
    assert applied.output == request.output
    assert request.output in applied.files
    assert all(path.is_file() for path in applied.files)
    return plan


def moved_by_one(plan):
    """The same plan with every matte one frame off."""
    data = deepcopy(dict(plan.data))
    for layer in data["layers"]:
        key = next(key for key in OFFSETS if key in layer)
        layer[key] += 1
    return replace(plan, data=data)


class TestPlan:
    def test_every_feature_has_a_way(self, host):
        capabilities = host.capabilities()
        assert {way.feature for way in capabilities.ways} == {"cutout", "grade", "alpha"}
        assert capabilities.extension.startswith(".")
        assert all(0 < way.mean <= way.most < 0.05 for way in capabilities.ways)

    def test_it_is_data_and_nothing_is_written(self, host, folder, package, ask):
        before = sorted(folder.rglob("*"))
        for way in host.capabilities().ways:
            plan = host.plan(package, ask(feature=way.feature, carrier=way.carrier))
            assert sorted(folder.rglob("*")) == before
            text = json.dumps(plan.as_json())
            assert HostPlan.from_json(json.loads(text)) == plan
            assert str(folder) not in text
            assert all(loss.text.endswith(".") for loss in plan.losses)
            assert host.preflight(plan, ask().output) == ()

    def test_a_change_is_a_line(self, host, package, ask):
        plan = host.plan(package, ask())
        assert diff(plan, host.plan(package, ask())) == []
        other = diff(plan, host.plan(package, ask(background="#FF0000")))
        assert other == ['data.wanted.background.colour: "#00ff00" -> "#ff0000"']
        shorter = diff(plan, host.plan(package, ask(range=(1001, 1006))))
        assert "data.wanted.last: 1008 -> 1006" in shorter

    def test_what_it_cannot_do(self, host, package, ask):
        with pytest.raises(HostError, match=r"cannot do cutout by pigeon; it does .*cutout by"):
            host.plan(package, ask(carrier="pigeon"))
        with pytest.raises(HostError, match="999-1008 is no range"):
            host.plan(package, ask(range=(999, 1008)))
        with pytest.raises(PackageError, match="has no object 'cat'"):
            host.plan(package, ask(objects=["cat"]))
        with pytest.raises(HostError, match="neither a colour like #00ff00 nor a picture"):
            host.plan(package, ask(background="#12"))

    def test_a_package_without_what_it_reads(self, host, folder, package, ask):
        needed = {"png": "png", "movie": "qt-animation", "cryptomatte": "cryptomatte"}
        formats = {needed[name] for name in host.capabilities().needs}
        bare = [
            replace(
                one,
                representations=tuple(r for r in one.representations if r.format not in formats),
            )
            for one in package.objects
        ]
        carrier = {"fake": "sequence", "mlt": "movie"}.get(host.name, "cryptomatte")
        with pytest.raises(HostError, match="write the package again with"):
            host.plan(replace(package, objects=tuple(bare)), ask(carrier=carrier))


class TestProject:
    def test_what_is_read_back_is_the_plan(self, host, package, ask):
        for way in host.capabilities().ways:
            request = ask(feature=way.feature, carrier=way.carrier, range=(1002, 1007))
            plan = made(host, package, request)
            assert diff(plan, host.read_back(request.output)) == []

    def test_what_is_no_project(self, host, ask):
        output = ask().output
        with pytest.raises(HostError):
            host.read_back(output)
        output.write_bytes(b"<mlt></mlt>")
        with pytest.raises(HostError):
            host.read_back(output)

    def test_a_missing_matte_is_found_before_rendering(self, host, package, ask, tmp_path):
        request = ask()
        plan = made(host, package, request)
        hero = next(iter(plan.data["layers"]))["mattes"].replace("####", "1004")
        (request.output.parent / hero).unlink()
        (finding,) = host.preflight(plan, request.output)
        assert finding.severity == "error"
        assert finding.text.startswith(
            ("A matte of disc is missing", "The matte of disc is missing")
        )
        with pytest.raises(HostError, match="matte of disc is missing"):
            host.render(request.output, tmp_path)
        before = request.output.read_bytes()
        with pytest.raises(HostError, match="matte of disc is missing"):
            host.apply(plan, request.output)
        assert request.output.read_bytes() == before


class TestPixels:
    def test_as_exact_as_promised(self, host, tmp_path):
        for report in measure(host, tmp_path):
            assert report.ok, report
            assert list(report.frames) == list(range(1001, 1009))
            assert report.version == host.version()

    def test_a_matte_one_frame_off_is_noticed(self, host, package, ask):
        request = ask()
        plan = moved_by_one(host.plan(package, replace(request, range=(1002, 1006))))
        host.apply(plan, request.output)
        report = host.verify(package, request.output)
        assert not report.ok
        assert min(one.mean for one in report.frames.values()) > 0.015

    def test_a_part_of_the_frames(self, host, package, ask):
        request = ask(range=(1003, 1005))
        made(host, package, request)
        report = host.verify(package, request.output)
        assert report.ok, report
        assert list(report.frames) == [1003, 1004, 1005]

    def test_two_objects_over_a_picture_in_a_moved_folder(self, host, folder, package, ask):
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        picture[:, ::2] = (200, 30, 90)
        write_picture(folder / "back.png", picture)
        request = ask(objects=None, background=str(folder / "back.png"), range=(1004, 1006))
        made(host, package, request)
        place = folder.rename(folder.with_name("elsewhere"))
        report = host.verify(read_package(place / "shot.mattes"), place / request.output.name)
        assert report.ok, report

    def test_where_mattes_overlap_the_plate_is_graded_once(self, host, package, ask):
        request = ask(feature="grade", objects=None, gain=(0.25, 1.5, 0.75), range=(1004, 1005))
        made(host, package, request)
        report = host.verify(package, request.output)
        assert report.ok, report
