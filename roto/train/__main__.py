"""Train a network: see docs/training.md for recipes and what they reached."""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

from roto.errors import RotoError, SettingsError, WeightsNotFoundError
from roto.export import write_bytes_atomic
from roto.export.stills import write_picture
from roto.model.stcn import SMALL, STCN
from roto.model.weights import load_network
from roto.train.loop import CHECKPOINT, Trainer
from roto.train.packs import StillPack
from roto.train.recipe import Recipe
from roto.train.sheet import training_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    parser.add_argument("--backbone", type=Path, help="ImageNet weights of MobileNetV2")
    parser.add_argument("--init", type=Path, help="weights of a whole network to start from")
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
    if values["size"] % STCN.stride:
        raise SettingsError(f"--size {values['size']} is no multiple of {STCN.stride}.")
    return Recipe(**{**values, "packs": tuple(options.packs)})


def train(options: argparse.Namespace, recipe: Recipe) -> None:
    """Start a run, or go on with the one in the output folder."""
    torch.manual_seed(recipe.seed)
    net = load_network(options.init) if options.init else STCN(SMALL)
    if options.backbone:
        load_backbone(net, options.backbone)
    trainer = Trainer(recipe, net, torch.device(options.device))
    checkpoint = options.out / CHECKPOINT
    if checkpoint.exists():
        trainer.load(torch.load(checkpoint, map_location="cpu", weights_only=True))
    text = json.dumps({f.name: getattr(recipe, f.name) for f in fields(Recipe)}, indent=1)
    write_bytes_atomic(options.out / "recipe.json", text.encode())
    trainer.run(options.out, validation=options.validation)


def load_backbone(net: STCN, path: Path) -> None:
    """ImageNet weights of MobileNetV2 (torchvision's names) into both encoders.

    Raises:
        WeightsNotFoundError: no such file.
        SettingsError: the file holds no layer of the network.
    """
    if not path.is_file():
        raise WeightsNotFoundError(f"There are no backbone weights at {path}.")
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    for encoder in (net.key_encoder, net.value_encoder):
        own = encoder.state_dict()
        fitting = {n: _with_mask_inputs(t, own[n].shape) for n, t in weights.items() if n in own}
        if not fitting:
            raise SettingsError(f"The backbone weights {path} hold no layer of this network.")
        encoder.load_state_dict(fitting, strict=False)


def _with_mask_inputs(weight: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """A first convolution's weight with random channels for the masks beside those of the image.

    They start as strong as the image's own: from zero, an adaptive optimiser's small equal
    steps leave the network blind to its masks for its first few hundred steps.
    """
    if weight.shape == shape:
        return weight
    masks = torch.randn(shape[0], shape[1] - weight.shape[1], *shape[2:]) * weight.std() * 2
    return torch.cat([weight, masks], 1)


if __name__ == "__main__":
    raise SystemExit(main())
