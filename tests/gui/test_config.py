"""Preferences on disk, their dialog, and what was open lately."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from roto_gui.settings import config as config_module
from roto_gui.settings.config import FILE_NAME, Config, Preferences, config_folder
from roto_gui.settings.preferences import PreferencesDialog
from roto_gui.settings.recent import MOST, RecentMenu, entries, remember

CHANGED = {
    "plate_cache_mb": 512,
    "model": "stcn",
    "short_side": 600,
    "device": "cpu",
    "autoplay": True,
    "hints": False,
    "overlay_opacity": 0.25,
    "canvas_background": (1, 2, 3),
    "cutout_colour": (4, 5, 6),
    "brush_size": 12.5,
    "scribble_size": 9.5,
    "pen_pressure": "opacity",
    "language": "de",
    "brush_hardness": 0.5,
    "preset": "Nuke",
    "bindings": {"export": ("F12",), "fit": ()},
    "recent": ("/a/b.mov",),
    "recent_commands": ("undo",),
    "last_folder": "/ä",
    "geometry": "AdnQ",
    "state": "AAAA",
    "export": {"format": "png16"},
}


def written(text):
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def on_disk():
    return json.loads((config_folder() / FILE_NAME).read_text(encoding="utf-8"))


def test_tests_have_a_folder_of_their_own(tmp_path):
    assert config_folder() == tmp_path / "config"


def test_without_the_variable_it_is_the_platforms_folder(monkeypatch):
    monkeypatch.delenv(config_module.FOLDER_VARIABLE)
    assert config_folder().name == "roto"


def test_without_a_file_all_is_at_its_default(qapp):
    config = Config()
    assert config.preferences == Preferences()
    assert config.warning == ""
    assert not config.path.exists()


def test_every_preference_comes_back_as_it_was(qapp):
    assert set(CHANGED) == {f.name for f in dataclasses.fields(Preferences)}
    Config().update(**CHANGED)
    found = Config()
    assert found.preferences == Preferences(**CHANGED)
    assert all(getattr(found.preferences, key) != getattr(Preferences(), key) for key in CHANGED)
    assert found.warning == ""


def test_a_change_is_told_once_and_no_change_is_not(qtbot):
    config = Config()
    with qtbot.waitSignal(config.changed) as changed:
        config.update(hints=False)
    assert changed.args[0].hints is False
    with qtbot.assertNotEmitted(config.changed):
        config.update(hints=False)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "\x00\x01"])
def test_a_damaged_file_is_set_aside_and_told(qapp, text):
    written(text)
    config = Config()
    assert config.preferences == Preferences()
    (aside,) = config.path.parent.glob("*.damaged-*.json")
    assert aside.read_text() == text
    assert str(aside) in config.warning
    config.update(hints=False)
    assert Config().preferences.hints is False
    assert aside.exists()


def test_a_file_that_is_no_text_is_set_aside(qapp):
    written("")
    (config_folder() / FILE_NAME).write_bytes(b"\xff\xfe{")
    assert "damaged" in Config().warning


def test_keys_of_a_newer_roto_are_kept(qapp):
    written(json.dumps({"hints": False, "hologram": {"depth": 3}}))
    config = Config()
    assert config.warning == ""
    config.update(autoplay=True)
    assert on_disk()["hologram"] == {"depth": 3}
    assert on_disk()["hints"] is False


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("plate_cache_mb", "much"),
        ("plate_cache_mb", True),
        ("plate_cache_mb", -1),
        ("short_side", 3),
        ("overlay_opacity", 2.0),
        ("overlay_opacity", float("nan")),
        ("cutout_colour", [1, 2]),
        ("cutout_colour", [1, 2, 300]),
        ("cutout_colour", 7),
        ("bindings", ["F1"]),
        ("bindings", {"export": "F12"}),
        ("recent", "one"),
        ("hints", 1),
        ("model", None),
    ],
)
def test_a_value_that_makes_no_sense_is_told_and_the_rest_is_kept(qapp, key, value):
    written(json.dumps({"brush_size": 7, key: value}))
    config = Config()
    assert getattr(config.preferences, key) == getattr(Preferences(), key)
    assert config.preferences.brush_size == 7.0
    assert key in config.warning


def test_only_preferences_that_exist_can_be_set(qapp):
    with pytest.raises(TypeError, match="hologram"):
        Config().update(hologram=1)
    with pytest.raises(ValueError):
        Config().update(brush_hardness=3)


def test_a_folder_that_cannot_be_made_is_told_and_the_value_holds(qtbot, tmp_path):
    (tmp_path / "file").touch()
    config = Config(tmp_path / "file" / "folder")
    with qtbot.waitSignal(config.failed) as failed:
        config.update(hints=False)
    assert failed.args[0].startswith("Cannot write")
    assert config.preferences.hints is False


def test_recent_has_no_path_twice_and_a_bound():
    recent = ()
    for n in range(20):
        recent = remember(recent, f"/clips/{n}.mov")
    assert len(recent) == MOST
    assert recent[0] == "/clips/19.mov"
    recent = remember(recent, "/clips/15.mov")
    assert recent[0] == "/clips/15.mov"
    assert len(set(recent)) == len(recent) == MOST


def test_entries_say_what_is_missing(tmp_path):
    clip = tmp_path / "a.mov"
    clip.touch()
    pattern = str(tmp_path / "plate.%04d.exr")
    found = entries([str(clip), str(tmp_path / "gone.mov"), pattern, str(tmp_path)])
    assert [entry.exists for entry in found] == [True, False, True, True]
    assert found[0].name == "a.mov"
    assert found[0].folder == str(tmp_path)


def test_home_is_shortened(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert entries([str(tmp_path / "shots" / "a.mov")])[0].folder == "~/shots"


def test_recent_menu_greys_what_is_missing_and_opens_the_rest(qtbot, tmp_path):
    clip = tmp_path / "a&b.mov"
    clip.touch()
    menu = RecentMenu()
    qtbot.addWidget(menu)
    menu.set_recent([str(clip), str(tmp_path / "gone.mov")])
    menu.aboutToShow.emit()
    there, gone, _line, clear = menu.actions()
    assert there.text() == "a&&b.mov"
    assert there.isEnabled()
    assert gone.text() == "gone.mov (missing)"
    assert not gone.isEnabled()
    with qtbot.waitSignal(menu.chosen) as chosen:
        there.trigger()
    assert chosen.args == [str(clip)]
    with qtbot.waitSignal(menu.cleared):
        clear.trigger()
    menu.set_recent([])
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()] == [False]


@pytest.fixture
def dialog(qtbot):
    config = Config()
    made = PreferencesDialog(config)
    made.config = config
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_ok_applies_what_was_changed(qtbot, dialog):
    dialog.opacity.setValue(30)
    dialog.short_side.setValue(720)
    dialog.hints.setChecked(False)
    dialog.cutout.set_colour((9, 8, 7))
    with qtbot.waitSignal(dialog.config.changed):
        dialog.accept()
    found = Config().preferences
    assert found == dataclasses.replace(
        Preferences(), overlay_opacity=0.3, short_side=720, hints=False, cutout_colour=(9, 8, 7)
    )


def test_ok_without_a_change_writes_nothing(qtbot, dialog):
    with qtbot.assertNotEmitted(dialog.config.changed):
        dialog.accept()
    assert not dialog.config.path.exists()


def test_cancel_applies_nothing(qtbot, dialog):
    dialog.opacity.setValue(30)
    with qtbot.assertNotEmitted(dialog.config.changed):
        dialog.reject()


def test_values_that_the_dialog_does_not_show_exactly_survive_it(qtbot):
    config = Config()
    config.update(brush_size=12.5, overlay_opacity=0.333)
    made = PreferencesDialog(config)
    qtbot.addWidget(made)
    made.accept()
    assert config.preferences.brush_size == 12.5
    assert config.preferences.overlay_opacity == 0.333


def test_defaults_come_back_and_other_things_stay(qtbot):
    config = Config()
    config.update(**CHANGED)
    made = PreferencesDialog(config)
    qtbot.addWidget(made)
    box = made.findChild(QDialogButtonBox)
    button = box.button(QDialogButtonBox.StandardButton.RestoreDefaults)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert config.preferences == Preferences(**CHANGED)
    made.accept()
    assert config.preferences.plate_cache_mb == Preferences().plate_cache_mb
    assert config.preferences.short_side is None
    assert config.preferences.recent == CHANGED["recent"]
    assert config.preferences.bindings == CHANGED["bindings"]


def test_a_model_that_is_not_there_is_noticed_at_once(qtbot, dialog, tmp_path):
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.model.setCurrentText("nonsense")
    assert not ok.isEnabled()
    assert dialog.trouble.isVisible()
    assert "nonsense" in dialog.trouble.text()
    dialog.accept()
    assert dialog.isVisible()
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"")
    for name in (str(weights), "", dialog.model.itemText(1)):
        dialog.model.setCurrentText(name)
        assert ok.isEnabled(), name
        assert dialog.trouble.isHidden()
    dialog.accept()
    assert dialog.isHidden()


def test_the_dialog_holds_nothing_up(dialog):
    assert dialog.isVisible()
    assert not os.path.exists(dialog.config.path)
