"""What each choice of the training recipe is worth: short runs that differ in one thing.

python benchmarks/ablations.py --packs TAR ... --validation DAVIS_TAR --out FOLDER --minutes 20
                               [--init WEIGHTS | --backbone FILE ...] [--only full warps ...]
                               [-- OPTIONS OF roto.train FOR ALL RUNS]

Each recipe trains for the same minutes from the same start, one after the other, and its
averaged weights are scored. Results are kept: a run that is finished is not repeated, one that
was stopped goes on. The second row differs in its seed alone: what is closer to the first row than
that says nothing. On a CPU the minutes are processor time of one thread, so that runs may share the
machine: start one for each core, with --only, and at last one with all names for the table.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import torch
from tables import print_machine

from roto.model.weights import load_network
from roto.train.__main__ import main as train
from roto.train.loop import CHECKPOINT, WEIGHTS
from roto.train.validation import validate

RECIPES: dict[str, list[str]] = {
    "full": [],
    "full, another seed": ["--seed", "2"],
    "warps": ["--clips", "warps"],
    "no prior": ["--no-prior"],
    "never blind": ["--blind", "0"],
    "no soft IoU": ["--iou-share", "0"],
    "all pixels": ["--hard", "1"],
    "all blocks trained": ["--freeze", "0"],
    "one target only": ["--pairs", "0"],
    "hard clips": ["--hard-clips", "0.25"],
    "every frame remembered": ["--gaps", "0"],
    "the paper's rate": ["--rate", "1e-5", "--backbone-rate", "1e-5"],
    "no averaging": ["--ema", "0"],
}
RESULT = "result.json"


def main() -> int:
    """Train and score what is missing, then print the table and write it beside the runs."""
    options, rest = _parse()
    if options.device == "cpu":
        torch.set_num_threads(1)
    names = options.only or list(RECIPES)
    results = {}
    for name in names:
        folder = options.out / re.sub(r"\W+", "-", name)
        arguments = _arguments(name, folder, options, rest)
        if not (folder / RESULT).is_file():
            run(arguments, folder, options)
        results[name] = json.loads((folder / RESULT).read_text())
        if results[name]["arguments"] != arguments:
            sys.exit(f"The run in {folder} was made with other options: choose another --out.")
    print_machine(options.device)
    text = table(results)
    print(text)
    (options.out / "table.md").write_text(text)
    return 0


def _arguments(name: str, folder: Path, options: argparse.Namespace, rest: list[str]) -> list[str]:
    """What ``python -m roto.train`` is called with."""
    start = ["--init", str(options.init)] if options.init else []
    if options.backbone:
        start += ["--backbone", *options.backbone]
    return [
        *("--packs", *options.packs),
        *("--out", str(folder), "--minutes", str(options.minutes), "--device", options.device),
        *(("--clock", "processor") if options.device == "cpu" else ()),
        *start,
        *rest,
        *RECIPES[name],  # last, so that it holds even against what is said for all
    ]


def run(arguments: list[str], folder: Path, options: argparse.Namespace) -> None:
    """Train one recipe and keep its scores."""
    if train(arguments):
        sys.exit(f"The run in {folder} failed.")
    scores = validate(load_network(folder / WEIGHTS), options.validation, device=options.device)
    state = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    progress = {key: state["progress"][key] for key in ("step", "clips", "iou")}
    part = folder / (RESULT + ".part")
    part.write_text(json.dumps({**progress, **scores, "arguments": arguments}))
    part.replace(folder / RESULT)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown; the last column is the difference to the full recipe, where that was run."""
    head = ("recipe", "steps", "clips", "training IoU", "J&F", "J", "F", "J&F to full")
    rows = [head, ("---",) * len(head)]
    base = results.get("full")
    for name, r in results.items():
        change = f"{r['j_and_f'] - base['j_and_f']:+.1f}" if base and r is not base else ""
        scores = (f"{r[key]:.1f}" for key in ("j_and_f", "j", "f"))
        rows.append((name, str(r["step"]), str(r["clips"]), f"{r['iou']:.3f}", *scores, change))
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _parse() -> tuple[argparse.Namespace, list[str]]:
    """The options, and what follows ``--``, which is for every run."""
    arguments = sys.argv[1:]
    at = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--packs", nargs="+", required=True, metavar="TAR")
    parser.add_argument("--validation", type=Path, required=True, metavar="DATASET")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--init", type=Path, metavar="WEIGHTS")
    parser.add_argument("--backbone", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--only", nargs="+", choices=list(RECIPES), metavar="RECIPE")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args(arguments[:at]), arguments[at + 1 :]


if __name__ == "__main__":
    raise SystemExit(main())
