"""What roto asks of a host, and what an adapter answers.

An adapter turns a package of mattes into a host's own project, in steps that can each be looked at:

    plan       pure data: what will stand in the project, and what is lost on the way
    preflight  what is wrong before anything is written or rendered
    apply      writes the project
    read_back  the plan again, read from what was written
    verify     the host renders it, and its pixels are compared with what they should be

docs/adding-a-host.md shows how to write one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from roto.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.package import Package

Feature: TypeAlias = Literal["cutout", "grade", "alpha"]
"""``cutout``: the plate over a background where the mattes are. ``grade``: the plate, with its
colours multiplied inside the mattes only, and once where mattes overlap. ``alpha``: the mattes
alone, white on black."""

Light: TypeAlias = Literal["display", "linear"]
"""In which values a host mixes pictures: code values as they are, or scene-linear light."""

GREEN = "#00ff00"
GAIN = (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that a host can do with mattes, and how they reach it.

    Attributes:
        feature: What.
        carrier: By which means: "movie", "sequence", "cryptomatte", "strip".
        title: For people: "cut-out, alpha movie".
        light: How the host mixes there.
        mean: Mean error per frame that is promised at most, 1 being the whole range of values.
        most: Error of a single pixel that is promised at most.
    """

    feature: Feature
    carrier: str
    title: str
    light: Light
    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a host can do.

    Attributes:
        extension: Of its project files, with the dot.
        ways: What it can do; the first of a feature is the best one.
        needs: Representations that the package must hold besides EXR sequences, by the short names
            of ``roto.package.EXTRAS``.
        writer: What must be installed to write a project at all, and how; "" where roto writes it
            alone, and the host is needed to render only.
    """

    extension: str
    ways: tuple[Way, ...]
    needs: tuple[str, ...] = ()
    writer: str = ""

    def way(self, feature: str, carrier: str | None = None) -> Way:
        """The way to do something.

        Raises:
            HostError: there is none.
        """
        for one in self.ways:
            if one.feature == feature and carrier in (None, one.carrier):
                return one
        have = ", ".join(dict.fromkeys(f"{one.feature} by {one.carrier}" for one in self.ways))
        by = f" by {carrier}" if carrier else ""
        raise HostError(f"The host cannot do {feature}{by}; it does {have}.")


@dataclass(frozen=True, slots=True)
class HostRequest:
    """What is wanted of a host.

    Attributes:
        output: The project file to write.
        feature: What to show.
        background: Behind a cut-out: "#rrggbb" or the path of a picture, which must have the size
            of the plate.
        gain: What red, green and blue are multiplied by inside the mattes ("grade").
        objects: Ids or names; None for all.
        range: First and last frame, both included; None for all of the package but its handles.
        carrier: By which means; None for the host's best.
    """

    output: Path
    feature: Feature = "cutout"
    background: str = GREEN
    gain: tuple[float, float, float] = GAIN
    objects: Sequence[int | str] | None = None
    range: tuple[int, int] | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the package that the host will not have: one sentence."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong before rendering.

    Attributes:
        severity: "error": the host would show something wrong. "warning": worth knowing.
        text: One sentence: what, where, what to do.
    """

    severity: Literal["error", "warning"]
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What a project of a host will hold: data that can be kept, compared and sent.

    Attributes:
        host: Name of the adapter.
        feature: What is shown.
        carrier: By which means.
        data: The project, JSON values only. Paths are relative to the project's folder, with
            forward slashes.
        losses: What the host will not have.
    """

    host: str
    feature: Feature
    carrier: str
    data: Mapping[str, Any]
    losses: tuple[Loss, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "host": self.host,
            "feature": self.feature,
            "carrier": self.carrier,
            "data": json.loads(json.dumps(self.data)),
            "losses": [loss.text for loss in self.losses],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> HostPlan:
        """What :meth:`as_json` gave.

        Raises:
            HostError: it is no plan.
        """
        try:
            losses = tuple(Loss(str(text)) for text in values["losses"])
            host, feature, carrier = (values[key] for key in ("host", "feature", "carrier"))
            return cls(host, feature, carrier, dict(values["data"]), losses)
        except (KeyError, TypeError, ValueError) as error:
            raise HostError(f"This is no plan for a host: {error!r} is amiss.") from None


def diff(before: HostPlan, after: HostPlan) -> list[str]:
    """What is different between two plans, a line each; none where they are the same.

    >>> a = HostPlan("x", "cutout", "movie", {"layers": [{"first": 1001}]})
    >>> b = HostPlan("x", "cutout", "movie", {"layers": [{"first": 1002}]})
    >>> diff(a, b)
    ['data.layers[0].first: 1001 -> 1002']
    """
    old, new = dict(_leaves(before.as_json())), dict(_leaves(after.as_json()))
    lines = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            lines.append(f"{key}: {old[key]} is gone")
        elif key not in old:
            lines.append(f"{key}: {new[key]} is new")
        elif old[key] != new[key]:
            lines.append(f"{key}: {old[key]} -> {new[key]}")
    return lines


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{key}[{index}]")
    else:
        yield key, json.dumps(value)


@dataclass(frozen=True, slots=True)
class Applied:
    """A project that was written.

    Attributes:
        output: The project file.
        files: All that was written, the project among it.
    """

    output: Path
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FrameError:
    """How far a host's picture is from what it should be, 1 being the whole range of values.

    Attributes:
        mean: Over all pixels and channels.
        most: Of the worst one.
    """

    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What a host made of a project, frame by frame.

    Attributes:
        host: Name of the adapter.
        version: Of the host itself.
        way: What was asked of it, and which errors are promised at most.
        frames: Errors by frame number, ascending.
        findings: What was wrong before it rendered.
    """

    host: str
    version: str
    way: Way
    frames: Mapping[int, FrameError]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def mean(self) -> float:
        """Mean error over all frames."""
        return sum(one.mean for one in self.frames.values()) / max(1, len(self.frames))

    @property
    def most(self) -> float:
        """Error of the worst pixel of all frames."""
        return max((one.most for one in self.frames.values()), default=0.0)

    @property
    def ok(self) -> bool:
        """True where every frame is as good as promised, and there is at least one."""
        way = self.way
        good = (one.mean <= way.mean and one.most <= way.most for one in self.frames.values())
        return bool(self.frames) and all(good)

    def __str__(self) -> str:
        state = "ok" if self.ok else "NOT AS PROMISED"
        return (
            f"{self.host} {self.version}, {self.way.title}: mean {self.mean:.5f}, "
            f"most {self.most:.4f}: {state}"
        )


