"""How much memory a run will take: said before it starts, and kept to.

Pure arithmetic. The engine says what its network takes for plates of this size
(:class:`roto.engine.Footprint`), the :class:`Workload` says what there is to do, the settings bound
what is kept, and the program itself was measured. What stays during the run adds up; of what
comes and goes only the largest counts, because one thing is done after the other:

* a picture is read, made display-referred and *encoded*;
* masks and what was predicted become memory (*remember*);
* memory is *read* and masks are *decoded*;
* whoever asks for them makes *mattes* at the plate's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from roto.engine import Footprint, Settings

Where = Literal["main memory", "device"]

_FLOAT = 4
_PAST = "while it was loaded"
_AFFINITY = 24 * 2**20  # one chunk of similarities and what is chosen of it
_BANDS = 48 * 2**20  # rows of the plate at hand while mattes are made
_PACKED = 0.12  # bytes per value of packed logits: most of a picture is certain
_PER_RESULT = 2000  # of a result besides its logits
_SPARE = 0.18  # of what the network allocates: freed, and not given back to the system at once
_MOST_SPARE = 100 * 10**6  # large blocks are given back

_OF_NETWORK = ("encoding a picture", "remembering", "reading memory", "decoding masks")


@dataclass(frozen=True, slots=True)
class Workload:
    """What there is to do.

    Attributes:
        plate: (H, W) of the plate.
        objects: How many are followed.
        frames: How many there are; None for a stream, which may be endless.
        keyframes: How many.
        again: Frames that are visited twice, so that it pays to keep them encoded.
        deep: Whether pictures come as float32 and not as uint8.
        mattes: Whether somebody asks for mattes at the plate's size on the way.
        kept: Whether all results are kept in memory, as :func:`roto.propagate` does.
    """

    plate: tuple[int, int]
    objects: int
    frames: int | None
    keyframes: int = 1
    again: int = 0
    deep: bool = False
    mattes: bool = True
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """What the process takes before the run, measured in bytes.

    Attributes:
        now: Resident, the network's weights included where they are in main memory.
        most: The most it has been so far, for example while the network was loaded.
    """

    now: int
    most: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that take memory.

    Attributes:
        name: For people.
        nbytes: How much.
        where: In main memory, or in the memory of the device.
    """

    name: str
    nbytes: int
    where: Where = "main memory"


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """What a run takes at most.

    Attributes:
        workload: What there is to do.
        working: (h, w) the network works at, padding included.
        parts: They add up to the peak.
        phases: What comes and goes; the largest is among the parts.
    """

    workload: Workload
    working: tuple[int, int]
    parts: tuple[Part, ...]
    phases: tuple[Part, ...]

    @property
    def peak(self) -> int:
        """Bytes of main memory."""
        return sum(part.nbytes for part in self.parts if part.where == "main memory")

    @property
    def ahead(self) -> int:
        """Bytes of main memory from now on: what the process once took and gave back is past."""
        past = sum(part.nbytes for part in self.parts if part.name == _PAST)
        return self.peak - past

    @property
    def device(self) -> int:
        """Bytes of the device's own memory; 0 where there is none."""
        return sum(part.nbytes for part in self.parts if part.where == "device")

    def __str__(self) -> str:
        height, width = self.workload.plate
        frames = self.workload.frames
        length = "a stream" if frames is None else _count(frames, "frame")
        objects = _count(self.workload.objects, "object")
        device = f" and {size_text(self.device)} on the device" if self.device else ""
        what = f"{width}x{height}, {objects}, {length}"
        return f"Memory: at most {size_text(self.peak)}{device} for {what}."


