"""Train a network: see docs/training.md for recipes and what they reached."""

from __future__ import annotations

import argparse
import json
import logging
import shlex
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from roto.errors import RotoError, SettingsError
from roto.export import write_bytes_atomic
from roto.export.stills import write_picture
from roto.model.stcn import BASE, GC_SMALL, SMALL, STCN
from roto.model.weights import load_network
from roto.train.backbone_weights import load_backbone
from roto.train.codebook import with_codebook
from roto.train.distributed import Ranks, joined
from roto.train.loop import CHECKPOINT, Trainer
from roto.train.packs import StillPack
from roto.train.recipe import Recipe
from roto.train.sheet import training_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

NETWORKS = {"small": SMALL, "gc-small": GC_SMALL, "base": BASE}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    options.command = shlex.join(["python", "-m", "roto.train", *arguments])
    options.out = options.out or Path("runs") / options.network
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        recipe = _recipe(options)
        if options.sheet:
            pack = StillPack([Path(p) for p in recipe.packs])
            write_picture(options.sheet, training_sheet(recipe, pack))
        else:
            with joined(options.device) as (ranks, device):
                train(options, recipe, ranks, device)
    except RotoError as error:
        logging.getLogger("roto.train").error("roto.train: error: %s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m roto.train", description=__doc__)
    parser.add_argument("--packs", nargs="+", required=True, metavar="TAR")
    text = "resumes what is there; runs/NETWORK if not given"
    parser.add_argument("--out", type=Path, help=text)
    parser.add_argument("--network", choices=sorted(NETWORKS), default="small")
    text = "ImageNet weights of MobileNetV2 or ResNet-50 v2, for the encoders they fit"
    parser.add_argument("--backbone", type=Path, nargs="+", default=[], metavar="FILE", help=text)
    parser.add_argument("--init", type=Path, help="a whole network to start from instead")
    parser.add_argument("--validation", type=Path, help="data set in the layout of DAVIS")
    parser.add_argument("--sheet", type=Path, help="only draw what the network would see")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    text = "processes that make clips; if not given 1, and with GPUs all cores but one for each"
    parser.add_argument("--workers", type=int, help=text)
    _add_recipe(parser.add_argument_group("recipe"))
    return parser


def _add_recipe(group: argparse._ArgumentGroup) -> None:
    """One option for each attribute of the recipe but the packs."""
    kinds = {"int": int, "float": float, "str": str}
    for field in fields(Recipe):
        name = "--" + field.name.replace("_", "-")
        if str(field.type) == "bool":
            action = argparse.BooleanOptionalAction
            group.add_argument(name, action=action, default=field.default)
        elif field.name != "packs":
            kind, choices = kinds[str(field.type)], field.metadata.get("choices")
            group.add_argument(name, type=kind, default=field.default, choices=choices)


def _recipe(options: argparse.Namespace) -> Recipe:
    values = {field.name: getattr(options, field.name) for field in fields(Recipe)}
    for name in ("size", "late_size"):
        if values[name] % STCN.stride:
            option = "--" + name.replace("_", "-")
            raise SettingsError(f"{option} {values[name]} is no multiple of {STCN.stride}.")
    return Recipe(**{**values, "packs": tuple(options.packs)})


def train(options: argparse.Namespace, recipe: Recipe, ranks: Ranks, device: torch.device) -> None:
    """Start a run, or go on with the one in the output folder."""
    torch.manual_seed(recipe.seed)
    config = replace(NETWORKS[options.network], prior=recipe.prior)
    net = load_network(options.init) if options.init else STCN(config)
    if options.init:
        net = with_prior(net) if recipe.prior else without_prior(net)
        net = with_codebook(net, recipe, config.codewords) if config.codewords else net
    for path in options.backbone:
        load_backbone(net, path)
    teacher = load_network(Path(recipe.teacher)) if recipe.teacher else None
    trainer = Trainer(recipe, net, device, ranks=ranks, teacher=teacher, workers=options.workers)
    checkpoint = options.out / CHECKPOINT
    if checkpoint.exists():
        trainer.load(torch.load(checkpoint, map_location="cpu", weights_only=True))
    if ranks.first:
        stored = {f.name: getattr(recipe, f.name) for f in fields(Recipe)}
        stored |= {"command": options.command, "processes": ranks.count}
        write_bytes_atomic(options.out / "recipe.json", json.dumps(stored, indent=1).encode())
    trainer.run(options.out, validation=options.validation)


def with_prior(net: STCN) -> STCN:
    """The same network with a prior, which starts out silent; one that has it stays as it is."""
    if net.config.prior:
        return net
    wider = STCN(replace(net.config, prior=True))
    wider.load_state_dict(net.state_dict(), strict=False)
    return wider


def without_prior(net: STCN) -> STCN:
    """The same network without its prior."""
    narrower = STCN(replace(net.config, prior=False))
    kept = narrower.state_dict()
    narrower.load_state_dict({n: t for n, t in net.state_dict().items() if n in kept})
    return narrower


if __name__ == "__main__":
    raise SystemExit(main())
