"""All formats of the core in the export dialog: what it offers, refuses and says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gui_exports import FRAMES, choose, dialog_on, known, press, ready, why_not

from roto.export.contract import Look
from roto.export.registry import FORMATS
from roto.media.source import Clip
from roto_gui.export.choices import Choices, package_name
from roto_gui.export.dialog import ExportDialog
from roto_gui.export.listing import preview
from roto_gui.export.offers import OFFERS
from roto_gui.export.words import group_title, purpose, title
from roto_gui.state import Snapshot

NAMES = {1: "hero", 2: "van"}


@pytest.fixture
def shot(tmp_path):
    clip = Clip(str(tmp_path / "sh010.%04d.exr"), 96, 64, len(FRAMES), FRAMES[0])
    return Snapshot(clip, FRAMES, (known(1, "hero"), known(2, "van")), path=tmp_path / "shot.roto")


@pytest.fixture
def dialog(qtbot, shot):
    return dialog_on(qtbot, shot)


def shown(dialog):
    return dialog.summary.files.text().split("\n")


class TestOffers:
    def test_every_format_of_the_core_is_there_under_a_heading(self, dialog):
        box = dialog.form.format
        rows = [box.rows.item(row) for row in range(box.count())]
        listed, groups = [], {}
        for item in rows:
            if not item.isEnabled():
                heading = item.text()
                continue
            listed.append(box.itemData(item.row()))
            groups.setdefault(heading, []).append(listed[-1])
        assert set(listed) == {*FORMATS, "labels", "package", "project"}
        for offer in OFFERS.values():
            assert offer.name in groups[group_title(offer.group)]
            assert purpose(offer)
            assert title(offer) != getattr(offer.format, "title", "") or offer.name in (
                "png",
                "tiff",
            )

    @pytest.mark.parametrize("name", FORMATS)
    def test_what_a_format_lacks_is_greyed_and_says_why(self, dialog, name):
        choose(dialog, format=name)
        format = FORMATS[name]
        assert (len(format.contents) == 1) != dialog.form.look.content.isEnabled()
        for content in ("matte", "cutout", "over") if len(format.contents) > 1 else ():
            assert bool(why_not(dialog, "content", content)) == (content not in format.contents)
        for bits in (8, 10, 16, 32):
            if len(format.depths) > 1:
                assert bool(why_not(dialog, "depth", bits)) == (bits not in format.depths)
        assert (len(format.depths) == 1) != dialog.form.look.depth.isEnabled()
        assert dialog.form.look.depth.currentData() == format.depths[0]
        for content in format.contents:
            if len(format.contents) > 1:
                choose(dialog, content=content)
            either = content == "cutout" and len(format.premultiplied) == 2
            assert bool(why_not(dialog, "alpha", "straight")) != either
        assert not dialog.problem()

    def test_what_was_wished_for_comes_back_with_a_format_that_holds_it(self, dialog):
        choose(dialog, format="tiff", content="over", depth=32)
        dialog.form.look.colour.set_colour((0, 255, 51))
        choose(dialog, format="cryptomatte")
        assert dialog.request().look == Look(bit_depth=32)
        assert dialog.form.look.colour.isHidden()
        choose(dialog, format="prores-4444")
        assert dialog.request().look == Look("over", colour=(0, 1, 0.2), bit_depth=10)
        choose(dialog, format="exr")
        assert dialog.request().look.bit_depth == 32
        other = ExportDialog(dialog)
        other.set_choices(dialog.lasting())
        other.set_snapshot(dialog._snapshot)
        assert other.request() == dialog.request()

    def test_cut_outs_are_as_programs_expect_them(self, dialog):
        choose(dialog, format="exr", content="cutout")
        assert dialog.request().look.premultiplied
        assert "Premultiplied" in dialog.summary.numbers.text()
        assert "Linear light, from the plate" in dialog.summary.numbers.text()
        choose(dialog, format="tiff")
        assert not dialog.request().look.premultiplied
        assert "also where alpha is 0" in dialog.summary.numbers.text()
        choose(dialog, alpha="premultiplied")
        assert dialog.request().look.premultiplied
        choose(dialog, format="png")
        assert not dialog.request().look.premultiplied  # it knows straight only
        assert "straight" in why_not(dialog, "alpha", "premultiplied")

    def test_the_colour_behind_a_linear_plate_looks_as_it_was_chosen(self, dialog, shot):
        dialog.set_snapshot(replace(shot, clip=replace(shot.clip, colour_space="linear")))
        choose(dialog, format="png", content="over")
        dialog.form.look.colour.set_colour((255, 128, 0))
        red, green, blue = dialog.request().look.colour
        assert (red, blue) == (1, 0)
        assert green == pytest.approx(0.21586, abs=1e-5)
        assert "clipped to 0..1" in dialog.summary.numbers.text()


class TestMovies:
    def test_names_have_no_frame_number(self, dialog):
        choose(dialog, format="ffv1")
        assert dialog.form.name.text() == "{object}"
        assert not dialog.form.tokens["####"].isEnabled()
        assert "movie" in dialog.form.tokens["####"].toolTip()
        assert shown(dialog) == ["hero.mkv", "van.mkv"]
        assert dialog.summary.total.text().startswith("2 files")
        dialog.form.name.setText("{object}_####")
        assert "take the frame number out" in dialog.summary.problem.text()
        dialog.form.name.setText("m/{object}_v2")
        choose(dialog, format="png")
        assert shown(dialog)[0] == "hero/hero.1001.png"
        choose(dialog, format="vp9")
        assert shown(dialog) == ["m/hero_v2.webm", "m/van_v2.webm"]

    def test_fill_and_key_are_two_files(self, dialog, qtbot, tmp_path):
        choose(dialog, format="fill-key")
        assert dialog.request().look.content == "cutout"
        assert shown(dialog) == ["hero.fill.mov", "hero.key.mov", "van.fill.mov", "van.key.mov"]
        assert dialog.form.extension.text() == ".fill.mov, .key.mov"
        choose(dialog, content="matte")
        assert shown(dialog) == ["hero.key.mov", "van.key.mov"]
        (tmp_path / "mattes").mkdir()
        (tmp_path / "mattes" / "van.key.mov").write_bytes(b"mine")
        dialog.open()
        ready(qtbot, dialog)
        assert dialog.summary.replace.text() == "Replace the file that exists"

    def test_frames_that_are_not_known_cannot_be_left_out(self, dialog, qtbot, shot):
        choose(dialog, format="prores-4444")
        gap = replace(shot, objects=(known(1, "hero", missing=(1004,)), known(2, "van")))
        dialog.set_snapshot(gap)
        assert "cannot leave frames out" in dialog.summary.problem.text()
        assert dialog.summary.partial.isHidden()
        assert "hero 1" in dialog.summary.gaps.text()
        choose(dialog, format="png")
        assert dialog.summary.partial.isVisible()
        choose(dialog, format="prores-4444")
        dialog.set_snapshot(shot)  # it was propagated meanwhile
        ready(qtbot, dialog)
        assert press(dialog).format == "prores-4444"

    def test_holes_in_the_plate(self, dialog, shot):
        choose(dialog, format="qt-animation")
        dialog.set_snapshot(replace(shot, frames=(1001, 1002, 1005)))
        assert "between frame 1002 and frame 1005" in dialog.summary.problem.text()
        assert not dialog.export_button.isEnabled()


class TestTogether:
    @pytest.mark.parametrize("name", ["exr-layers", "exr-parts", "cryptomatte"])
    def test_one_file_per_frame(self, dialog, name):
        choose(dialog, format=name)
        assert shown(dialog) == ["mattes.1001.exr", "…", "mattes.1010.exr"]
        assert dialog.summary.total.text().startswith("10 files")
        assert "“mattes”" in dialog.form.tokens["{object}"].toolTip()


class TestPackage:
    def test_what_is_in_it(self, dialog, qtbot, tmp_path):
        assert dialog.form.package.boxes["png"].isHidden()
        choose(dialog, format="package")
        dialog.form.package.boxes["cryptomatte"].click()
        dialog.form.package.boxes["movie"].click()
        assert shown(dialog) == [
            "sh010.mattes/exr/hero/hero.1001.exr",
            "sh010.mattes/cryptomatte/sh010.1001.exr",
            "sh010.mattes/qt-animation/hero.mov",
            "…",
            "sh010.mattes/matte.json",
        ]
        assert dialog.summary.total.text().startswith("33 files")  # 20 + 10 + 2 + 1
        ready(qtbot, dialog)
        request = press(dialog)
        assert (request.kind, request.also) == ("package", ("cryptomatte", "movie"))
        assert request.pattern == str(tmp_path / "mattes" / "sh010.mattes")
        assert len(preview(request, NAMES, FRAMES)) == 33
        assert dialog.choices()["package"] == ""  # of another clip it is called otherwise

    def test_handles_reach_beyond_the_range(self, dialog, shot):
        choose(dialog, format="package")
        dialog.set_range(1004, 1006)
        gap = replace(shot, objects=(known(1, "hero", missing=(1002,)), known(2, "van")))
        dialog.set_snapshot(gap)
        assert dialog.summary.gaps.isHidden()
        dialog.form.package.handles.setValue(2)
        assert dialog.summary.gaps.text().endswith("hero 1.")
        assert dialog.summary.partial.isVisible()
        assert dialog.summary.total.text().startswith("15 files")
        dialog.form.package.boxes["movie"].click()
        assert "cannot leave frames out" in dialog.summary.problem.text()
        dialog.form.span.setCurrentIndex(dialog.form.span.findData("all"))
        assert not dialog.form.package.handles.isEnabled()
        assert dialog.form.package.handles.toolTip()

    def test_a_folder_of_the_artists_is_never_replaced(self, dialog, qtbot, tmp_path):
        mine = tmp_path / "mattes" / "sh010.mattes"
        mine.mkdir(parents=True)
        choose(dialog, format="package")
        ready(qtbot, dialog)
        assert dialog.export_button.isEnabled()  # it is empty
        (mine / "notes.txt").write_text("mine")
        dialog.open()
        ready(qtbot, dialog)
        assert "Move it away first" in dialog.summary.problem.text()
        assert dialog.summary.replace.isHidden()
        assert not dialog.export_button.isEnabled()
        dialog.form.name.setText("other.mattes")
        ready(qtbot, dialog)
        assert dialog.export_button.isEnabled()

    def test_another_clip_is_not_called_as_the_one_before(self, dialog, shot):
        choose(dialog, format="package")
        dialog.form.name.setText("mine.mattes")
        dialog.set_snapshot(shot)
        assert dialog.form.name.text() == "mine.mattes"
        other = replace(shot.clip, path=shot.clip.path.replace("sh010", "sh020"))
        dialog.set_snapshot(replace(shot, clip=other))
        assert dialog.form.name.text() == "sh020.mattes"

    def test_numbers_in_the_folders_name_do_no_harm(self, dialog, qtbot, tmp_path):
        choose(dialog, format="package")
        dialog.form.set_folder(str(tmp_path / "take #3"))
        ready(qtbot, dialog)
        assert Path(press(dialog).pattern).parent.name == "take #3"

    @pytest.mark.parametrize(
        ("path", "name"),
        [("/a/sh010.%04d.exr", "sh010"), ("/a/%04d.exr", "shot"), ("/a/v2_take.mov", "v2_take")],
    )
    def test_it_is_called_as_the_clip(self, shot, path, name):
        assert package_name(replace(shot.clip, path=path)) == f"{name}.mattes"


def test_what_is_remembered_survives_json_and_nonsense():
    chosen = Choices("package", "over", "straight", 16, (1, 2, 3), ("png", "movie"), 8)
    assert Choices.of(chosen.values()) == chosen
    assert Choices.of(chosen.lasting()) == chosen
    assert Choices.of({"colour": [1, 2, 300], "also": ["gif"], "format": []}) == Choices()
