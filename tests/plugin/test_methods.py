"""What each method does, on an engine in this process without a network."""

from __future__ import annotations

import json
import os

import cv2
import numpy as np
import pytest
from engine_lines import inside
from small_engines import plate, square

import roto
from roto.budget import need_of
from roto.budget.fitting import TOLERANCE
from roto.budget.needs import Workload
from roto.fake_engine import FakeEngine
from roto_plugin.protocol import MAX_LINE, METHODS

BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]  # the square of frame 1001


def give(line, shot, frame=1001):
    return line.ask(
        "set_keyframe",
        {"frame": frame, "object": "hero", "file": str(shot / f"square.{frame}.png")},
    )


def test_a_shot_from_clip_to_mattes(line, shot):
    status = line.open(shot)
    assert status["clip"]["frames"] == [[1001, 1008]]
    assert (status["clip"]["width"], status["clip"]["height"]) == (56, 40)
    assert status["project"] == str(shot / "a.roto")
    assert give(line, shot) == {"frame": 1001, "objects": ["hero"], "reach": [[1002, 1008]]}
    assert line.ask("propagate") == {"ended": "done", "frames": 7}
    told = [one["params"] for one in line.events]
    assert [one["frame"] for one in told] == list(range(1002, 1009))
    assert [one["done"] for one in told] == list(range(1, 8))
    pattern = str(shot / "mattes" / "{object}.####.png")
    assert line.ask("export", {"pattern": pattern, "range": [1002, 1004]})["files"] == 3
    for frame in (1002, 1003, 1004):
        found = cv2.imread(str(shot / "mattes" / f"hero.{frame}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found > 127, square(frame - 1001) > 0)
    hero = line.ask("status")["objects"][0]
    assert hero["keyframes"] == [[1001, 1001]]
    assert hero["states"] == {"keyframe": [[1001, 1001]], "fresh": [[1002, 1008]]}


def test_what_is_answered_is_on_disk(line, shot):
    line.open(shot)
    give(line, shot)
    with roto.open_session(shot / "a.roto", read_only=True) as session:
        assert [key for key, _ in session.project.keyframes()] == [1001]


def test_shapes_and_absence_are_masks(line, shot):
    line.open(shot)
    line.ask("set_keyframe", {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]})
    line.ask("set_keyframe", {"frame": 1008, "object": "hero", "absent": True})
    line.ask("propagate")
    line.ask("export", {"pattern": str(shot / "m.####.png")})
    first = cv2.imread(str(shot / "m.1001.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(first, square(0) * 255)
    assert not cv2.imread(str(shot / "m.1008.png"), cv2.IMREAD_UNCHANGED).any()
    kind, text = line.refused("set_keyframe", {"frame": 1002, "object": "new", "absent": True})
    assert (kind, "no object 'new'" in text) == ("MaskError", True)


def test_a_label_map_speaks_of_all(line, shot):
    labels = np.zeros((40, 56), np.uint8)
    labels[:10], labels[30:] = 1, 2
    cv2.imwrite(str(shot / "labels.png"), labels)
    line.open(shot)
    found = line.ask("set_keyframe", {"frame": 1003, "file": str(shot / "labels.png")})
    assert found["objects"] == ["object1", "object2"]
    assert found["reach"] == [[1001, 1002], [1004, 1008]]


def test_objects_are_added_renamed_removed_and_all_is_undone(line, shot):
    line.open(shot)
    assert line.ask("add_object", {"name": "van"})["id"] == 1
    assert line.ask("add_object")["name"] == "object2"
    line.ask("rename_object", {"object": 2, "name": "dog"})
    line.ask("remove_object", {"object": "van"})
    assert [one["name"] for one in line.ask("status")["objects"]] == ["dog"]
    assert line.ask("undo") == {"label": "remove object"}
    assert [one["name"] for one in line.ask("status")["objects"]] == ["van", "dog"]
    assert line.ask("redo") == {"label": "remove object"}
    for _ in range(4):
        line.ask("undo")
    assert line.ask("undo") == {"label": None}
    assert line.refused("rename_object", {"object": "cat", "name": "x"})[0] == "MaskError"


def test_a_correction_its_receipt_and_the_way_back(line, shot):
    line.open(shot)
    give(line, shot)
    line.ask("propagate")
    line.ask("accept")
    assert line.ask("receipt") == {"receipt": None}
    mask = {"frame": 1005, "object": "hero", "shapes": [{"points": BOX}]}
    assert line.ask("correct", mask)["reach"] == [[1002, 1004], [1006, 1008]]
    line.ask("propagate")
    receipt = line.ask("receipt", {"limit": 2})["receipt"]
    assert receipt["count"] > 2
    assert len(receipt["changes"]) == 2
    line.ask("revert", {"range": [1002, 1003]})
    assert line.ask("status")["objects"][0]["states"]["open"] == [[1002, 1003]]
    line.ask("remove_keyframe", {"frame": 1005})
    assert line.refused("remove_keyframe", {"frame": 1005})[0] == "KeyframeError"


def test_locks(line, shot):
    line.open(shot)
    give(line, shot)
    line.ask("propagate")
    assert line.ask("lock", {"range": [1002, 1004], "objects": ["hero"]}) == {"locks": [1]}
    found = line.ask("status")
    assert found["locks"] == [{"id": 1, "range": [1002, 1004], "object": "hero", "region": False}]
    assert found["objects"][0]["states"]["locked"] == [[1002, 1004]]
    line.ask("unlock", {"range": [1003, 1003]})
    assert [one["range"] for one in line.ask("status")["locks"]] == [[1002, 1002], [1004, 1004]]
    line.ask("unlock")
    assert line.ask("status")["locks"] == []


def test_what_is_changed_so_that_a_job_fits_into_memory_is_told(line, shot, monkeypatch):
    size = (960, 1344)
    for path in [*(shot / "plate").iterdir(), shot / "square.1001.png"]:
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        cv2.imwrite(str(path), cv2.resize(picture, size[::-1], interpolation=cv2.INTER_NEAREST))
    line.open(shot)
    give(line, shot)
    # The eight frames take 124 MB to keep; there is room for about half of them.
    work = Workload(size, 1, 8, keyframes=1, again=8)
    there = need_of(FakeEngine(), work).ahead * TOLERANCE - 70e6
    monkeypatch.setenv("ROTO_MEMORY", str(int(there)))
    number = line.send("propagate", {"range": [1001, 1003]})
    assert line.answer(number)["result"] == {"ended": "done", "frames": 2}
    note, *progress = line.events
    assert (note["event"], note["id"], note["params"]["about"]) == ("note", number, "memory")
    assert note["params"]["text"].startswith("Encoded frames are kept up to ")
    assert [one["event"] for one in progress] == ["progress"] * 2
    line.events.clear()
    line.ask("propagate", {"range": [1004, 1004]})
    assert [one["event"] for one in line.events] == ["progress"], "it is told once"


def test_a_package(line, shot):
    line.open(shot)
    give(line, shot)
    kind, text = line.refused("package", {"folder": str(shot / "out.mattes")})
    assert (kind, "missing" in text) == ("ExportError", True)
    line.ask("propagate")
    asked = {"folder": str(shot / "out.mattes"), "representations": ["sequence", "png"]}
    assert line.ask("package", asked) == {
        "ended": "done",
        "frames": 8,
        "folder": str(shot / "out.mattes"),
    }
    manifest = json.loads((shot / "out.mattes" / "matte.json").read_text())
    assert manifest["objects"][0]["name"] == "hero"
    assert line.refused("package", asked)[0] == "ExportError"
    line.ask("package", {**asked, "overwrite": True, "range": [1002, 1003], "handles": 1})


def test_exports_that_cannot_be_are_refused(line, shot):
    line.open(shot)
    give(line, shot)
    pattern = str(shot / "m" / "{object}.####.png")
    assert line.refused("export", {"pattern": pattern})[0] == "ExportError"
    line.ask("propagate", {"range": [1002, 1003]})
    assert line.ask("export", {"pattern": pattern, "partial": True})["files"] == 3
    for wrong in (
        {"pattern": pattern, "format": "nonsense"},
        {"pattern": pattern, "bit_depth": 32},
        {"pattern": str(shot / "{who}.png")},
    ):
        assert line.refused("export", {**wrong, "partial": True})[0] == "SettingsError"
    assert line.refused("export", {"pattern": pattern, "objects": ["x"]})[0] == "MaskError"
    assert line.refused("export", {"pattern": pattern, "range": [1, 2]})[0] == "KeyframeError"


def test_a_movie_is_one_file_and_a_pair_are_two(line, shot):
    line.open(shot)
    give(line, shot)
    line.ask("propagate", {"range": [1001, 1003]})
    asked = {"range": [1001, 1003], "content": "cutout"}
    one = {**asked, "pattern": str(shot / "m" / "{object}.mov")}
    assert line.ask("export", one) == {"ended": "done", "frames": 3, "files": 1}
    pair = {**asked, "pattern": str(shot / "m"), "format": "fill-key"}
    assert line.ask("export", pair) == {"ended": "done", "frames": 3, "files": 2}
    found = sorted(path.name for path in (shot / "m").iterdir())
    assert found == ["hero.fill.mov", "hero.key.mov", "hero.mov"]
    holes = {**one, "range": [1001, 1005], "partial": True}
    kind, text = line.refused("export", holes)
    assert (kind, "hero is missing at 1004-1005" in text) == ("ExportError", True)


@pytest.mark.parametrize(
    ("extension", "asked", "alpha"),
    [
        ("exr", {}, b"premultiplied"),
        ("exr", {"premultiplied": False}, b"straight"),
        ("png", {}, b"straight"),
    ],
)
def test_cutouts_are_what_is_usual_in_their_format(line, shot, extension, asked, alpha):
    """As of ``roto export``."""
    line.open(shot)
    give(line, shot)
    pattern = str(shot / "m" / f"{{object}}.####.{extension}")
    asked = {"pattern": pattern, "range": [1001, 1001], "content": "cutout", **asked}
    assert line.ask("export", asked)["files"] == 1
    assert alpha in (shot / "m" / f"hero.1001.{extension}").read_bytes()


OUTSIDE = ["../secret.png", "relative.png", "/nowhere/else.png", "plate/../../x.png", "a\0b.png"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_outside_the_shot_are_refused(line, shot, path):
    (shot.parent / "secret.png").write_bytes((shot / "bar.png").read_bytes())
    line.open(shot)
    text = path if path[:1] in ("/", "r") else f"{shot}/{path}"
    for method, params in (
        ("set_keyframe", {"frame": 1001, "object": "a", "file": text}),
        ("correct", {"frame": 1001, "object": "a", "file": text}),
        ("export", {"pattern": text}),
        ("package", {"folder": text}),
    ):
        assert line.refused(method, params)[0] == "PathError"
    assert line.ask("status")["objects"] == []


def test_links_that_lead_out_are_followed_and_refused(line, shot):
    outside = shot.parent / "outside"
    outside.mkdir()
    (outside / "bar.png").write_bytes((shot / "bar.png").read_bytes())
    (shot / "way").symlink_to(outside)
    (shot / "bar2.png").symlink_to(outside / "bar.png")
    line.open(shot)
    for name in ("way/bar.png", "bar2.png"):
        params = {"frame": 1001, "object": "a", "file": str(shot / name)}
        assert line.refused("set_keyframe", params)[0] == "PathError"
    assert line.refused("export", {"pattern": str(shot / "way" / "m.####.png")})[0] == "PathError"
    assert line.refused("package", {"folder": str(shot / "way" / "p")})[0] == "PathError"
    assert os.listdir(outside) == ["bar.png"]
    line.open(shot, roots=[str(outside)])  # now it is a root
    line.ask("set_keyframe", {"frame": 1001, "object": "a", "file": str(shot / "bar2.png")})


def test_a_disk_s_root_is_no_root(line, shot):
    line.open(shot, roots=[shot.anchor])
    params = {"frame": 1001, "object": "a", "file": "/nowhere/else.png"}
    assert line.refused("set_keyframe", params)[0] == "PathError"


WRONG = [
    ("open", {}),
    ("open", {"clip": 7}),
    ("open", {"clip": "x", "more": 1}),
    ("open", {"clip": "/x", "rate": "24/0"}),
    ("open", {"clip": "/x", "settings": {"short_side": 1}}),
    ("add_object", {"name": ""}),
    ("add_object", {"name": "x" * 201}),
    ("set_keyframe", {"frame": 1001}),
    ("set_keyframe", {"frame": 1001.0, "object": "a", "absent": True}),
    ("set_keyframe", {"frame": True, "object": "a", "absent": True}),
    ("set_keyframe", {"frame": "1001", "object": "a", "absent": True}),
    ("set_keyframe", {"frame": 1001, "object": "a", "absent": True, "file": "/x"}),
    ("set_keyframe", {"frame": 1001, "object": "a", "absent": False}),
    ("set_keyframe", {"frame": 1001, "object": "a", "shapes": []}),
    ("set_keyframe", {"frame": 1001, "object": "a", "shapes": [{"points": [[1], [2]]}]}),
    ("set_keyframe", {"frame": 1001, "object": "a", "shapes": [{"points": [[1e9, 0], [0, 0]]}]}),
    ("set_keyframe", {"frame": 1001, "object": "a", "shapes": [{"points": BOX, "closed": False}]}),
    ("propagate", {"range": [1]}),
    ("propagate", {"direction": "up"}),
    ("propagate", {"objects": []}),
    ("cancel", {"request": -1}),
    ("receipt", {"limit": 0}),
    ("lock", {}),
    ("export", {}),
    ("package", {"folder": "/x", "representations": ["jpeg"]}),
    ("quit", {"now": True}),
]


@pytest.mark.parametrize(("method", "params"), WRONG)
def test_parameters_of_wrong_types_are_refused(line, method, params):
    kind, text = line.refused(method, params)
    assert kind == "ParamsError"
    assert method in text
    assert line.ask("cancel") == {"cancelled": False}


@pytest.mark.parametrize("method", [n for n, m in METHODS.items() if m.project])
def test_nothing_works_on_a_project_before_one_is_open(line, method):
    enough = {
        "rename_object": {"object": 1, "name": "x"},
        "remove_object": {"object": 1},
        "set_keyframe": {"frame": 1, "object": "a", "absent": True},
        "correct": {"frame": 1, "object": "a", "absent": True},
        "remove_keyframe": {"frame": 1},
        "lock": {"range": [1, 2]},
        "export": {"pattern": "/x.png"},
        "package": {"folder": "/x"},
    }
    assert line.refused(method, enough.get(method))[0] == "StateError"


def test_requests_that_are_none(line):
    line.raw(b'{"id": 7}\n')
    line.raw(b'{"method": "models"}\n')
    line.raw(b'{"id": "7", "method": "models"}\n')
    line.raw(b'{"id": 8, "method": "models", "params": []}\n')
    line.raw(b'{"id": 9, "method": "models", "jsonrpc": "2.0"}\n')
    line.raw(b'{"id": 10, "method": "nothing"}\n')
    found = [line.receive() for _ in range(6)]
    assert [one["id"] for one in found] == [7, None, None, 8, 9, 10]
    assert [one["error"]["kind"] for one in found] == ["RequestError"] * 5 + ["MethodError"]
    line.raw(b"x" * (MAX_LINE + 10) + b"\n")
    assert line.receive()["error"]["kind"] == "TooLongError"
    assert line.refused("hello", {"protocol": 1, "client": "again"})[0] == "RequestError"


def test_the_first_request_is_hello_of_this_protocol(pretended):
    with inside() as line:
        assert line.refused("models")[0] == "StateError"
        kind, text = line.refused("hello", {"protocol": 2, "client": "of tomorrow"})
        assert (kind, "update the roto environment" in text) == ("VersionError", True)
        kind, text = line.refused("hello", {"protocol": 0, "client": "of yesterday"})
        assert (kind, "update the host's add-on" in text) == ("VersionError", True)
        assert line.hello()["roto"] == roto.__version__


def test_opening_what_cannot_be_opened(line, shot, tmp_path):
    clip, project = str(shot / "plate" / "p.####.png"), str(shot / "a.roto")
    ask = {"clip": clip, "project": project}
    assert line.refused("open", {"project": project})[0] == "ProjectNotFoundError"
    assert line.refused("open", {"clip": "plate.mov"})[0] == "PathError"
    assert line.refused("open", {**ask, "clip": str(shot / "no.mov")})[0] == "ClipNotFoundError"
    assert line.refused("open", {**ask, "model": "huge"})[0] == "WeightsNotFoundError"
    assert not (shot / "a.roto").exists()
    assert line.refused("status")[0] == "StateError"
    line.ask("open", ask)
    line.ask("close")
    other = tmp_path / "other.png"
    cv2.imwrite(str(other), plate(1)[0, ..., ::-1])
    kind, text = line.refused("open", {"clip": str(other), "project": project})
    assert (kind, "about another clip" in text) == ("StateError", True)
    (shot / "bad.roto").write_bytes(b"nonsense" * 100)
    bad = {"project": str(shot / "bad.roto")}
    assert line.refused("open", bad)[0] == "ProjectDamagedError"


def test_a_project_that_another_process_edits_can_be_looked_at(line, shot):
    line.open(shot)
    give(line, shot)
    line.ask("close")
    with roto.open_session(shot / "a.roto"):
        project = {"project": str(shot / "a.roto")}
        assert line.refused("open", project)[0] == "ProjectLockedError"
        assert line.ask("open", {**project, "read_only": True})["read_only"]
        assert line.refused("add_object")[0] == "ProjectReadOnlyError"
        line.ask("close")


def test_a_clip_that_moved_is_found_again_and_a_frame_rate_is_kept(line, shot):
    assert line.open(shot, rate="24000/1001")["clip"]["rate"] == "24000/1001"
    line.ask("close")
    (shot / "plate").rename(shot / "elsewhere")
    project = {"project": str(shot / "a.roto")}
    assert line.refused("open", project)[0] == "ClipNotFoundError"
    clip = str(shot / "elsewhere" / "p.####.png")
    found = line.ask("open", {**project, "clip": clip})
    assert (found["clip"]["path"], found["clip"]["rate"]) == (clip, "24000/1001")


def test_a_clip_without_a_project_gets_that_of_the_app(line, shot, tmp_path, monkeypatch):
    monkeypatch.setenv("ROTO_CONFIG", str(tmp_path / "mine"))
    found = line.ask("open", {"clip": str(shot / "plate" / "p.####.png")})
    assert found["project"].startswith(str(tmp_path / "mine" / "projects"))


def test_a_network_s_settings_are_the_project_s(line, shot):
    line.open(shot, settings={"short_side": 64})
    line.ask("close")
    line.open(shot)
    give(line, shot)
    line.ask("propagate")
    line.ask("close")
    found = line.open(shot, settings={"short_side": 96})
    assert "stale" in found["objects"][0]["states"]


def test_a_fault_of_roto_costs_one_request(line, shot, monkeypatch, caplog):
    line.open(shot)

    def fail(*given, **more):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(roto.session.Session, "add_object", fail)
    kind, text = line.refused("add_object")
    assert (kind, "ZeroDivisionError" in text) == ("InternalError", True)
    assert "a fault" in caplog.text  # with its traceback, for the log
    monkeypatch.setattr(roto.session.Session, "propagate", fail)
    assert line.refused("propagate")[0] == "InternalError"
    assert line.ask("set_keyframe", {"frame": 1001, "object": "a", "shapes": [{"points": BOX}]})


def test_the_check_says_what_is_wrong_and_what_to_do(line, shot):
    found = line.ask("check", {"model": "huge", "folder": str(shot)})
    checks = {one["name"]: one for one in found["checks"]}
    names = ["python", "roto", "packages", "torch", "device", "model", "disk"]
    assert list(checks) == names
    assert not found["ok"]
    assert not checks["model"]["ok"]
    assert checks["model"]["advice"]
    assert all(checks[name]["ok"] for name in names if name not in ("model", "disk"))
    assert line.ask("models")["models"][0]["name"] == "small"
