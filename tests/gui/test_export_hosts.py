"""A project for another program, exported by the real window: the shell writes the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_exports import choose, opened, ready, written
from gui_projects import COUNT, FIRST, square_at, write_clip
from gui_windows import end, make_window, settle, show
from real_hosts import present
from shell_projects import pretend

import roto
from roto.cli import main
from roto.package import read_package
from roto_gui.export.choices import Choices, project_name
from roto_gui.export.hosts import hosts
from roto_plugin.hosts.mlt import MltHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.export.dialog import ExportDialog
    from roto_gui.main_window import MainWindow


@pytest.fixture
def shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in which the square was painted once and found everywhere."""
    pretend(monkeypatch)
    clip = write_clip(tmp_path / "plates")
    with roto.new_session(clip, tmp_path / "shot.roto") as session:
        session.set_keyframe(FIRST, {"square": square_at(0)})
        list(session.propagate())
    return str(tmp_path / "shot.roto")


@pytest.fixture
def window(qtbot: QtBot, shot: str) -> Iterator[MainWindow]:
    made = make_window()
    made.files.engine = None  # as the shell has it
    show(qtbot, made, shot)
    yield made
    end(made)


def project_dialog(window: MainWindow, folder: Path, host: str = "mlt") -> ExportDialog:
    """The dialog with a project for a host chosen."""
    dialog = opened(window, folder)
    choose(dialog, format="project")
    dialog.form.host.host.setCurrentIndex(dialog.form.host.host.findData(host))
    return dialog


def test_it_is_what_the_shell_writes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shot: str
) -> None:
    dialog = project_dialog(window, tmp_path / "app")
    window.work.set_range(FIRST + 2, FIRST + 5)
    dialog.form.package.handles.setValue(1)
    assert dialog.form.name.text() == "plate"
    assert dialog.form.extension.text() == ".mlt"
    assert not dialog.form.look.content.isVisible()
    assert dialog.summary.files.text().splitlines()[-1] == "plate.mlt"
    announced = dialog.summary.total.text()
    request = written(qtbot, dialog, window)
    assert (request.kind, request.host, request.also) == ("project", "mlt", ("movie",))
    more = ["--handles", "1", "--range", f"{FIRST + 2}-{FIRST + 5}"]
    (tmp_path / "script").mkdir()
    target = str(tmp_path / "script" / "plate.mlt")
    assert main(["export", shot, "--host", "mlt", "-o", target, *more]) == 0
    ours, theirs = tmp_path / "app", tmp_path / "script"
    assert (ours / "plate.mlt").read_bytes() == (theirs / "plate.mlt").read_bytes()
    names = sorted(p.relative_to(ours).as_posix() for p in ours.rglob("*") if p.is_file())
    assert announced.startswith(f"{len(names)} files")
    for name in names:
        if name != "plate.mattes/matte.json":  # it holds the time
            assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
    said = window.notices.what
    qtbot.waitUntil(lambda: "plate.mlt is written for MLT" in said.text())  # told after the end
    assert "Not kept: " in said.text()


@pytest.mark.hosts
def test_the_host_shows_what_was_chosen(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    present("mlt")
    dialog = project_dialog(window, tmp_path / "app")
    assert dialog.form.host.background.isEnabled()
    dialog.form.host.feature.setCurrentIndex(dialog.form.host.feature.findData("alpha"))
    assert not dialog.form.host.background.isEnabled()
    written(qtbot, dialog, window)
    package = read_package(tmp_path / "app" / "plate.mattes")
    report = MltHost().verify(package, tmp_path / "app" / "plate.mlt")
    assert report.ok, report
    assert report.way.feature == "alpha"
    assert len(report.frames) == COUNT


def test_it_is_replaced_when_that_was_allowed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    written(qtbot, project_dialog(window, tmp_path / "app"), window)
    before = (tmp_path / "app" / "plate.mlt").read_bytes()
    dialog = opened(window, tmp_path / "app")  # the last choice is there again
    dialog.form.host.background.set_colour((255, 0, 0))
    ready(qtbot, dialog)
    assert dialog.summary.replace.text() == "Replace the project and the package that exist"
    assert not dialog.export_button.isEnabled()
    dialog.summary.replace.click()
    written(qtbot, dialog, window)
    after = (tmp_path / "app" / "plate.mlt").read_bytes()
    assert after == before.replace(b"#00ff00", b"#ff0000")
    dialog = opened(window, tmp_path / "app")
    (tmp_path / "app" / "plate.mattes" / "notes.txt").write_text("mine")
    dialog.form.name.setText("other")
    dialog.form.name.setText("plate")
    ready(qtbot, dialog)
    assert "notes.txt" in dialog.summary.problem.text()
    assert not dialog.export_button.isEnabled()
    dialog.reject()


def test_a_program_that_writes_its_projects_itself_must_be_here(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROTO_HOSTS", raising=False)
    dialog = project_dialog(window, tmp_path / "app", "blender-4.2")
    assert dialog.form.extension.text() == ".blend"
    ready(qtbot, dialog)
    assert dialog.summary.problem.text().startswith("Only Blender 4.2 writes its projects")
    assert not dialog.export_button.isEnabled()
    dialog.reject()


def test_no_frame_may_be_missing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.document.paint_new(FIRST, square_at(0).astype(np.float32), object())
    settle(qtbot, window)
    dialog = project_dialog(window, tmp_path / "app", "blender-4.2")
    assert dialog.summary.problem.text().startswith("A project needs every frame")
    assert not dialog.summary.partial.isVisible()
    dialog.reject()


def test_all_programs_but_the_one_for_tests() -> None:
    assert list(hosts()) == ["mlt", "blender-4.2", "blender-4.5", "blender-5.0"]
    assert hosts()["mlt"].features == ("cutout", "grade", "alpha")


def test_what_is_remembered(window: MainWindow) -> None:
    chosen = Choices("project", host="blender-5.0", feature="alpha", backdrop=(1, 2, 3))
    assert Choices.of(json.loads(json.dumps(chosen.values()))) == chosen
    assert Choices.of({"feature": "sound", "host": 3, "backdrop": [1, 2]}) == Choices()
    assert Choices.of(chosen.named("v2").lasting()).project == ""
    snapshot = window.document.snapshot
    assert snapshot is not None
    assert project_name(snapshot.clip) == "plate"
