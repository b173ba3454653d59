"""Files that the real window exports: decoded again, and the same as ``roto export`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import cryptomatte_api
import cv2
import numpy as np
import OpenEXR
import pytest
from gui_exports import choose, opened, press, ready, written
from gui_projects import COUNT, FIRST, SIZE, square_at, write_clip
from gui_windows import TIMEOUT, end, make_window, propagate, rectangle, show
from movie_exports import by_ffmpeg, by_pyav

from roto.cli import main
from roto.export.registry import FORMATS
from roto.package import read_package, verify
from roto_gui.export.dialog import ExportDialog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow

MOVIES = [one.name for one in FORMATS.values() if one.movie]
STILLS = [one.name for one in FORMATS.values() if not one.movie]
PLATE = np.where(square_at(0)[..., None], (230, 30, 30), (20, 40, 200)) / 255


@pytest.fixture(scope="module")
def shot(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A project in which the square was painted once and found everywhere."""
    import roto
    from roto.fake_engine import FakeEngine

    folder = tmp_path_factory.mktemp("shot")
    clip = write_clip(folder / "plates")
    with roto.new_session(clip, folder / "shot.roto", model=FakeEngine()) as session:
        session.set_keyframe(FIRST, {"square": square_at(0)})
        list(session.propagate())
    return str(folder / "shot.roto")


@pytest.fixture
def window(qtbot: QtBot, shot: str) -> Iterator[MainWindow]:
    made = make_window()
    problems: list[str] = []
    made.document.failed.connect(lambda what, why: problems.append(f"{what}: {why}"))
    show(qtbot, made, shot)
    yield made
    end(made)
    assert problems == []


def files_in(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}


