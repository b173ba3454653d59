"""Scores as a table for people and as plain data for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from roto.evaluate.scores import ObjectScore, Scores, SequenceScore

_HEADER = ("sequence", "objects", "J&F", "J", "F", "J recall", "F recall", "J decay", "F decay")
_HEADER_COST = ("frames", "fps")


def format_table(scores: Scores) -> str:
    """A plain-text table, one line per sequence and one for all; scores in percent.

    A decay is how much the score falls from the first quarter of the frames to the last.
    """
    rows: list[tuple[str, ...]] = [(*_HEADER, *_HEADER_COST)]
    rows += [_row(sequence.name, sequence) for sequence in scores.sequences]
    rows.append(_row("all objects", scores))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def to_dict(scores: Scores) -> dict[str, Any]:
    """All numbers, down to the value of each frame, as dicts and lists fit for ``json.dump``."""
    return {
        **_summary(scores),
        "sequences": [
            {
                "name": sequence.name,
                **_summary(sequence),
                "object_scores": [_object(item) for item in sequence.objects],
            }
            for sequence in scores.sequences
        ],
    }


def _row(name: str, score: Scores | SequenceScore) -> tuple[str, ...]:
    j, f = score.j, score.f
    parts = (score.j_and_f, j.mean, f.mean, j.recall, f.recall, j.decay, f.decay)
    percent = (f"{100 * part:.1f}" for part in parts)
    cost = (str(score.frames), f"{score.frames_per_second:.2f}")
    return (name, str(len(score.objects)), *percent, *cost)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *numbers])


def _summary(score: Scores | SequenceScore) -> dict[str, Any]:
    return {
        "j_and_f": score.j_and_f,
        "j": asdict(score.j),
        "f": asdict(score.f),
        "objects": len(score.objects),
        "frames": score.frames,
        "seconds": score.seconds,
        "frames_per_second": score.frames_per_second,
    }


def _object(score: ObjectScore) -> dict[str, Any]:
    return {
        "id": score.object_id,
        "j": asdict(score.j),
        "f": asdict(score.f),
        "scored_frames": list(score.frames),
        "j_per_frame": list(score.region),
        "f_per_frame": list(score.boundary),
    }
