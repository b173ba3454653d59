"""How the desktop app feels: pauses, commits, scrubbing, opening, and memory over time.

    python benchmarks/gui.py [--only pauses,commit,scrub,open,memory] [--minutes 2] [--frames 1000]

- pauses: the longest gaps of a 5 ms timer on the window's thread while ``small`` propagates the
  sample clip in the real window, which shows what arrives;
- commit: from the end of a stroke until it is on disk, at the clip's size and at 4K;
- scrub: frames per second through the stage and the canvas, plates in memory;
- open: a project with one object and all frames propagated, until the window shows its state;
- memory: resident, while the same work is done again and again for some minutes.

Without a screen it runs offscreen; projects and preferences are temporary.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from driving import (
    add_box,
    drag,
    folder_of,
    open_clip,
    paint_van,
    release,
    rest,
    settle,
    until,
    until_signal,
    window,
)
from footage import parse_size
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from tables import print_machine, print_table, spread

from roto.fake_engine import FakeEngine
from roto_gui.app import make_app, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roto_gui.main_window import MainWindow

TICK = 5  # milliseconds
PARTS = ("pauses", "commit", "scrub", "open", "memory")


def main() -> None:
    """Print a table of each part."""
    options = parse()
    print_machine()
    parts: dict[str, Callable[[], None]] = {
        "pauses": lambda: pauses(options.short_side),
        "commit": lambda: commit(options.sizes, options.strokes, processor=options.processor),
        "scrub": lambda: scrub(options.scrub_size, options.scrub_frames),
        "open": lambda: opening(options.frames),
        "memory": lambda: memory(options.minutes),
    }
    with tempfile.TemporaryDirectory() as own:
        os.environ["ROTO_CONFIG"] = own
        app = make_app()
        warm_up().join()  # as the app does while the artist looks for a clip
        sys.setswitchinterval(0.001)  # as roto_gui.app.main does
        for name in options.only.split(","):
            parts[name]()
        app.processEvents()


def parse() -> argparse.Namespace:
    """What is to be measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS")
    parser.add_argument("--short-side", type=int, default=None, help="working size of pauses")
    parser.add_argument("--strokes", type=int, default=20)
    parser.add_argument(
        "--sizes", type=parse_size, nargs="+", default=[(480, 854), (2160, 3840)], metavar="WxH"
    )
    parser.add_argument(
        "--processor",
        action="store_true",
        help="of commit: how long the window is held up on the processor, for a busy machine",
    )
    parser.add_argument("--scrub-size", type=parse_size, default=(1080, 1920), metavar="WxH")
    parser.add_argument("--scrub-frames", type=int, default=48)
    parser.add_argument("--frames", type=int, default=1000, help="of the project to be opened")
    parser.add_argument("--minutes", type=float, default=2.0)
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return options


# The parts