def memory_need(
    footprint: Footprint, workload: Workload, settings: Settings, program: Program
) -> MemoryNeed:
    """What a run takes at most, part by part.

    Args:
        footprint: Of the engine, for this plate and as many objects.
        workload: What there is to do.
        settings: The engine's.
        program: As measured before the run.
    """
    there: Where = "main memory" if footprint.free is None else "device"
    weights = Part("network", footprint.weights, there)
    own = footprint.weights if there == "main memory" else 0
    stays = [
        Part("program", max(0, program.now - own)),
        weights,
        Part("features", 2 * footprint.encoded, there),
        Part("cache", _cache(footprint, workload, settings), there),
        Part("memory bank", _bank(footprint, workload, settings), there),
        Part("results", _results(footprint, workload)),
    ]
    phases = _phases(footprint, workload, settings, there)
    largest = [_largest(phases, where) for where in ("main memory", "device")]
    moving = [part for part in largest if part is not None]
    own_work = _largest([p for p in phases if p.name in _OF_NETWORK], "main memory")
    network = [*stays[2:5], *([own_work] if own_work is not None else [])]
    spare = _SPARE * sum(part.nbytes for part in network if part.where == "main memory")
    parts = [*stays, *moving, Part("spare", min(round(spare), _MOST_SPARE))]
    peak = sum(part.nbytes for part in parts if part.where == "main memory")
    if program.most > peak:
        parts.append(Part(_PAST, program.most - peak))
    return MemoryNeed(workload, footprint.working, tuple(parts), tuple(phases))


def remembered(workload: Workload, settings: Settings) -> int:
    """Frames in memory at most: keyframes, predicted ones up to the bound, and the newest."""
    if workload.frames is None:
        predicted = settings.max_memory
    else:
        predicted = min(settings.max_memory, workload.frames // settings.memory_every)
    return workload.keyframes + predicted + int(settings.remember_last)


def size_text(nbytes: float) -> str:
    """Bytes for people: ``850 MB``, ``1.4 GB``."""
    if nbytes < 0.9995e9:
        return f"{nbytes / 1e6:.0f} MB"
    return f"{nbytes / 1e9:.1f} GB"


def _cache(footprint: Footprint, workload: Workload, settings: Settings) -> int:
    """Whole frames only, as the cache keeps them."""
    frames = min(workload.again, settings.cache_bytes // max(1, footprint.encoded))
    return frames * footprint.encoded


def _bank(footprint: Footprint, workload: Workload, settings: Settings) -> int:
    """Every remembered frame, and all of them side by side as they are read."""
    frame = footprint.key + workload.objects * footprint.value
    kept = 2 * remembered(workload, settings) * frame
    # Besides those of the keyframes: what was predicted, both joined, and the newest.
    contexts = footprint.context * (workload.keyframes + 3)
    return kept + workload.objects * (contexts + workload.keyframes * footprint.masks)


def _results(footprint: Footprint, workload: Workload) -> int:
    if not workload.kept or workload.frames is None:
        return 0
    values = footprint.working[0] * footprint.working[1] // 16
    return round(workload.frames * (_PER_RESULT + workload.objects * values * _PACKED))


def _phases(
    footprint: Footprint, workload: Workload, settings: Settings, there: Where
) -> list[Part]:
    height, width = workload.plate
    pixels, objects = height * width, workload.objects
    work = footprint.working[0] * footprint.working[1]
    frames = remembered(workload, settings)
    picture = 3 * pixels
    # A float picture becomes half floats, which are looked up in a table of bytes.
    read = picture * (_FLOAT + 2 + 1 if workload.deep else 2)
    beside = picture * (_FLOAT + 1 if workload.deep else 1) if there == "main memory" else 0
    affinity = 2 * (frames + 1) * footprint.key + _AFFINITY
    bank = frames * objects * footprint.value
    phases = [
        Part("reading a plate", read),
        Part("encoding a picture", beside + footprint.encode, there),
        Part("remembering", footprint.remember + beside, there),
        Part("reading memory", max(affinity, bank) + objects * footprint.read, there),
        Part("decoding masks", objects * footprint.read + footprint.decode, there),
        Part("understanding keyframes", 2 * _FLOAT * pixels + objects * _FLOAT * work),
    ]
    if workload.mattes:
        phases.append(Part("mattes", 2 * objects * _FLOAT * pixels + _BANDS))
    return phases


def _largest(phases: list[Part], where: Where) -> Part | None:
    found = [part for part in phases if part.where == where]
    if not found:
        return None
    most = max(found, key=lambda part: part.nbytes)
    return Part(f"workspace: {most.name}", most.nbytes, where)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
