"""How a project finds its clip again, and notices that it changed."""

import random
from dataclasses import replace

import pytest
from project_files import CLIP, folder_of_another_user

from roto.errors import (
    ClipNotFoundError,
    DecodeError,
)
from roto.project import (
    find_clip,
    fingerprint,
    relative_to,
)


class TestClips:
    @pytest.fixture
    def shot(self, tmp_path):
        """A project's place and a clip beside it."""
        folder = tmp_path / "shot"
        (folder / "plates").mkdir(parents=True)
        (folder / "plates" / "a.mov").write_bytes(random.Random(1).randbytes(5 * 2**20))
        return folder / "shot.roto"

    def record(self, clip, project):
        return replace(
            CLIP,
            absolute=str(clip),
            relative=relative_to(clip, project),
            fingerprint=fingerprint(clip),
        )

    def test_the_way_to_a_clip_is_told_from_the_project(self, tmp_path, monkeypatch):
        assert relative_to("/a/b/c.mov", "/a/d/p.roto") == "../b/c.mov"
        assert relative_to("/a/c.%04d.exr", "/a/p.roto") == "c.%04d.exr"
        assert relative_to("", "/a/p.roto") is None
        monkeypatch.chdir(tmp_path)
        assert relative_to("c.mov", tmp_path / "p.roto") == "c.mov"

    def test_a_clip_is_found_where_it_was(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        assert find_clip(record, shot).path == clip
        found = find_clip(record, None)
        assert (found.path, found.changed) == (clip, False)

    def test_the_whole_folder_was_moved(self, shot, tmp_path):
        record = self.record(shot.parent / "plates" / "a.mov", shot)
        shot.parent.rename(tmp_path / "elsewhere")
        found = find_clip(record, tmp_path / "elsewhere" / "shot.roto")
        assert found.path == tmp_path / "elsewhere" / "plates" / "a.mov"
        assert not found.changed

    def test_only_the_project_was_moved(self, shot, tmp_path):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        assert find_clip(record, tmp_path / "other" / "deep" / "shot.roto").path == clip

    def test_the_same_clip_is_better_than_a_near_one(self, shot, tmp_path):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        (tmp_path / "other" / "plates").mkdir(parents=True)
        near = tmp_path / "other" / "plates" / "a.mov"
        near.write_bytes(b"another take")
        moved = tmp_path / "other" / "shot.roto"
        found = find_clip(record, moved)
        assert (found.path, found.changed) == (clip, False)
        clip.unlink()
        found = find_clip(record, moved)
        assert (found.path, found.changed) == (near, True)

    @pytest.mark.parametrize("place", [0, 2**20 // 2, 5 * 2**19, 5 * 2**20 - 1])
    def test_a_changed_clip_is_noticed(self, shot, place):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        with clip.open("r+b") as file:
            file.seek(place)
            old = file.read(1)
            file.seek(place)
            file.write(bytes([old[0] ^ 1]))
        assert find_clip(record, shot).changed

    def test_a_longer_clip_is_noticed(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        with clip.open("ab") as file:
            file.write(b"\0")
        assert find_clip(record, shot).changed
        assert not find_clip(replace(record, fingerprint=""), shot).changed

    def test_a_missing_clip_says_where_it_was_looked_for(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        clip.unlink()
        elsewhere = shot.parent / "deep" / "shot.roto"
        with pytest.raises(ClipNotFoundError) as caught:
            find_clip(record, elsewhere)
        for place in (clip, elsewhere.parent / "plates" / "a.mov", "new path"):
            assert str(place) in str(caught.value)

    @pytest.mark.parametrize(
        ("absolute", "relative"),
        [
            ("", None),
            ("relative.mov", None),
            ("http://example.com/a.mov", None),
            ("", "/etc/hostname"),
            ("a\0b", None),
        ],
    )
    def test_what_is_no_path_of_this_computer(self, shot, absolute, relative):
        record = replace(CLIP, absolute=absolute, relative=relative, fingerprint="")
        with pytest.raises(ClipNotFoundError, match="hand it over"):
            find_clip(record, shot)

    @pytest.mark.parametrize(("absolute", "relative"), [("/a\0b", None), ("", "a\0b/%04d.png")])
    def test_what_is_no_path_at_all(self, shot, absolute, relative):
        with pytest.raises(ClipNotFoundError):
            find_clip(replace(CLIP, absolute=absolute, relative=relative), shot)

    @pytest.mark.parametrize("form", ["", "a.####.png", "a.%04d.png"])
    def test_a_changed_sequence_is_noticed(self, tmp_path, form):
        folder = tmp_path / "plates"
        folder.mkdir()
        for frame in range(1001, 1005):
            (folder / f"a.{frame}.png").write_bytes(b"picture %d" % frame)
        clip, project = folder / form, tmp_path / "shot.roto"
        record = self.record(clip, project)
        assert record.fingerprint.startswith("sequence:4:")
        assert find_clip(record, project).path == clip
        assert not find_clip(record, project).changed
        (folder / "a.1002.png").write_bytes(b"other size")
        assert find_clip(record, project).changed
        (folder / "a.1002.png").write_bytes(b"picture 1002")
        assert not find_clip(record, project).changed
        (folder / "a.1004.png").write_bytes(b"picture 1oo4")
        assert find_clip(record, project).changed
        (folder / "a.1004.png").rename(folder / "a.1005.png")
        assert find_clip(record, project).changed

    def test_nothing_to_take_a_fingerprint_of(self, tmp_path):
        for name in ("no.mov", "no.%04d.png", "no/no.####.png", ""):
            with pytest.raises(ClipNotFoundError):
                fingerprint(tmp_path / name)

    def test_a_clip_that_cannot_be_read(self):
        with folder_of_another_user() as (folder, as_stranger):
            clip = folder / "a.mov"
            clip.write_bytes(b"a")
            clip.chmod(0o000)
            with as_stranger(), pytest.raises(DecodeError, match="Permission"):
                fingerprint(clip)
