"""Which networks there are, by name: those that ship with roto and those in a folder of yours.

No torch: a list of models must appear at once.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from roto.errors import WeightsNotFoundError

DEFAULT = "small"
"""The model that is taken where nobody names one: it suits machines without a GPU."""

FOLDER_VARIABLE = "ROTO_MODELS"
"""Environment variable: a folder with weight files of the artist's own."""

_ENDINGS = (".safetensors", ".pth", ".pt")
_LONGEST_HEADER = 100_000_000  # bytes; the format's own bound


@dataclass(frozen=True, slots=True)
class Model:
    """A weight file with a name.

    Attributes:
        name: What ``--model`` calls it.
        path: Of the file.
        embedded: Whether it ships with roto.
    """

    name: str
    path: Path
    embedded: bool

    @property
    def parameters(self) -> int | None:
        """Number of parameters; None where only torch could tell, or the file is damaged."""
        if self.path.suffix != ".safetensors":
            return None
        try:
            with self.path.open("rb") as file:
                length = int.from_bytes(file.read(8), "little")
                header = json.loads(file.read(min(length, _LONGEST_HEADER)))
            shapes: list[list[int]] = [
                entry["shape"] for name, entry in header.items() if _is_parameter(name)
            ]
            return sum(math.prod(shape) for shape in shapes)
        except (OSError, ValueError, LookupError, AttributeError, TypeError):
            return None  # a list of models must not break on one of them


def _is_parameter(name: str) -> bool:
    buffers = ("running_mean", "running_var", "num_batches_tracked")
    return name != "__metadata__" and not name.endswith(buffers)


def list_models() -> list[Model]:
    """All models with a name: embedded ones, then those in the folder ``$ROTO_MODELS``."""
    embedded = Path(str(files("roto_resources") / "weights"))
    found = _in_folder(embedded, embedded=True)
    if folder := os.environ.get(FOLDER_VARIABLE):
        found += _in_folder(Path(folder), embedded=False)
    return found


def find_model(name: str | os.PathLike[str] = DEFAULT) -> Model:
    """The model of that name, or the weight file at that path.

    Raises:
        WeightsNotFoundError: neither.
    """
    text = os.fspath(name)
    models = list_models()
    for model in models:
        if model.name == text:
            return model
    path = Path(text).expanduser()
    if path.suffix in _ENDINGS:
        if path.is_file():
            return Model(path.stem, path, embedded=False)
        raise WeightsNotFoundError(f"There is no weight file at {path}.")
    if path.is_file():
        endings = ", ".join(_ENDINGS)
        raise WeightsNotFoundError(f"{path} is no weight file; their names end in {endings}.")
    known = ", ".join(m.name for m in models) or "none"
    raise WeightsNotFoundError(
        f"There is no model {text!r}; known are: {known}. A path to a weight file works as well."
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a weight file, hexadecimal: what a matte's provenance names."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _in_folder(folder: Path, *, embedded: bool) -> list[Model]:
    if not folder.is_dir():
        return []
    paths = sorted(p for p in folder.iterdir() if p.suffix in _ENDINGS)
    return [Model(p.stem, p, embedded) for p in paths]
