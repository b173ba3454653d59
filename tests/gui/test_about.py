"""The dialog "About roto": facts for a report of a fault."""

from __future__ import annotations

import logging
import platform

import PySide6
import pytest
import torch
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from roto import __version__
from roto.model.machine import describe_machine
from roto_gui.about import AboutDialog, facts, log_files
from roto_gui.settings.config import Preferences


@pytest.fixture
def about(qtbot):
    def show(**chosen):
        dialog = AboutDialog(Preferences(**chosen))
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.complete, timeout=60_000)
        return dialog

    return show


def test_copy_takes_along_what_a_report_needs(about):
    dialog = about(device="cpu")
    dialog.copy_button.click()
    text = QGuiApplication.clipboard().text()
    for part in (
        __version__,
        "small, licence of the weights Apache-2.0",
        platform.python_version(),
        qVersion(),
        PySide6.__version__,
        f"{torch.get_num_threads()} threads",
        torch.__version__,
        f"cpu: {describe_machine('cpu').name}",
    ):
        assert part in text
    assert text == dialog.text
    assert "looked up" not in text


def test_a_device_that_is_not_there_is_told(about):
    assert "There is no device" in about(device="xpu:9").text


def test_closed_while_it_looks(qtbot):
    dialog = AboutDialog(Preferences())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.reject()
    assert dialog.complete


def test_weights_of_ones_own(tmp_path):
    own = tmp_path / "mine.safetensors"
    own.write_bytes(b"")
    assert facts(Preferences(model=str(own)))["Model"] == f"mine, from {own}"
    assert "no model 'huge'" in facts(Preferences(model="huge"))["Model"]


def test_the_log_is_named_where_there_is_one(tmp_path):
    assert str(tmp_path / "roto.log") not in log_files()
    handler = logging.FileHandler(tmp_path / "roto.log")
    logging.getLogger("roto").addHandler(handler)
    try:
        assert str(tmp_path / "roto.log") in log_files()
        assert str(tmp_path / "roto.log") in facts(Preferences())["Log"]
    finally:
        logging.getLogger("roto").removeHandler(handler)
        handler.close()


def test_a_machine_is_described():
    found = describe_machine("cpu")
    assert found.device == "cpu"
    assert found.name
    assert found.threads == torch.get_num_threads()