class HostAdapter(Protocol):
    """Turns packages of mattes into projects of one host. Holds no state; safe to make often."""

    name: str
    """What ``--host`` calls it."""
    title: str
    """For people: "MLT (Kdenlive, Shotcut)"."""

    def version(self) -> str:
        """Version of the host that is installed here; "" where there is none."""
        ...

    def capabilities(self) -> Capabilities:
        """What the host can do; the same whether it is installed here or not."""
        ...

    def plan(self, package: Package, request: HostRequest) -> HostPlan:
        """What the project will hold. Writes nothing.

        Raises:
            HostError: the host cannot do what is asked, or the package lacks what it needs.
            PackageError: no such object or frame.
            ClipNotFoundError: the plate is nowhere to be found.
        """
        ...

    def preflight(self, plan: HostPlan, output: Path) -> tuple[Finding, ...]:
        """What is wrong before anything is written or rendered, looking at the disk.

        Args:
            plan: What will stand, or stands, in the project.
            output: The project file, from whose folder paths are seen.
        """
        ...

    def apply(self, plan: HostPlan, output: Path) -> Applied:
        """Write the project, whole or not at all; an older one is replaced.

        Raises:
            HostError: preflight finds an error.
            ExportError: nothing can be written there.
        """
        ...

    def read_back(self, output: Path) -> HostPlan:
        """The plan that a project stands for. Of one that ``apply`` wrote, the same plan.

        Raises:
            HostError: it is no project that ``apply`` could have written.
        """
        ...

    def render(self, output: Path, folder: Path) -> Mapping[int, Path]:
        """Have the host render a project: a picture per frame, into a folder.

        Raises:
            HostError: the host is not here, preflight finds an error, or it fails.
        """
        ...

    def verify(self, package: Package, output: Path) -> ConformanceReport:
        """Render a project and compare it with what the package says it must look like.

        Raises:
            HostError: as of ``render``.
        """
        ...
