"""Command line of training; see docs/training.md."""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file

from roto.errors import RotoError, SettingsError
from roto.train.loop import Recipe, Trainer, fresh_network

if TYPE_CHECKING:
    from roto.model.stcn import STCN


def main() -> int:
    options = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        _train(options)
    except RotoError as error:
        logging.getLogger("roto.train").error("%s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m roto.train", description=__doc__)
    parser.add_argument("--packs", nargs="+", required=True, metavar="TAR")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; resumes it")
    parser.add_argument("--backbone", type=Path, help="ImageNet weights of the MobileNetV2")
    parser.add_argument("--init", type=Path, help="weights of a whole network to start from")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    for field in fields(Recipe):
        if field.name != "packs":
            kind = {"int": int, "float": float}[str(field.type)]
            parser.add_argument(
                f"--{field.name.replace('_', '-')}", type=kind, default=field.default
            )
    return parser


def _train(options: argparse.Namespace) -> None:
    values = {f.name: getattr(options, f.name) for f in fields(Recipe)}
    recipe = Recipe(**{**values, "packs": tuple(options.packs)})
    torch.manual_seed(recipe.seed)
    net = fresh_network()
    if options.backbone:
        load_backbone(net, options.backbone)
    if options.init:
        net.load_state_dict(_read(options.init))
    trainer = Trainer(recipe, net, torch.device(options.device))
    checkpoint = options.out / "checkpoint.pt"
    options.out.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists():
        trainer.load(torch.load(checkpoint, map_location="cpu", weights_only=True))
    (options.out / "recipe.json").write_text(json.dumps(values | {"packs": recipe.packs}, indent=1))
    trainer.run(options.out)


def load_backbone(net: STCN, path: Path) -> None:
    """ImageNet MobileNetV2 (torchvision's names) into both encoders."""
    weights = _read(path)
    for encoder in (net.key_encoder, net.value_encoder):
        own = encoder.state_dict()
        fitting: dict[str, Any] = {}
        for name, tensor in weights.items():
            if name in own:
                fitting[name] = (
                    _with_mask_inputs(tensor, own[name].shape) if tensor.ndim == 4 else tensor
                )
        if not fitting:
            raise SettingsError(f"The backbone weights {path} hold no layer of this network.")
        encoder.load_state_dict(fitting, strict=False)


def _with_mask_inputs(weight: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """A first convolution's weight with random channels for the masks beside those of the image.

    They start as strong as the image's own: from zero, an adaptive optimiser's small equal
    steps leave the network blind to its masks for its first few hundred steps.
    """
    missing = shape[1] - weight.shape[1]
    if missing <= 0:
        return weight
    masks = torch.randn(shape[0], missing, *shape[2:]) * weight.std() * 2
    return torch.cat([weight, masks], 1)


def _read(path: Path) -> dict[str, torch.Tensor]:
    return {name: tensor.float() for name, tensor in load_file(path).items()}


if __name__ == "__main__":
    raise SystemExit(main())