def packets(path: Path) -> list[bytes]:
    """What is encoded in a movie."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux() if packet.size]


def mattes_of(path: Path) -> np.ndarray:
    """The matte of a still, or of each frame of a movie, as booleans."""
    if path.suffix == ".exr":
        if "cryptomatte" in str(path.parent):
            [found] = cryptomatte_api.Cryptomatte.load(str(path))
            return np.asarray(found.mask("square")) > 0.5
        with OpenEXR.File(str(path), separate_channels=True) as file:
            [part] = file.parts
            [channel] = [c for name, c in part.channels.items() if name in ("Y", "square.A")]
            return np.asarray(channel.pixels) > 0.5
    if path.suffix in (".png", ".tif"):
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert image.ndim == 2
        return image > np.iinfo(image.dtype).max / 2
    planes, _ = by_pyav(path, 0 if ".key" in path.name else -1)
    return planes > planes.max() / 2


@pytest.mark.parametrize("names", [STILLS, MOVIES], ids=["stills", "movies"])
def test_every_format_holds_the_matte_and_equals_the_scripts(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shot: str, names: list[str]
) -> None:
    for name in names:
        ours, theirs = tmp_path / name / "app", tmp_path / name / "script"
        dialog = opened(window, ours)
        choose(dialog, format=name)
        if name == "fill-key":
            choose(dialog, content="matte")
        dialog.form.name.setText("{object}" if FORMATS[name].movie else "{object}.####")
        announced = dialog.summary.total.text()
        written(qtbot, dialog, window)
        pattern = str(theirs / f"{dialog.form.name.text()}{FORMATS[name].extensions[0]}")
        assert main(["export", shot, "-o", pattern, "--format", name]) == 0
        found = files_in(ours)
        assert announced.startswith("1 file," if FORMATS[name].movie else f"{COUNT} files")
        if name in ("ffv1", "vp9"):  # every Matroska file has random ids of its own
            assert packets(next(ours.iterdir())) == packets(next(theirs.iterdir()))
        else:
            assert found == files_in(theirs), name
        paths = sorted(ours.iterdir())
        frames = np.concatenate([np.atleast_3d(mattes_of(p).T).T for p in paths])
        truth = np.stack([square_at(n) for n in range(COUNT)])
        np.testing.assert_array_equal(frames, truth, err_msg=name)


def test_cut_outs_and_colours_are_what_the_dialog_says(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shot: str
) -> None:
    dialog = opened(window, tmp_path / "cut")
    choose(dialog, format="tiff", content="cutout", alpha="straight", depth=16)
    dialog.form.name.setText("####")
    dialog.form.span.setCurrentIndex(dialog.form.span.findData("custom"))
    for field in (dialog.form.first, dialog.form.last):
        field.setValue(FIRST)
    written(qtbot, dialog, window)
    image = cv2.imread(str(tmp_path / "cut" / f"{FIRST}.tif"), cv2.IMREAD_UNCHANGED) / 65535
    np.testing.assert_array_equal(image[..., 3], square_at(0))
    np.testing.assert_allclose(image[..., 2::-1], PLATE, atol=1e-4)

    dialog = opened(window, tmp_path / "over")
    choose(dialog, format="png", content="over", depth=8)
    dialog.form.look.colour.set_colour((0, 255, 0))
    written(qtbot, dialog, window)
    image = cv2.imread(str(tmp_path / "over" / f"{FIRST}.png"), cv2.IMREAD_UNCHANGED)
    assert image.shape == (*SIZE, 3)
    assert set(map(tuple, image[square_at(0)].tolist())) == {(30, 30, 230)}
    assert set(map(tuple, image[~square_at(0)].tolist())) == {(0, 255, 0)}
    again = str(tmp_path / "script" / "####.png")
    more = ["--content", "over", "--colour", "0,1,0", "--range", str(FIRST)]
    assert main(["export", shot, "-o", again, *more]) == 0
    assert files_in(tmp_path / "over") == files_in(tmp_path / "script")


def test_fill_and_key_of_a_cut_out(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = opened(window, tmp_path / "pair")
    choose(dialog, format="fill-key", content="cutout")
    announced = dialog.summary.files.text().split("\n")
    written(qtbot, dialog, window)
    assert announced == sorted(path.name for path in (tmp_path / "pair").iterdir())
    key = by_ffmpeg(tmp_path / "pair" / "square.key.mov", SIZE, "gray16le")
    np.testing.assert_array_equal(key[-1] > 0.5, square_at(COUNT - 1))
    fill = by_ffmpeg(tmp_path / "pair" / "square.fill.mov", SIZE, "gbrpf32le")
    inside = np.moveaxis(fill[0], 0, -1)[square_at(0)].mean(0)
    np.testing.assert_allclose(inside, np.array((230, 30, 30)) / 255, atol=0.06)

    dialog = opened(window, tmp_path / "pair")
    ready(qtbot, dialog)
    assert dialog.summary.replace.text() == "Replace 2 files that exist"
    assert not dialog.export_button.isEnabled()
    dialog.reject()


def test_a_package_is_the_scripts_and_is_replaced_when_that_was_allowed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shot: str
) -> None:
    dialog = opened(window, tmp_path)
    window.work.set_range(FIRST + 2, FIRST + 5)
    choose(dialog, format="package")
    for name in ("layers", "movie"):
        dialog.form.package.boxes[name].click()
    dialog.form.package.handles.setValue(1)
    dialog.form.name.setText("app.mattes")
    announced = dialog.summary.total.text()
    written(qtbot, dialog, window)
    package = read_package(tmp_path / "app.mattes")
    assert verify(package.folder).ok
    assert announced.startswith(f"{len(package.files) + 1} files")
    assert (package.clip.frames[0], package.clip.frames[-1]) == (FIRST + 1, FIRST + 6)
    assert package.clip.handles == (1, 1)
    way = package.object("square").representation("movie")
    planes, _ = by_pyav(package.path(way, FIRST + 1))
    np.testing.assert_array_equal(planes[0] > 0, square_at(1))
    more = ["--with", "layers,movie", "--handles", "1", "--range", f"{FIRST + 2}-{FIRST + 5}"]
    assert main(["export", shot, "--package", str(tmp_path / "script.mattes"), *more]) == 0
    theirs = files_in(tmp_path / "script.mattes")
    ours = files_in(tmp_path / "app.mattes")
    names = {name.replace("/app.", "/script."): data for name, data in ours.items()}
    assert {n: d for n, d in names.items() if n != "matte.json"} == {
        n: d for n, d in theirs.items() if n != "matte.json"
    }

    dialog = opened(window, tmp_path)
    ready(qtbot, dialog)
    assert dialog.form.name.text() == "app.mattes"
    assert dialog.summary.replace.text() == "Replace the package that exists"
    assert not dialog.export_button.isEnabled()
    dialog.form.package.boxes["movie"].click()
    ready(qtbot, dialog)
    dialog.summary.replace.click()
    written(qtbot, dialog, window)
    assert not (tmp_path / "app.mattes" / "qt-animation").exists()


def test_a_movie_that_is_stopped_leaves_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    show(qtbot, window, write_clip(tmp_path / "long", 240))  # it must not end before it is stopped
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    dialog = opened(window, tmp_path / "out")
    choose(dialog, format="ffv1")
    ready(qtbot, dialog)
    told: list[str] = []
    window.document.progress.connect(lambda p: p and told.append(p.what))
    window.document.progress.connect(lambda p: p and p.done == 2 and window.document.cancel())
    with qtbot.waitSignal(window.document.ended, timeout=TIMEOUT) as ended:
        press(dialog)
    assert ended.args == ["export", "cancelled"]
    assert set(told) == {"export"}
    assert files_in(tmp_path / "out") == {}


def test_the_last_choice_is_there_after_a_restart(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shot: str
) -> None:
    dialog = opened(window, tmp_path / "out")
    choose(dialog, format="prores-4444", content="cutout", alpha="premultiplied")
    dialog.form.name.setText("v1_{object}")
    written(qtbot, dialog, window)
    with av.open(str(tmp_path / "out" / "v1_square.mov")) as container:
        assert container.streams.video[0].frames == COUNT
    window.close()
    again = make_window()
    show(qtbot, again, shot)
    dialog = opened(again, tmp_path / "out")
    assert isinstance(dialog, ExportDialog)
    request = dialog.request()
    assert request is not None
    assert (request.format, request.look.content) == ("prores-4444", "cutout")
    assert request.look.premultiplied
    assert request.pattern == str(tmp_path / "out" / "v1_{object}.mov")
    ready(qtbot, dialog)
    assert not dialog.export_button.isEnabled()  # it is there, and may not be replaced unasked
    end(again)
