"""The dialog "About roto": version and licence, and what somebody who mends a fault must know."""

from __future__ import annotations

import logging
import os
import platform
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import PySide6
from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from roto import __version__
from roto.errors import RotoError
from roto.models import DEFAULT, find_model
from roto_gui.asking import Asker
from roto_gui.tools.base import Question

if TYPE_CHECKING:
    from roto_gui.settings.config import Preferences

LICENCE = "Apache-2.0"
"""Of roto itself."""

_WIDTH = 460  # logical pixels


class AboutDialog(QDialog):
    """Facts in rows; "Copy" takes them along as text.

    What the network would run on is found in a thread: it may load torch, which takes seconds.

    Args:
        preferences: Which model and device are chosen.
        parent: Its window.
    """

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About roto"))
        self.setMinimumWidth(_WIDTH)
        self._texts: dict[str, str] = {}
        self._labels: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        for name, text in facts(preferences).items():
            self._show(name, text)
        self.copy_button = self._lay_out()
        self._asker = Asker(self)
        self._asker.answered.connect(self._take)
        self._show(_tr("Computes on"), _tr("… is being looked up"))
        self._asker.ask(Question(lambda: machine_facts(preferences.device)))

    @property
    def text(self) -> str:
        """All facts as lines of text."""
        return "".join(f"{name}: {text}\n" for name, text in self._texts.items())

    @property
    def complete(self) -> bool:
        """Whether nothing is being looked up any more."""
        return not self._asker.busy

    def copy(self) -> None:
        """Put the facts on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)

    def done(self, result: int) -> None:
        """As Qt asks: closed, however."""
        self._asker.close()
        super().done(result)

    def _lay_out(self) -> QWidget:
        intro = QLabel(_tr("Mattes by mask propagation."))
        title = QLabel(f"roto {__version__}")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        title.setFont(font)
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Close)
        copy = buttons.addButton(_tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(_tr("All of this as text, for a report of a fault."))
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for part in (title, intro):
            layout.addWidget(part)
        layout.addLayout(self._form)
        layout.addStretch()
        layout.addWidget(buttons)
        return copy

    def _show(self, name: str, text: str) -> None:
        """A row, or another text in the row there is."""
        self._texts[name] = text
        label = self._labels.get(name)
        if label is None:
            label = self._labels[name] = QLabel(wordWrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            heading = QLabel(name)
            heading.setProperty("muted", True)
            self._form.addRow(heading, label)
        label.setText(text)

    def _take(self) -> None:
        taken = self._asker.take()
        if taken is None:
            return
        try:
            found = taken[1].result()
        except RotoError as error:
            self._show(_tr("Computes on"), str(error))
            return
        assert isinstance(found, dict)
        for name, text in found.items():
            self._show(name, text)


def facts(preferences: Preferences) -> dict[str, str]:
    """What is known at once, by heading."""
    logs = ", ".join(log_files())
    qt = f"{qVersion()} (PySide6 {PySide6.__version__}, {QGuiApplication.platformName()})"
    return {
        _tr("roto"): _tr("{version}, licence {licence}").format(
            version=__version__, licence=LICENCE
        ),
        _tr("Model"): _model(preferences.model or DEFAULT),
        _tr("Python"): f"{platform.python_version()}, NumPy {np.__version__}",
        _tr("Qt"): qt,
        _tr("System"): platform.platform(),
        **({_tr("Log"): logs} if logs else {}),
    }


def machine_facts(device: str) -> dict[str, str]:
    """What a network would run on; loads torch where nobody has.

    Raises:
        DeviceError: the device that was chosen is not there.
    """
    from roto.model.machine import describe_machine

    found = describe_machine(device)
    where = _tr("{device}: {name}, {n} threads")
    return {
        _tr("Computes on"): where.format(device=found.device, name=found.name, n=found.threads),
        _tr("torch"): found.torch,
    }


def log_files() -> list[str]:
    """Files that roto's messages go to; usually there is none."""
    handlers = [*logging.getLogger().handlers, *logging.getLogger("roto").handlers]
    found = [h.baseFilename for h in handlers if isinstance(h, logging.FileHandler)]
    return [path for path in found if path != os.devnull]


def _model(name: str) -> str:
    """A model with its licence, as the page beside its weights states it."""
    try:
        model = find_model(name)
    except RotoError as error:
        return str(error)
    if not model.embedded:
        return _tr("{name}, from {path}").format(name=model.name, path=model.path)
    page = files("roto_resources") / "weights" / f"{model.name}.md"
    lines = page.read_text(encoding="utf-8").splitlines() if page.is_file() else []
    stated = next((line for line in lines if line.startswith("Weights: ")), "Weights: ")
    licence = stated.removeprefix("Weights: ").partition(",")[0].partition(" ")[0]
    return _tr("{name}, licence of the weights {licence}").format(name=model.name, licence=licence)


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
