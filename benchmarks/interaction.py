"""A robot corrects one frame after another: what does each correction bring, and what does it move?

    python benchmarks/interaction.py davis16-dev.tar --rounds 3 [--model small] [--scratch]

It starts from the first annotation and propagates. In every round it replaces one frame by
its annotation and propagates what that reaches. Which frame is a matter of policy:

    suggested   what Session.suggest says; it sees no ground truth
    worst       the truly worst frame; nobody can know it who has not looked at all of them
    uniform     frames that divide the clip evenly when all rounds are over, each time the one
                that leaves the clip's frames nearest to a keyframe

J&F is the mean over all annotated frames, corrected ones included. With --scratch the frames
of the first policy are given again to a session that finds everything anew in every round. With
--blend a correction keeps what was known where that is better supported
(roto/session/earlier.py), and with --compare-blend the frames of each policy are given again to a
session that does so: a row "... blended" then differs from the one above it in nothing else.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tables import print_machine

import roto
from roto.engine import Settings
from roto.evaluate.davis import VOID, DavisDataset
from roto.evaluate.propagation import SequenceSource
from roto.metrics import boundary_measure, region_similarity

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.engine import Engine
    from roto.evaluate.davis import Sequence
    from roto.masks import LabelMap

    Policy = Callable[["Robot", int], int]  # robot and number of rounds -> the frame to correct


@dataclass(frozen=True)
class Round:
    """What one correction brought.

    Attributes:
        frame: The corrected one.
        score: J&F afterwards, 0..1.
        changed: Frames, other than the corrected one, that show something else than before.
        seconds: Time to propagate.
    """

    frame: int
    score: float
    changed: int
    seconds: float


class Robot:
    """An artist who knows the truth, at a session on one sequence."""

    def __init__(
        self, sequence: Sequence, source: SequenceSource, engine: Engine, *, blend: bool = False
    ) -> None:
        self.sequence = sequence
        self.session = roto.new_session(source, model=engine)
        self.session.blend = blend
        self.keys: list[int] = []
        self.shown: dict[int, LabelMap] = {}
        self.scores: dict[int, float] = {}
        for _ in self.session.prefetch():
            pass  # so that every round is timed alike

    def key(self, frame: int) -> None:
        """Give the truth at a frame."""
        truth = self.sequence.annotation(frame)
        known = self.session.objects
        for i in self.sequence.objects:
            name, mask = f"object {i}", (truth == i).astype(np.uint8)
            if any(record.name == name for record in known.values()):
                self.session.correct(frame, name, mask if mask.any() else None)
            else:
                self.session.set_keyframe(frame, {name: mask})
        self.keys.append(frame)

    def correct(self, frame: int) -> Round:
        """Give the truth at a frame, propagate and look."""
        self.key(frame)
        started = time.perf_counter()
        for _ in self.session.propagate():
            pass
        seconds = time.perf_counter() - started
        changed = self.look() - {frame}
        return Round(frame, self.score, len(changed), seconds)

    def look(self) -> set[int]:
        """See every frame; those that have changed since the last look."""
        changed = set()
        for frame in self.sequence.annotated:
            labels = self.session.result(frame).label_map
            before = self.shown.get(frame)
            if before is None or not np.array_equal(before, labels):
                changed.add(frame)
                self.shown[frame] = labels
                self.scores[frame] = self._judge(frame, labels)
        return changed

    @property
    def score(self) -> float:
        """J&F of what was seen last, 0..1."""
        return float(np.mean(list(self.scores.values())))

    @property
    def free(self) -> list[int]:
        """Frames that can be corrected."""
        return [f for f in self.sequence.annotated if f not in self.keys]

    def back_to(self, steps: int, keys: int) -> None:
        """Undo all but so many steps, and look again."""
        while len(self.session.project.steps().undo) > steps:
            self.session.undo()
        del self.keys[keys:]
        self.look()

    def _judge(self, frame: int, labels: LabelMap) -> float:
        truth = self.sequence.annotation(frame)
        void = truth == VOID
        values = []
        for i in self.sequence.objects:
            name = f"object {i}"
            found, wanted = labels == self.session.object_id(name), truth == i
            j = region_similarity(found, wanted, void)
            values.append((j + boundary_measure(found, wanted, void)) / 2)
        return float(np.mean(values))


def suggested(robot: Robot, rounds: int) -> int:
    """The free frame nearest to the suggestion, which is itself wherever it is annotated."""
    del rounds
    found = robot.session.suggest()
    wanted = found[0].frame if found else robot.free[0]
    return min(robot.free, key=lambda frame: abs(frame - wanted))


def worst(robot: Robot, rounds: int) -> int:
    """The frame with the least J&F."""
    del rounds
    return min(robot.free, key=lambda frame: robot.scores[frame])


def uniform(robot: Robot, rounds: int) -> int:
    """With the first frame given and N to come, the places are 2/(2N+1), 4/(2N+1) ... of the clip.

    No frame is then farther than 1/(2N+1) of the clip from a keyframe.
    """
    frames = robot.sequence.annotated
    places = [2 * (n + 1) / (2 * rounds + 1) * (len(frames) - 1) for n in range(rounds)]
    planned = [frames[round(place)] for place in places]
    left = [frame for frame in planned if frame in robot.free] or robot.free

    def distance(candidate: int) -> int:
        return sum(min(abs(f - key) for key in (*robot.keys, candidate)) for f in frames)

    return min(left, key=distance)


POLICIES: dict[str, Policy] = {"suggested": suggested, "worst": worst, "uniform": uniform}


def play(
    sequence: Sequence, engine: Engine, options: argparse.Namespace
) -> tuple[float, dict[str, list[Round]]]:
    """J&F before any correction, and per policy what every round brought."""
    with SequenceSource(sequence) as source:
        robot = Robot(sequence, source, engine, blend=options.blend)
        start = robot.correct(sequence.first_annotated).score
        steps = len(robot.session.project.steps().undo)
        found, rounds = {}, options.rounds
        for name in options.policies:
            found[name] = [robot.correct(POLICIES[name](robot, rounds)) for _ in range(rounds)]
            robot.back_to(steps, keys=1)
            if options.compare_blend:
                robot.session.blend = True
                again = [robot.correct(r.frame) for r in found[name]]
                found[f"{name} blended"] = again
                robot.session.blend = options.blend
                robot.back_to(steps, keys=1)
    return start, found


def from_scratch(sequence: Sequence, engine: Engine, frames: list[int]) -> list[Round]:
    """The same corrections, with everything found anew from all keyframes in every round."""
    with SequenceSource(sequence) as source:
        robot = Robot(sequence, source, engine)
        robot.correct(sequence.first_annotated)
        found = []
        for frame in frames:
            robot.session.undo()  # the whole propagation
            found.append(robot.correct(frame))
    return found


def head(rounds: int) -> str:
    """The first two lines of a table."""
    cells = ["sequence", "policy", "start", *(f"after {n + 1}" for n in range(rounds))]
    cells += ["frames changed a round", "s a round", "corrected"]
    return f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}"


def row(name: str, policy: str, start: float, rounds: list[Round]) -> str:
    """One line of it."""
    cells = [f"{100 * value:.1f}" for value in (start, *(r.score for r in rounds))]
    cells.append(f"{np.mean([r.changed for r in rounds]):.1f}")
    cells.append(f"{np.mean([r.seconds for r in rounds]):.1f}")
    cells.append(" ".join(str(r.frame) for r in rounds))
    return f"| {name} | {policy} | {' | '.join(cells)} |"


def mean_row(policy: str, starts: list[float], played: list[list[Round]]) -> str:
    """The mean over sequences."""
    scores = np.array([[r.score for r in rounds] for rounds in played]).mean(0)
    cells = [f"{100 * value:.1f}" for value in (np.mean(starts), *scores)]
    cells.append(f"{np.mean([r.changed for rounds in played for r in rounds]):.1f}")
    cells.append(f"{np.mean([r.seconds for rounds in played for r in rounds]):.1f}")
    return f"| mean | {policy} | {' | '.join(cells)} | |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", default="small")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--short-side", type=int, default=Settings().short_side)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--policies", nargs="+", choices=list(POLICIES), default=list(POLICIES))
    parser.add_argument("--scratch", action="store_true")
    parser.add_argument("--blend", action="store_true")
    parser.add_argument("--compare-blend", action="store_true")
    parser.add_argument("--sequences", nargs="+", metavar="NAME")
    options = parser.parse_args()
    print_machine()
    settings = Settings(short_side=options.short_side, cache_bytes=2**31)  # the whole clip
    engine = roto.load_model(options.model, settings=settings, device=options.device)
    starts: list[float] = []
    played: dict[str, list[list[Round]]] = {}
    print(head(options.rounds))
    with DavisDataset(options.dataset) as dataset:
        for sequence in dataset:
            if options.sequences and sequence.name not in options.sequences:
                continue
            start, found = play(sequence, engine, options)
            if options.scratch:
                frames = [r.frame for r in found[options.policies[0]]]
                found["from scratch"] = from_scratch(sequence, engine, frames)
            starts.append(start)
            for policy, rounds in found.items():
                played.setdefault(policy, []).append(rounds)
                print(row(sequence.name, policy, start, rounds), flush=True)
    for policy, all_rounds in played.items():
        print(mean_row(policy, starts, all_rounds))


if __name__ == "__main__":
    main()
