"""Data sets in the layout of DAVIS, from a folder or straight from a tar file.

``JPEGImages[/480p]/SEQUENCE/00000.jpg`` are the frames, ``Annotations[/480p]/SEQUENCE/00000.png``
the label maps, by palette index or grey value. Two conventions share that layout:

* DAVIS-2016: one object, 0 and 255. It is read as object 1.
* DAVIS-2017: object ids from 1 on; 255 are void pixels, which nobody decided about.

A sequence is of the first kind if its first annotation holds no id but 255.
Not every frame needs an annotation.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from roto.errors import ClipNotFoundError, DecodeError, FrameNotFoundError, MaskNotFoundError
from roto.evaluate.store import open_store
from roto.masks.palette import IGNORE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roto.evaluate.store import Store
    from roto.masks import LabelMap

VOID = IGNORE_LABEL
"""The value of pixels that must not be scored."""

_ENTRY = re.compile(
    r"(?:^|/)(?P<kind>JPEGImages|Annotations)/(?:480p/)?"
    r"(?P<sequence>[^/]+)/(?P<frame>\d+)\.(?:jpg|jpeg|png)$",
    re.IGNORECASE,
)


class Sequence:
    """One shot of a data set. Nothing is kept in memory: each call reads its file.

    Attributes:
        name: Name of its folder.
        frames: Numbers of all frames, ascending, as the files are numbered.
        annotated: Numbers of those frames that have an annotation, ascending.
    """

    def __init__(
        self, name: str, images: Mapping[int, str], annotations: Mapping[int, str], store: Store
    ) -> None:
        self.name = name
        self.frames = tuple(sorted(images))
        self.annotated = tuple(frame for frame in self.frames if frame in annotations)
        self._images = images
        self._annotations = annotations
        self._store = store

    def __repr__(self) -> str:
        return f"Sequence({self.name!r}, {len(self.frames)} frames)"

    @property
    def first_annotated(self) -> int:
        """Number of the frame whose annotation is given to the method under test."""
        return self.annotated[0]

    @cached_property
    def objects(self) -> tuple[int, ...]:
        """Ids in the first annotation, ascending; only these are scored."""
        return tuple(int(label) for label in np.unique(self.first_annotation) if label)

    @property
    def first_annotation(self) -> LabelMap:
        """What the method under test is given: void pixels are background here."""
        labels = self.annotation(self.first_annotated)
        return np.where(labels == VOID, np.uint8(0), labels)

    @property
    def scored(self) -> tuple[int, ...]:
        """Annotated frames that count: the given one and the shot's last are left out.

        The semi-supervised track of DAVIS does the same.
        """
        return tuple(f for f in self.annotated if self.first_annotated < f < self.frames[-1])

    def image(self, frame: int) -> npt.NDArray[np.uint8]:
        """Pixels of a frame, (H, W, 3) uint8 RGB.

        Raises:
            FrameNotFoundError: the sequence has no such frame.
            DecodeError: its file is damaged.
        """
        if frame not in self._images:
            raise FrameNotFoundError(f"Sequence {self.name!r} has no frame {frame}.")
        return _decode_image(self._images[frame], self._store)

    def annotation(self, frame: int) -> LabelMap:
        """Labels of a frame, (H, W) uint8, ``VOID`` where undecided.

        Raises:
            MaskNotFoundError: that frame has no annotation.
            DecodeError: its file is damaged.
        """
        if frame not in self._annotations:
            raise MaskNotFoundError(f"Frame {frame} of sequence {self.name!r} has no annotation.")
        labels = _decode_labels(self._annotations[frame], self._store)
        return (labels == VOID).astype(np.uint8) if self._is_binary else labels

    @cached_property
    def _is_binary(self) -> bool:
        """True for the convention of DAVIS-2016, where 255 is the object."""
        labels = _decode_labels(self._annotations[self.first_annotated], self._store)
        return not np.any((labels != 0) & (labels != VOID))


class DavisDataset:
    """The annotated sequences of a data set, by name; iterates in alphabetical order.

    Open it with a path, and close it or use it in a ``with`` block.

    Raises:
        ClipNotFoundError: nothing is there, or it is not in the layout of DAVIS.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._store = open_store(self.path)
        self._sequences = _find_sequences(self._store)
        if not self._sequences:
            self.close()
            raise ClipNotFoundError(
                f"{self.path} is not a data set in the layout of DAVIS: it needs frames in "
                "JPEGImages/SEQUENCE and label maps in Annotations/SEQUENCE."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the annotated sequences, sorted."""
        return tuple(self._sequences)

    def split(self, name: str) -> tuple[str, ...]:
        """Sequence names of a set such as ``2016/val``, as listed under ``ImageSets``.

        Raises:
            ClipNotFoundError: the data set has no such list.
        """
        for entry in self._store.names():
            if f"/{entry}".endswith(f"/ImageSets/{name}.txt"):
                lines = self._store.read(entry).decode().split()
                # The lists of 2016 name files, one pair a line; those of 2017 name sequences.
                found = {line.split("/")[-2] if "/" in line else line for line in lines}
                return tuple(sorted(found))
        raise ClipNotFoundError(f"{self.path} has no list ImageSets/{name}.txt.")

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._store.close()

    def __getitem__(self, name: str) -> Sequence:
        """The sequence of that name; raises ClipNotFoundError if there is none."""
        try:
            return self._sequences[name]
        except KeyError:
            raise ClipNotFoundError(
                f"{self.path} has no annotated sequence {name!r}, only {', '.join(self.names)}."
            ) from None

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._sequences.values())

    def __len__(self) -> int:
        return len(self._sequences)

    def __enter__(self) -> DavisDataset:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _find_sequences(store: Store) -> dict[str, Sequence]:
    """Sequences with at least one annotated frame, sorted by name."""
    images: defaultdict[str, dict[int, str]] = defaultdict(dict)
    annotations: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for name in store.names():
        if match := _ENTRY.search(name):
            kind = images if match["kind"].lower() == "jpegimages" else annotations
            kind[match["sequence"]][int(match["frame"])] = name
    return {
        name: Sequence(name, images[name], annotations[name], store)
        for name in sorted(images)
        if images[name].keys() & annotations[name].keys()
    }


def _decode_image(name: str, store: Store) -> npt.NDArray[np.uint8]:
    try:
        pixels = cv2.imdecode(np.frombuffer(store.read(name), np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # an empty buffer raises, a damaged one gives None
        pixels = None
    if pixels is None:
        raise DecodeError(f"{name} cannot be read as a picture.")
    return cast("npt.NDArray[np.uint8]", pixels[..., ::-1].copy())


def _decode_labels(name: str, store: Store) -> LabelMap:
    """Palette indices or grey values of a PNG, (H, W) uint8."""
    try:
        with Image.open(io.BytesIO(store.read(name))) as image:
            return np.array(image if image.mode == "P" else image.convert("L"), dtype=np.uint8)
    except (OSError, SyntaxError) as error:  # what Pillow raises on damaged files
        raise DecodeError(f"{name} cannot be read as a label map.") from error
