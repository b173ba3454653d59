"""``roto demo``: the main job on the clip that ships with roto."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roto.cli.common import Progress, engine_from
from roto.cli.memory import prepare
from roto.cli.output import emit, say
from roto.cli.propagate import write_overlay
from roto.delivery import MatteWriter
from roto.export import FramePattern, write_picture
from roto.export.overlay import contact_sheet, overlay
from roto.masks import labels
from roto.masks.files import decode_picture
from roto.media import open_clip, to_display
from roto.metrics import region_similarity
from roto.propagation import Propagation

if TYPE_CHECKING:
    import argparse

    from roto.masks import LabelMap
    from roto.propagation.passes import Propagated

FIRST = 1001
NAMES = {1: "van", 2: "dog"}
_SHEET = (1001, 1011, 1021, 1031, 1041, 1060)


def run(options: argparse.Namespace) -> int:
    """Propagate one frame's masks through the sample clip; write mattes and pictures of them."""
    folder = Path(options.output)
    clips = files("roto_resources") / "clips"
    with (
        as_file(clips / "sample.mp4") as movie,
        as_file(clips / "sample_key.1001.png") as key,
        open_clip(movie, first_frame=FIRST) as source,
    ):
        session = Propagation(source, engine_from(options))
        session.set_keyframe(FIRST, labels(key, NAMES))
        prepare(options, session, session.workload())
        writer = MatteWriter(FramePattern(folder / "mattes" / "{object}.%04d.png"), None)
        score = _Score(_truth())
        pictures = {}
        with Progress(json_lines=options.json) as progress:
            for event in session.propagate():
                progress.frame(event, [str(path) for path in writer.write(event.result)])
                score.add(event)
                if event.frame in _SHEET:
                    plate = to_display(source.read(event.frame), source.clip.colour_space)
                    pictures[event.frame] = overlay(plate, event.result.label_map)
        write_overlay(folder / "overlay.mp4", session, writer)
    sheet = contact_sheet(list(pictures.values()), 3, [f"frame {f}" for f in pictures])
    write_picture(folder / "contact_sheet.png", sheet)
    _report(options, folder, progress, score)
    return 0


def _report(options: argparse.Namespace, folder: Path, progress: Progress, score: _Score) -> None:
    speed = progress.frames_per_second
    if options.json:
        emit("end", folder=str(folder), fps=round(speed, 2), **score.means())
        return
    names = ", ".join(f"{name} {100 * j:.1f} %" for name, j in score.means().items())
    say(f"{progress.done} frames at {speed:.1f} frames/s from the masks of frame {FIRST}.")
    say(f"Overlap (J) with the true masks: {names}.")
    for name in ("mattes", "overlay.mp4", "contact_sheet.png"):
        say(f"  {folder / name}")


class _Score:
    """Mean overlap of each object with the clip's ground truth, the given frame left out."""

    def __init__(self, truth: dict[int, LabelMap]) -> None:
        self._truth = truth
        self._values: dict[str, list[float]] = {name: [] for name in NAMES.values()}

    def add(self, event: Propagated) -> None:
        if event.frame == FIRST:
            return
        found, truth = event.result.label_map, self._truth[event.frame]
        for object_id, name in NAMES.items():
            overlap = region_similarity(found == object_id, truth == object_id)
            self._values[name].append(overlap)

    def means(self) -> dict[str, float]:
        return {name: float(np.mean(values)) for name, values in self._values.items()}


def _truth() -> dict[int, LabelMap]:
    """Label maps by frame number, from the archive beside the clip."""
    data = (files("roto_resources") / "clips" / "sample_truth.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            int(name.split(".")[-2]): decode_picture(archive.read(name), name).pixels
            for name in archive.namelist()
        }
