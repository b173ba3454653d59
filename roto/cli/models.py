"""``roto models``: which networks there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli.output import emit
from roto.models import DEFAULT, FOLDER_VARIABLE, list_models

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Print one line per model."""
    for model in list_models():
        if options.json:
            emit("model", name=model.name, path=str(model.path), parameters=model.parameters)
            continue
        count = model.parameters
        size = f"{count / 1e6:.1f} M parameters" if count else "size not known"
        default = " (default)" if model.name == DEFAULT else ""
        print(f"{model.name:<16} {size:<20} {model.path}{default}")
    if not options.json:
        print(f"More: a path to a weight file, or a folder of them named by ${FOLDER_VARIABLE}.")
    return 0
