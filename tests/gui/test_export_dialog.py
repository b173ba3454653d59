"""The export dialog: what it asks for, what it says first, and what it never does unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from gui_exports import FRAMES, choose, dialog_on, known, press, ready
from PySide6.QtCore import Qt

from roto.export.contract import Look
from roto.media.source import Clip
from roto_gui.document.opening import project_of
from roto_gui.export.choices import Choices, default_folder, folder_token, request_of
from roto_gui.export.dialog import ExportDialog
from roto_gui.export.offers import OFFERS
from roto_gui.export.sizes import estimate, size_words
from roto_gui.settings.config import Config
from roto_gui.state import ExportRequest, Snapshot

HERO, VAN = known(1, "hero", keyframe=(1001,)), known(3, "white van", keyframe=(1001,))


@pytest.fixture
def shot(tmp_path):
    clip = Clip(str(tmp_path / "plate.%04d.exr"), 1920, 1080, len(FRAMES), FRAMES[0])
    return Snapshot(clip, FRAMES, (HERO, VAN), path=tmp_path / "shot.roto")


@pytest.fixture
def dialog(qtbot, shot):
    made = dialog_on(qtbot, shot)
    ready(qtbot, made)
    return made


class TestRequest:
    def test_as_it_opens(self, dialog, tmp_path):
        assert not dialog.isModal()
        assert press(dialog) == ExportRequest(
            str(tmp_path / "mattes" / "{object}" / "{object}.####.exr"),
            (1, 3),
            1001,
            1010,
            Look(bit_depth=16),
            "exr",
        )

    @pytest.mark.parametrize(
        ("name", "extension", "depth"),
        [
            ("exr", ".exr", 16),
            ("exr", ".exr", 32),
            ("png", ".png", 8),
            ("png", ".png", 16),
            ("tiff", ".tif", 16),
        ],
    )
    def test_formats(self, dialog, name, extension, depth):
        choose(dialog, format=name, depth=depth)
        request = dialog.request()
        assert request.pattern.endswith("{object}.####" + extension)
        assert (request.format, request.look) == (name, Look(bit_depth=depth))
        assert dialog.form.extension.text() == extension
        assert "Linear and straight" in dialog.summary.numbers.text()
        assert "premultiplied" in dialog.summary.numbers.text()

    def test_label_maps(self, dialog, qtbot):
        choose(dialog, format="labels")
        ready(qtbot, dialog)
        for box in (dialog.form.look.content, dialog.form.look.alpha, dialog.form.look.depth):
            assert not box.isEnabled()
            assert box.toolTip()
        assert "0 is background" in dialog.summary.numbers.text()
        assert dialog.summary.files.text().startswith("labels.1001.png\n")
        assert dialog.summary.total.text().startswith("10 files")
        request = press(dialog)
        assert (request.kind, request.look.bit_depth) == ("labels", None)

    def test_objects(self, dialog, qtbot):
        dialog.form.objects.item(0).setCheckState(Qt.CheckState.Unchecked)
        ready(qtbot, dialog)
        assert "white van/white van.1001.exr" in dialog.summary.files.text()
        assert "hero" not in dialog.summary.files.text()
        assert press(dialog).objects == (3,)

    def test_frames(self, dialog, qtbot):
        dialog.set_range(1003, None)
        assert (dialog.request().first, dialog.request().last) == (1003, 1010)
        assert dialog.form.first.value() == 1003
        dialog.form.span.setCurrentIndex(dialog.form.span.findData("all"))
        assert dialog.request().first == 1001
        dialog.form.span.setCurrentIndex(dialog.form.span.findData("custom"))
        dialog.form.first.setValue(1005)
        dialog.form.last.setValue(1006)
        ready(qtbot, dialog)
        assert dialog.summary.total.text().startswith("4 files")
        request = press(dialog)
        assert (request.first, request.last) == (1005, 1006)

    def test_tokens_go_where_the_cursor_is(self, dialog):
        dialog.form.name.setText("v1_x")
        dialog.form.name.setCursorPosition(3)
        dialog.form.tokens["{object}"].click()
        dialog.form.name.end(False)
        dialog.form.tokens["####"].click()
        assert dialog.form.name.text() == "v1_{object}x####"

    def test_a_folder_of_the_artists(self, dialog, tmp_path):
        dialog.form.set_folder(str(tmp_path / "elsewhere"))
        assert dialog.request().pattern.startswith(str(tmp_path / "elsewhere"))


class TestPreview:
    def test_names_count_and_size(self, dialog):
        assert dialog.summary.files.text().split("\n") == [
            "hero/hero.1001.exr",
            "white van/white van.1001.exr",
            "…",
            "white van/white van.1010.exr",
        ]
        assert dialog.summary.total.text() == "20 files, about 2.7 MB"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("{object}", "add %04d or ####"),
            ("####", "add {object}"),
            ("{frame}", "the only name in braces"),
            ("", "need a name"),
        ],
    )
    def test_what_cannot_be_is_said_at_once(self, dialog, name, words):
        dialog.form.name.setText(name)
        assert words in dialog.summary.problem.text()
        assert dialog.summary.problem.isVisible()
        assert dialog.summary.files.isHidden()
        assert not dialog.export_button.isEnabled()
        dialog.form.name.setText("{object}.####")
        assert dialog.summary.problem.isHidden()
        assert dialog.summary.files.isVisible()

    def test_no_object_is_ticked(self, dialog):
        for row in range(2):
            dialog.form.objects.item(row).setCheckState(Qt.CheckState.Unchecked)
        assert dialog.summary.problem.text() == "No object is ticked."
        assert not dialog.export_button.isEnabled()

    def test_a_range_without_frames(self, dialog):
        dialog.form.span.setCurrentIndex(dialog.form.span.findData("custom"))
        dialog.form.last.setValue(900)
        assert "no frame of the clip" in dialog.summary.problem.text()

    def test_a_folder_that_would_be_taken_for_a_number(self, dialog):
        dialog.form.set_folder("/shows/take #3")
        assert "“#”" in dialog.summary.problem.text()
        assert folder_token("/shows/%04d") == "%04d"
        assert folder_token("/shows/100%/a b") is None


class TestGaps:
    def test_missing_and_stale_frames_are_counted(self, dialog, qtbot, shot):
        hero = known(1, "hero", missing=(1002, 1003), open=(1004,), stale=(1008, 1009))
        dialog.set_snapshot(replace(shot, objects=(hero, VAN)))
        assert dialog.summary.gaps.text() == "Frames not propagated yet: hero 3."
        assert dialog.summary.stale.text().endswith("hero 2.")
        assert not dialog.export_button.isEnabled()
        dialog.summary.partial.click()
        assert press(dialog).partial
        dialog.open()
        assert not dialog.summary.partial.isChecked()

    def test_outside_the_range_they_do_not_matter(self, dialog, qtbot, shot):
        hero = known(1, "hero", missing=(1002,), stale=(1008,))
        dialog.set_snapshot(replace(shot, objects=(hero, VAN)))
        dialog.set_range(1003, 1006)
        assert dialog.summary.gaps.isHidden()
        assert dialog.summary.stale.isHidden()
        ready(qtbot, dialog)
        assert not press(dialog).partial

    def test_they_go_as_work_goes_on(self, dialog, qtbot, shot):
        hero = known(1, "hero", missing=(1002,))
        dialog.set_snapshot(replace(shot, objects=(hero, VAN)))
        assert not dialog.export_button.isEnabled()
        dialog.set_snapshot(shot)
        assert dialog.summary.gaps.isHidden()
        ready(qtbot, dialog)
        assert not press(dialog).partial


class TestExistingFiles:
    @pytest.fixture
    def taken(self, dialog, qtbot, tmp_path):
        (tmp_path / "mattes" / "hero").mkdir(parents=True)
        for frame in (1002, 1003):
            (tmp_path / "mattes" / "hero" / f"hero.{frame}.exr").write_bytes(b"mine")
        dialog.open()
        ready(qtbot, dialog)
        return dialog

    def test_replacing_is_asked_once(self, taken, qtbot):
        assert taken.summary.replace.text() == "Replace 2 files that exist"
        assert not taken.export_button.isEnabled()
        taken.summary.replace.click()
        assert press(taken).overwrite
        taken.open()
        ready(qtbot, taken)
        assert not taken.summary.replace.isChecked()
        assert not taken.export_button.isEnabled()

    def test_other_names_need_no_permission(self, taken, qtbot):
        taken.summary.replace.click()
        taken.form.name.setText("{object}_v2.####")
        assert not taken.export_button.isEnabled()  # until the disk was looked at again
        ready(qtbot, taken)
        assert taken.summary.replace.isHidden()
        assert not press(taken).overwrite


class TestChoices:
    def test_they_come_back(self, dialog, qtbot, shot, tmp_path):
        choose(dialog, format="png", depth=16)
        dialog.form.name.setText("{object}_####")
        dialog.form.objects.item(1).setCheckState(Qt.CheckState.Unchecked)
        dialog.form.set_folder(str(tmp_path / "out"))
        values = json.loads(json.dumps(dialog.choices()))
        other = ExportDialog()
        qtbot.addWidget(other)
        other.set_choices(values)
        other.set_snapshot(shot)
        assert other.choices() == values
        assert other.request() == dialog.request()
        assert other.request().objects == (1,)

    def test_the_default_folder_is_not_remembered(self, dialog, shot, tmp_path):
        assert dialog.choices()["folder"] == ""
        other = tmp_path / "other"
        other.mkdir()
        dialog.set_snapshot(replace(shot, clip=replace(shot.clip, path=str(other / "b.mov"))))
        assert dialog.form.folder.text() == str(other / "mattes")

    def test_mattes_lie_beside_the_clip_or_the_project_but_never_in_rotos_own_folder(
        self, shot, tmp_path, monkeypatch
    ):
        assert default_folder(shot) == str(tmp_path / "mattes")
        gone = replace(shot, clip=replace(shot.clip, path="/nowhere/plates/a.%04d.exr"))
        assert default_folder(gone) == str(tmp_path / "mattes")  # beside the project
        mine = project_of("/nowhere/plates/a.%04d.exr")
        mine.parent.mkdir(parents=True)
        assert default_folder(replace(gone, path=mine)) == str(Path.home() / "mattes")
        with as_file(files("roto_resources") / "clips" / "sample.mp4") as sample:
            of_sample = replace(gone, path=mine, clip=replace(shot.clip, path=str(sample)))
        assert default_folder(of_sample) == str(Path.home() / "mattes")
        monkeypatch.setattr("os.access", lambda *_: False)
        assert default_folder(shot) == str(Path.home() / "mattes")

    def test_what_fits_other_projects_is_remembered(self, dialog, tmp_path):
        choose(dialog, format="png", depth=16)
        dialog.form.set_folder(str(tmp_path / "out"))
        dialog.form.objects.item(1).setCheckState(Qt.CheckState.Unchecked)
        config = Config()
        config.update(export=dialog.lasting())
        found = Choices.of(Config().preferences.export)
        assert found == Choices(format="png", bit_depth=16)

    def test_the_list_is_as_high_as_its_objects(self, dialog, shot):
        two = dialog.form.objects.height()
        dialog.set_snapshot(replace(shot, objects=(HERO,)))
        assert dialog.form.objects.height() < two < 80

    def test_nonsense_is_as_if_never_chosen(self):
        values = {"format": "gif", "span": 7, "first": "x", "left_out": ["a"], "colour": 1}
        values |= {"content": "all", "alpha": [], "also": ["gif"], "handles": -1, "name": None}
        assert Choices.of(values) == Choices(left_out=("a",))
        assert Choices.of(Choices(name="x").values()) == Choices(name="x")

    def test_sizes(self, shot):
        assert [size_words(n) for n in (12, 4_200, 340_000_000, 1.24e9, 3e12)] == [
            "12 bytes", "4.2 KB", "340 MB", "1.2 GB", "3.0 TB",
        ]  # fmt: skip

        def size(choices):
            return estimate(choices, shot, request_of(choices, shot, (None, None)), 10)

        known = [name for name in OFFERS if size(Choices(name)) > 100_000]
        assert known == list(OFFERS)
        assert size(Choices()) < size(Choices(bit_depth=32)) < size(Choices(content="cutout"))
        assert size(Choices(left_out=("hero", "white van"))) == 5_000


class TestOpenAndClose:
    def test_without_objects(self, dialog, shot):
        dialog.set_snapshot(replace(shot, objects=()))
        assert "no objects" in dialog.summary.problem.text()
        assert not dialog.export_button.isEnabled()

    def test_it_goes_with_the_project(self, dialog):
        dialog.set_snapshot(None)
        assert dialog.isHidden()
        assert dialog.request() is None

    def test_the_folder_is_chosen_beside_the_work(self, dialog, tmp_path):
        dialog.form.browse.click()
        chooser = dialog.file_dialog
        assert not chooser.isModal()
        chooser.fileSelected.emit(str(tmp_path))
        assert dialog.form.folder.text() == str(tmp_path)
        chooser.close()
        assert dialog.file_dialog is None
