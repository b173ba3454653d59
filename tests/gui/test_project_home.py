"""Projects of clips are where Qt would put them, though those who look need no Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from roto.project.home import projects_folder


def test_projects_are_made_where_qt_says_programs_keep_their_data(monkeypatch):
    monkeypatch.delenv("ROTO_CONFIG", raising=False)
    for given in ("", "/somewhere/else", "not/absolute"):
        monkeypatch.setenv("XDG_DATA_HOME", given)
        where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
        assert projects_folder() == Path(where) / "roto" / "projects"
