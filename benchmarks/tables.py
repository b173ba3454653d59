"""Plain-text tables, and a line that says on what machine they were printed."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A title and aligned columns: the first to the left, numbers to the right."""
    texts = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        cells = [
            row[0].ljust(widths[0]),
            *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, 99th percentile, worst."""
    return float(np.median(values)), float(np.percentile(values, 99)), max(values)


def print_machine(device: str = "cpu") -> None:
    """Processor or GPU, threads and versions: what a number means nothing without."""
    where = _processor()
    if device.startswith("cuda"):
        where = f"{torch.cuda.get_device_name(device)}, host {where}"
    python = platform.python_version()
    print(f"{where}; {torch.get_num_threads()} threads; torch {torch.__version__}; Python {python}")


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
