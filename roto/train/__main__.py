"""Train a network: see docs/training.md for recipes and what they reached."""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from roto.errors import RotoError, SettingsError
from roto.export import write_bytes_atomic
from roto.export.stills import write_picture
from roto.model.stcn import BASE, SMALL, STCN
from roto.model.weights import load_network
from roto.train.backbone_weights import load_backbone
from roto.train.loop import CHECKPOINT, Trainer
from roto.train.packs import StillPack
from roto.train.recipe import Recipe
from roto.train.sheet import training_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

NETWORKS = {"small": SMALL, "base": BASE}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        recipe = _recipe(options)
        if options.sheet:
            pack = StillPack([Path(p) for p in recipe.packs])
            write_picture(options.sheet, training_sheet(recipe, pack))
        else:
            train(options, recipe)
    except RotoError as error:
        logging.getLogger("roto.train").error("roto.train: error: %s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m roto.train", description=__doc__)
    parser.add_argument("--packs", nargs="+", required=True, metavar="TAR")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/small"), help="resumes what is there"
    )
    parser.add_argument("--network", choices=sorted(NETWORKS), default="small")
    text = "ImageNet weights of MobileNetV2 or ResNet-50 v2, for the encoders they fit"
    parser.add_argument("--backbone", type=Path, nargs="+", default=[], metavar="FILE", help=text)
    parser.add_argument("--init", type=Path, help="a whole network to start from, in place of --network")
    parser.add_argument("--validation", type=Path, help="data set in the layout of DAVIS")
    parser.add_argument("--sheet", type=Path, help="only draw what the network would see")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    group = parser.add_argument_group("recipe")
    kinds = {"int": int, "float": float}
    for field in fields(Recipe):
        if field.name != "packs":
            name = "--" + field.name.replace("_", "-")
            group.add_argument(name, type=kinds[str(field.type)], default=field.default)
    return parser


def _recipe(options: argparse.Namespace) -> Recipe:
    values = {field.name: getattr(options, field.name) for field in fields(Recipe)}
    for name in ("size", "late_size"):
        if values[name] % STCN.stride:
            option = "--" + name.replace("_", "-")
            raise SettingsError(f"{option} {values[name]} is no multiple of {STCN.stride}.")
    return Recipe(**{**values, "packs": tuple(options.packs)})


def train(options: argparse.Namespace, recipe: Recipe) -> None:
    """Start a run, or go on with the one in the output folder."""
    torch.manual_seed(recipe.seed)
    net = with_prior(load_network(options.init)) if options.init else STCN(NETWORKS[options.network])
    for path in options.backbone:
        load_backbone(net, path)
    trainer = Trainer(recipe, net, torch.device(options.device))
    checkpoint = options.out / CHECKPOINT
    if checkpoint.exists():
        trainer.load(torch.load(checkpoint, map_location="cpu", weights_only=True))
    text = json.dumps({f.name: getattr(recipe, f.name) for f in fields(Recipe)}, indent=1)
    write_bytes_atomic(options.out / "recipe.json", text.encode())
    trainer.run(options.out, validation=options.validation)


def with_prior(net: STCN) -> STCN:
    """The same network with a prior, which starts out silent; one that has it stays as it is."""
    if net.config.prior:
        return net
    wider = STCN(replace(net.config, prior=True))
    wider.load_state_dict(net.state_dict(), strict=False)
    return wider


if __name__ == "__main__":
    raise SystemExit(main())
