"""Languages: every text is collected, translated with its placeholders, compiled and spoken."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from gui_projects import square_at, write_clip
from gui_windows import end, make_window, rectangle, show
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QDoubleSpinBox, QLabel

from roto_gui import translations
from roto_gui.actions.shortcuts import PRESETS, preset_keys
from roto_gui.actions.table import ACTIONS
from roto_gui.document.document import Document
from roto_gui.export.sizes import size_words
from roto_gui.language import be_silent, chosen_language, languages, number, speak
from roto_gui.settings.config import Config
from roto_gui.settings.preferences import PreferencesDialog
from roto_gui.translations import Text, ToolError, find_texts, outdated, translations_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
GERMAN = translations_folder() / "roto_de.ts"
RUN = "run: python -m roto_gui.translations"


def translated() -> dict[Text, str]:
    """Of the German file; empty where it has no translation yet."""
    found = {}
    for context in ET.parse(GERMAN).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            key = Text(name, message.findtext("source") or "")
            found[key] = message.findtext("translation") or ""
    return found


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    installed = speak(qapp, "de")
    yield
    be_silent(installed)


def test_texts_are_found_in_all_the_ways_they_are_written(tmp_path):
    (tmp_path / "part.py").write_text(
        "class A(QObject):\n"
        "    def f(self):\n"
        "        return self.tr('of a class') + self.tr(\n"
        "            'in two '\n            'lines'\n        )\n"
        "def g(work):\n    work.tr('of the workspace')\n    _tr('of \\'this\\' module')\n"
        "    QCoreApplication.translate('Other', 'of another')\n    str.translate('no text')\n"
        "def _tr(text):\n    return QCoreApplication.translate('Part', text)\n"
    )
    assert find_texts(tmp_path) == [
        ("A", "in two lines"),
        ("A", "of a class"),
        ("Other", "of another"),
        ("Part", "of 'this' module"),
        ("Workspace", "of the workspace"),
    ]


def test_the_tables_of_commands_are_among_them():
    found = set(find_texts())
    for spec in ACTIONS:
        assert {("Actions", spec.text), ("Actions", spec.hint), ("Actions", spec.menu)} <= found
    assert ("Hints", "{export} exports the mattes.") in found


def test_the_german_file_has_every_text_of_the_app_and_no_other():
    assert set(translated()) == set(find_texts()), RUN


def test_files_are_up_to_date_and_compiled_from_each_other():
    assert outdated(translations_folder()) == [], RUN


def test_nearly_all_is_translated():
    words = translated()
    done = [key for key, text in words.items() if text]
    assert len(done) > 0.95 * len(words), [key for key, text in words.items() if not text]


def test_translations_keep_the_placeholders():
    for (context, source), text in translated().items():
        if text:
            wanted = sorted(PLACEHOLDER.findall(source))
            assert sorted(PLACEHOLDER.findall(text)) == wanted, (context, source)


def test_translations_end_as_their_texts_do():
    """What is a sentence stays one, and "…" stays: it says that a dialog follows."""
    for (context, source), text in translated().items():
        for sign in (".", "…", ":", "?"):
            assert not text or text.endswith(sign) == source.endswith(sign), (context, source)


def test_a_file_out_of_date_is_told_and_brought_up_to_date(tmp_path, monkeypatch, capsys):
    late = tmp_path / "roto_de.ts"
    words = GERMAN.read_text(encoding="utf-8")
    late.write_text(words.replace("Beispiel öffnen", "Muster öffnen"), encoding="utf-8")
    shutil.copy(GERMAN.with_suffix(".qm"), tmp_path)
    monkeypatch.setattr(translations, "translations_folder", lambda: tmp_path)
    assert translations.main(["--check"]) == 1
    assert "roto_de.qm" in capsys.readouterr().err
    assert translations.main([]) == 0
    assert translations.main(["--check"]) == 0
    assert "Muster öffnen" in late.read_text(encoding="utf-8")


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "roto_xx.ts").write_text("<TS")
    with pytest.raises(ToolError, match="has failed"):
        translations.update(tmp_path)


def test_the_language_is_the_preference_or_the_systems():
    assert languages() == {"en": "English", "de": "Deutsch"}
    assert chosen_language("de") == "de"
    assert chosen_language("xx") == "en"
    before = QLocale()
    try:
        for locale, code in (("de_AT", "de"), ("fr_FR", "en"), ("en_GB", "en")):
            QLocale.setDefault(QLocale(locale))
            assert chosen_language() == code
    finally:
        QLocale.setDefault(before)


def test_english_installs_nothing(qapp):
    assert speak(qapp, "en") == []


def test_numbers_are_written_as_the_language_does(qapp, german):
    assert number(1967) == "1.967"
    assert number(0.5, 2) == "0,50"
    assert size_words(2_700_000) == "2,7 MB"
    field = QDoubleSpinBox()
    field.setValue(2.5)
    assert field.text() == "2,50"
    field.deleteLater()
    be_silent([])
    speak(qapp, "en")
    assert number(1967) == "1,967"


def test_a_german_window(qtbot, tmp_path, german):
    window = make_window()
    show(qtbot, window, write_clip(tmp_path / "clip", 3))
    rectangle(qtbot, window, square_at(0))
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles[0] == "&Datei"
    letters = [title[title.index("&") + 1].lower() for title in titles]
    assert len(set(letters)) == len(letters)
    taken = {k for preset in PRESETS for keys in preset_keys(preset).values() for k in keys}
    assert not taken & {f"Alt+{letter.upper()}" for letter in letters}
    assert window.status.hint.text() == "T findet es auf allen Frames, in beide Richtungen."
    window.config.update(bindings={"propagate_both": ()})
    assert window.status.hint.text().startswith("Propagieren > In beide Richtungen findet")
    assert window.objects_panel.add.text() == "Objekt hinzufügen"
    end(window)


def test_what_a_class_inherits_is_translated_too(german):
    document = Document()
    assert document.tr("Show frame") == "Frame zeigen"  # of its base class
    assert QCoreApplication.translate("Files", "Import mask") == "Maske importieren"
    document.deleteLater()


def test_the_buttons_of_dialogs_are_qts_own_german(qtbot, german):
    dialog = PreferencesDialog(Config())
    qtbot.addWidget(dialog)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons.button(QDialogButtonBox.StandardButton.Cancel).text() == "Abbrechen"
    assert any(label.text() == "Sprache" for label in dialog.findChildren(QLabel))


def test_the_language_is_chosen_in_the_preferences(qtbot):
    config = Config()
    dialog = PreferencesDialog(config)
    qtbot.addWidget(dialog)
    assert dialog.language.currentText() == "As the system"
    dialog.language.setCurrentIndex(dialog.language.findText("Deutsch"))
    dialog.accept()
    assert Config().preferences.language == "de"


@pytest.mark.parametrize("language", ["en", "de"])
def test_panels_are_as_wide_as_their_texts_and_the_window_fits_a_laptop(qtbot, qapp, language):
    installed = speak(qapp, language)
    window = make_window()
    window.show_welcome(False)
    window.resize(100, 100)
    qtbot.waitUntil(lambda: window.tool_options.isVisible())
    for panel in (window.tool_options, window.view_options):
        qtbot.waitUntil(lambda p=panel: p.width() >= p.minimumSizeHint().width())
        assert panel.parentWidget().width() >= panel.minimumSizeHint().width()
    assert window.minimumSizeHint().width() <= 1366
    end(window)
    be_silent(installed)
