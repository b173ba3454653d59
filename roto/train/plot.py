"""Draw the curves of training runs, several on the same axes to compare them."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roto.errors import ClipNotFoundError, DecodeError, RotoError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG = "log.jsonl"
_PANELS = (
    ("loss", "loss (running mean)"),
    ("iou", "training IoU (running mean)"),
    ("rate", "learning rate, share of its peak"),
    ("j_and_f", "validation J&F, percent"),
)

Line = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m roto.train.plot", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folders of --out")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        plot({run.name: read_log(run) for run in options.runs}, options.output)
    except RotoError as error:
        logging.getLogger("roto.train").error("roto.train.plot: error: %s", error)
        return 1
    return 0


def read_log(run: Path) -> list[Line]:
    """The lines of a run's log; those of a validation get the minutes of the step before them.

    Raises:
        ClipNotFoundError: the folder holds no log.
        DecodeError: the log is damaged.
    """
    try:
        text = (run / LOG).read_text(encoding="utf-8")
        lines: list[Line] = [json.loads(line) for line in text.splitlines()]
    except FileNotFoundError as error:
        raise ClipNotFoundError(f"There is no {LOG} in {run}.") from error
    except (OSError, ValueError) as error:
        raise DecodeError(f"The log {run / LOG} cannot be read: {error}.") from error
    minutes = 0.0
    for line in lines:
        minutes = line.setdefault("minutes", minutes)
    return lines


def points(lines: Sequence[Line], name: str) -> tuple[list[float], list[float]]:
    """Minutes and values of one quantity; a resumed run's repeated minutes are left out.

    A run that was stopped hard goes on from its last checkpoint, and the log holds what came
    after that twice; the later lines are those of the weights that were kept.
    """
    kept: list[tuple[float, float]] = []
    for line in lines:
        while kept and kept[-1][0] > line["minutes"]:
            kept.pop()
        if name in line:
            kept.append((line["minutes"], line[name]))
    return [minutes for minutes, _ in kept], [value for _, value in kept]


def plot(runs: dict[str, list[Line]], path: Path) -> None:
    """Draw loss, IoU, learning rate and validation scores of runs over their minutes.

    Raises:
        SettingsError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingsError(
            "Plots need matplotlib: install roto with its extra 'train'."
        ) from error
    figure = Figure(figsize=(11, 7), layout="constrained")
    canvas = FigureCanvasAgg(figure)  # draws without a display
    for axes, (name, title) in zip(figure.subplots(2, 2).flat, _PANELS, strict=True):
        for label, lines in runs.items():
            axes.plot(*points(lines, name), label=label, marker="o" if name == "j_and_f" else "")
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("minutes of training")
        axes.grid(alpha=0.3)
    figure.axes[0].legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.print_png(str(path))


if __name__ == "__main__":
    raise SystemExit(main())