class Ticks(QObject):
    """Notes when a timer of the window's thread fires."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.times.append(time.perf_counter()))

    @contextmanager
    def running(self) -> Iterator[None]:
        """While the block runs."""
        self.times = [time.perf_counter()]
        self._timer.start()
        yield
        self._timer.stop()

    def row(self, what: str) -> list[object]:
        """Count, median, 99 % and worst of the gaps, and how many are above 50 ms."""
        gaps = 1000 * np.diff(self.times)
        long = int((gaps > 50).sum())
        shares = [float(np.percentile(gaps, share)) for share in (50, 99)]
        return [what, len(gaps), *shares, float(gaps.max()), long]


def pauses(short_side: int | None) -> None:
    """Gaps of the timer at rest, during a propagation, and during one that is played along."""
    rows: list[list[object]] = []
    with window(short_side=short_side) as shown:
        until_signal(shown.work.stage.shown, shown.files.open_sample)
        clip = shown.document.snapshot
        assert clip is not None
        ticks = Ticks()
        with ticks.running():
            rest(1000)
        rows.append(ticks.row("at rest"))
        paint_van(shown)
        with ticks.running():
            until_signal(shown.document.ended, lambda: shown.actions_.run("propagate_both"))
        rows.append(ticks.row("propagating"))
        shown.actions_.run("undo")
        settle(shown)
        with ticks.running():
            shown.actions_.run("propagate_both")
            shown.actions_.run("play_forward")
            until(lambda: not shown.document.busy)
        shown.work.player.stop()
        rows.append(ticks.row("propagating and playing"))
        with ticks.running():
            for _ in range(2):
                shown.actions_.run("undo")
                settle(shown)
        rows.append(ticks.row("undo, twice"))
    head = ["window's thread", "ticks", "median ms", "99 %", "worst", "above 50 ms"]
    print_table(f"Gaps of a {TICK} ms timer, the sample clip, small", head, rows)


def commit(sizes: list[tuple[int, int]], strokes: int, *, processor: bool) -> None:
    """From the release of the button until the stroke is in the file."""
    clock = time.thread_time if processor else time.perf_counter
    rows: list[list[object]] = []
    for size in sizes:
        with folder_of(size, 2) as clip, window(FakeEngine()) as shown:
            open_clip(shown, clip)
            shown.actions_.run("tool_brush")
            shown.work.set_brush(size[0] / 50, 0.8)
            released, stored = [], []
            for n in range(strokes):
                y = size[0] * (n + 1) / (strokes + 2)
                drag(shown, [(size[1] * 0.2, y), (size[1] * 0.5, y), (size[1] * 0.8, y)])
                started, begun = time.perf_counter(), clock()
                release(shown, size[1] * 0.8, y)
                released.append(1000 * (clock() - begun))
                settle(shown)
                stored.append(1000 * (time.perf_counter() - started))
            rows.append(
                [f"{size[1]}x{size[0]}", *spread(stored), float(np.median(released)), max(released)]
            )
    head = ["plate", "on disk: median ms", "99 %", "worst", "window held up: median", "worst"]
    print_table(f"A brush stroke, {strokes} times", head, rows)


def scrub(size: tuple[int, int], frames: int) -> None:
    """Frames shown per second when each is asked for as soon as the one before is painted."""
    rows: list[list[object]] = []
    with folder_of(size, frames) as clip, window(FakeEngine(), plate_cache_mb=16384) as shown:
        open_clip(shown, clip)
        add_box(shown, size)
        until_signal(shown.document.ended, lambda: shown.actions_.run("propagate_both"))
        settle(shown)
        for mode in ("plate", "overlay"):
            shown.actions_.run(f"view_{mode}")
            walk(shown)  # all of it is in memory then
            seconds = walk(shown)
            rows.append([mode, frames / sum(seconds), *spread([1000 * s for s in seconds])])
    head = ["view", "frames/s", "median ms", "99 %", "worst"]
    print_table(f"Scrubbing {size[1]}x{size[0]} from memory, {frames} frames", head, rows)


def walk(shown: MainWindow) -> list[float]:
    """Show each frame; seconds each took, until it was painted with its mattes."""
    assert shown.document.snapshot is not None
    seconds, stage = [], shown.work.stage
    for frame in shown.document.snapshot.frames:
        started = time.perf_counter()
        shown.work.visit(frame)
        until(lambda: not stage.waiting and stage.whole)
        QCoreApplication.processEvents()  # the paint
        seconds.append(time.perf_counter() - started)
    return seconds


def opening(frames: int) -> None:
    """A long project: until the window shows its state, and until it shows the picture."""
    rows: list[list[object]] = []
    with folder_of((48, 64), frames) as clip:
        make_project(clip)
        for n in range(3):
            with window(FakeEngine()) as shown:
                started = time.perf_counter()
                until_signal(shown.document.opened, lambda w=shown: w.open(clip))  # type: ignore[misc]
                QCoreApplication.processEvents()
                stated = time.perf_counter()
                until(lambda w=shown: not w.work.stage.waiting)  # type: ignore[misc]
                QCoreApplication.processEvents()
                pictured = time.perf_counter()
                rows.append([f"{n + 1}.", 1000 * (stated - started), 1000 * (pictured - started)])
    head = ["time", "timeline, objects: ms", "first picture: ms"]
    print_table(f"Opening a project of {frames} frames, all propagated", head, rows)


def make_project(clip: str) -> None:
    """One object, everywhere, in the place where the app keeps the project of this clip."""
    from roto_gui.document.opening import Opening

    with Opening(clip, FakeEngine()).session() as session:
        mask = np.zeros((48, 64), bool)
        mask[10:30, 20:40] = True
        session.set_keyframe(session.source.frame_numbers[0], {"object": mask})
        for _ in session.propagate():
            pass


def memory(minutes: float) -> None:
    """Paint, propagate, look, correct, undo; again and again."""
    rows: list[list[object]] = []
    with folder_of((270, 480), 24) as clip, window(FakeEngine(), plate_cache_mb=64) as shown:
        open_clip(shown, clip)
        rounds, started, told = 0, time.monotonic(), 0.0
        step = minutes * 60 / 10
        while time.monotonic() - started < minutes * 60:
            one_round(shown)
            rounds += 1
            spent = time.monotonic() - started
            if spent >= told:
                gc.collect()
                rows.append([f"{spent:.0f} s", rounds, resident_mib()])
                told += step
        gc.collect()
        rows.append(["end", rounds, resident_mib()])
    print_table("The same work again and again", ["after", "rounds", "resident MiB"], rows)
    settled = [float(str(row[2])) for row in rows[1:]]
    if settled:
        print(f"\nmax - min after the first round: {max(settled) - min(settled):.1f} MiB")


def one_round(shown: MainWindow) -> None:
    """What an artist does, and all of it undone."""
    snapshot = shown.document.snapshot
    assert snapshot is not None
    size = snapshot.clip.height, snapshot.clip.width
    shown.work.visit(snapshot.frames[0])
    add_box(shown, size)
    until_signal(shown.document.ended, lambda: shown.actions_.run("propagate_both"))
    settle(shown)
    walk(shown)
    shown.actions_.run("tool_brush")
    drag(shown, [(size[1] * 0.2, size[0] * 0.2), (size[1] * 0.4, size[0] * 0.2)])
    release(shown, size[1] * 0.4, size[0] * 0.2)
    settle(shown)
    until_signal(shown.document.ended, lambda: shown.actions_.run("propagate_both"))
    settle(shown)
    while shown.document.snapshot is not None and shown.document.snapshot.undo:
        shown.document.undo()
        settle(shown)


def resident_mib() -> float:
    """Physical memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
