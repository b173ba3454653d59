"""A package appears whole or not at all, and takes the place of an older package only."""

from __future__ import annotations

import os

import pytest
from written_packages import COUNT, FIRST, others, package_of, tree

import roto.package.folders
from roto.errors import ExportError, KeyframeError, MaskError, SettingsError
from roto.package import PackageOrder, read_package, verify, write_package
from roto.package.folders import whole_folder


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "error", "words"),
        [
            ({"also": ["shapes"]}, SettingsError, "no format 'shapes'"),
            ({"also": ["fill-key"]}, SettingsError, "fill-key"),
            ({"handles": 2}, SettingsError, "give the range"),
            ({"handles": -1, "range": (1002, 1003)}, SettingsError, "-1 handles"),
            ({"range": (1, 5)}, KeyframeError, "no frame from 1 to 5"),
            ({"objects": [7]}, MaskError, "no object 7"),
            ({"objects": []}, ExportError, "no objects"),
        ],
    )
    def test_an_order_that_cannot_be_writes_nothing(self, session, tmp_path, options, error, words):
        """Before anything is written, and before the generator is asked for anything."""
        with pytest.raises(error, match=words):
            write_package(session, tmp_path / "new" / "a", PackageOrder(**options))
        assert not (tmp_path / "new").exists()

    def test_what_is_there_stays(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        before = tree(folder) if package_of(session, folder) else {}
        with pytest.raises(ExportError, match=r"there already; .*overwrite"):
            write_package(session, folder)
        assert tree(folder) == before

    def test_only_packages_are_replaced(self, session, tmp_path, clip):
        order = PackageOrder(overwrite=True)
        with pytest.raises(ExportError, match=r"plates is not replaced: .*matte\.json"):
            write_package(session, clip.parent, order)
        folder = tmp_path / "shot.mattes"
        package_of(session, folder)
        (folder / "exr" / "notes.txt").write_text("mine")
        with pytest.raises(ExportError, match=r"exr/notes\.txt would be lost"):
            write_package(session, folder, order)
        (folder / "exr" / "notes.txt").unlink()
        (folder / ".DS_Store").touch()
        writing = write_package(session, folder, order)
        next(writing)
        (folder / "exr" / "notes.txt").write_text("meanwhile")
        before = tree(folder)
        with pytest.raises(ExportError, match=r"exr/notes\.txt would be lost"):
            list(writing)
        assert tree(folder) == before
        assert others(folder) == []

    def test_a_file_in_the_way_stays(self, session, tmp_path):
        (tmp_path / "file").write_text("mine")
        for order in (PackageOrder(), PackageOrder(overwrite=True)):
            with pytest.raises(ExportError):
                write_package(session, tmp_path / "file", order)
        with pytest.raises(ExportError, match="a part of the path is a file"):
            list(write_package(session, tmp_path / "file" / "shot.mattes"))
        assert (tmp_path / "file").read_text() == "mine"


class TestWholeOrNotAtAll:
    def test_cancelling_leaves_nothing(self, session, tmp_path):
        folder = tmp_path / "new" / "shot.mattes"
        writing = write_package(session, folder, PackageOrder(also=["movie"]))
        next(writing)
        next(writing)
        (partial,) = os.listdir(folder.parent)
        assert partial.startswith(".shot.mattes.")
        writing.close()
        assert not folder.parent.exists()

    def test_cancelling_keeps_the_older_one(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        package_of(session, folder)
        before = tree(folder)
        writing = write_package(session, folder, PackageOrder(overwrite=True, also=["png"]))
        for _ in range(COUNT):  # even after the last frame: it was not asked for the end
            next(writing)
        writing.close()
        assert tree(folder) == before
        assert others(folder) == []

    def test_a_frame_that_cannot_be_written_leaves_nothing(self, session, tmp_path, monkeypatch):
        folder = tmp_path / "shot.mattes"
        monkeypatch.setattr(session, "result", _failing_at(session, FIRST + 3))
        events = []
        with pytest.raises(MaskError, match="broken"):
            events += list(write_package(session, folder))
        assert not folder.exists()
        assert others(folder) == []

    @pytest.mark.parametrize("can_exchange", [True, False])
    def test_a_newer_one_takes_the_place_of_the_older(
        self, session, tmp_path, monkeypatch, can_exchange
    ):
        if not can_exchange:
            monkeypatch.setattr(roto.package.folders, "_exchange", lambda *folders: False)
        folder = tmp_path / "shot.mattes"
        package_of(session, folder, also=["png"])
        package = package_of(session, folder, range=(FIRST, FIRST + 1), overwrite=True)
        assert len(package.files) == 4
        assert verify(folder).counts == {"ok": 4, "changed": 0, "missing": 0, "extra": 0}
        assert others(folder) == []

    def test_an_empty_folder_is_filled(self, session, tmp_path):
        (tmp_path / "shot.mattes").mkdir()
        assert package_of(session, tmp_path / "shot.mattes").files

    def test_a_link_to_a_package_stays_a_link(self, session, tmp_path):
        package_of(session, tmp_path / "v001")
        (tmp_path / "latest").symlink_to("v001")
        package_of(session, tmp_path / "latest", overwrite=True, range=(FIRST, FIRST))
        assert (tmp_path / "latest").is_symlink()
        assert len(read_package(tmp_path / "v001").files) == 2

    def test_of_two_at_once_the_first_stays(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        first, second = (write_package(session, folder) for _ in range(2))
        next(first), next(second)
        list(first)
        before = tree(folder)
        with pytest.raises(ExportError, match="there is a folder already"):
            list(second)
        assert tree(folder) == before
        assert others(folder) == []

    def test_what_the_dead_left_behind_is_removed(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        (tmp_path / ".shot.mattes.0123abcd.partial" / "exr").mkdir(parents=True)
        alive = write_package(session, folder)
        next(alive)
        assert len(others(folder)) == 1
        with whole_folder(folder) as partial:
            assert len(others(folder)) == 2  # the one that is alive was left alone
            (partial / "a").touch()
        alive.close()
        assert os.listdir(folder) == ["a"]
        assert others(folder) == []


def _failing_at(session, bad):
    found = session.result

    def result(frame):
        if frame == bad:
            raise MaskError("broken")
        return found(frame)

    return result
