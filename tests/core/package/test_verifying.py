"""Verifying names every file that is not what the manifest says."""

from __future__ import annotations

import os
from pathlib import Path

from written_packages import COUNT, package_of

from roto.package import verify


class TestVerify:
    def test_a_changed_byte_a_deletion_and_an_addition_are_told(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        package = package_of(session, folder)
        assert verify(folder).ok
        one, two, three, *_ = (Path(folder, name) for name in sorted(package.files))
        data = bytearray(one.read_bytes())
        data[len(data) // 2] ^= 1
        one.write_bytes(data)
        two.unlink()
        with three.open("ab") as file:
            file.write(b"more")
        (folder / "exr" / "new.exr").write_bytes(b"mine")
        found = verify(folder)
        assert not found.ok
        assert found.counts == {"ok": 2 * COUNT - 3, "changed": 2, "missing": 1, "extra": 1}
        told = {one.file: (one.state, one.note) for one in found.files if one.state != "ok"}
        size = package.files[three.relative_to(folder).as_posix()].bytes
        assert told == {
            one.relative_to(folder).as_posix(): ("changed", "other bytes"),
            two.relative_to(folder).as_posix(): ("missing", ""),
            three.relative_to(folder).as_posix(): (
                "changed",
                f"{size + 4} bytes instead of {size}",
            ),
            "exr/new.exr": ("extra", ""),
        }

    def test_what_is_extra_does_no_harm(self, session, tmp_path):
        package_of(session, tmp_path / "a")
        (tmp_path / "a" / "notes.txt").touch()
        assert verify(tmp_path / "a").ok

    def test_names_of_extra_files_are_fit_for_a_terminal(self, folder):
        (folder / "\x1b[31mred\nü.txt").touch()
        (folder / os.fsdecode(b"\xff.txt")).touch()
        extra = {one.file for one in verify(folder).files if one.state == "extra"}
        assert extra == {"\\x1b[31mred\\nü.txt", "\\xff.txt"}


class TestLinks:
    def test_files_behind_a_link_of_a_folder_are_not_taken(self, folder, tmp_path):
        (folder / "exr").rename(tmp_path / "elsewhere")
        (folder / "exr").symlink_to(tmp_path / "elsewhere")
        assert verify(folder).counts == {"ok": 0, "changed": 3, "missing": 0, "extra": 1}

    def test_a_link_that_stays_inside_is_followed(self, folder):
        matte = folder / "exr/hero/hero.1001.exr"
        matte.rename(folder / "store.exr")
        matte.symlink_to("../../store.exr")
        assert verify(folder).counts == {"ok": 3, "changed": 0, "missing": 0, "extra": 1}

    def test_a_link_in_a_circle_is_no_file(self, folder):
        matte = folder / "exr/hero/hero.1001.exr"
        matte.unlink()
        matte.symlink_to(matte.name)
        assert not verify(folder).ok

    def test_the_package_itself_may_be_a_link(self, folder, tmp_path):
        (tmp_path / "link").symlink_to(folder)
        assert verify(tmp_path / "link").ok
