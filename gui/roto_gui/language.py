"""In which language the app speaks: the preference, or the system's, as far as there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from roto_gui.translations import translations_folder

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

ENGLISH = "en"
"""What the texts in the source are."""


def languages() -> dict[str, str]:
    """Languages there are, by their codes, as their speakers call them; English first."""
    found = sorted(path.stem.partition("_")[2] for path in translations_folder().glob("*.qm"))
    return {code: _own_name(code) for code in (ENGLISH, *found)}


def chosen_language(preference: str = "") -> str:
    """The code of the language to speak.

    Args:
        preference: A code; empty: the first of the system's languages that there is.
    """
    known = languages()
    if preference:
        return preference if preference in known else ENGLISH
    wanted = (name.replace("_", "-").partition("-")[0] for name in QLocale().uiLanguages())
    return next((code for code in wanted if code in known), ENGLISH)


def speak(app: QObject, preference: str = "") -> list[QTranslator]:
    """Have texts translated that are made from now on; before the first window.

    Numbers are written, and read in fields, as in that language. Qt's own texts (the buttons of
    dialogs) are taken from its own files.

    Args:
        app: Owns what is loaded.
        preference: As for :func:`chosen_language`.

    Returns:
        What was installed, for :func:`be_silent`.
    """
    code = chosen_language(preference)
    QLocale.setDefault(QLocale(code))
    if code == ENGLISH:
        return []
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed = []
    for folder, name in ((qt, f"qtbase_{code}"), (str(translations_folder()), f"roto_{code}")):
        translator = QTranslator(app)
        if translator.load(name, folder):
            QCoreApplication.installTranslator(translator)
            installed.append(translator)
    return installed


def number(value: float, decimals: int = 0) -> str:
    """A number as the app's language writes it: ``1,967`` or ``1.967``.

    Args:
        value: The number.
        decimals: Digits after the point.
    """
    locale = QLocale()
    if locale.language() == QLocale.Language.C:  # nobody has chosen: as the texts are
        locale = QLocale(ENGLISH)
    return locale.toString(float(value), "f", decimals)


def be_silent(installed: list[QTranslator]) -> None:
    """Take languages away again."""
    QLocale.setDefault(QLocale.system())
    for translator in installed:
        QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


def _own_name(code: str) -> str:
    name = QLocale(code).nativeLanguageName()
    return "English" if code == ENGLISH else name[:1].upper() + name[1:]
