"""``roto export --host``: a package of mattes, and the host's project beside it."""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import ExportError, HostError
from roto.hosts import HostChoice, folder_beside
from roto_plugin.host import GAIN, GREEN, HostRequest
from roto_plugin.hosts import FOR_TESTS, host_named, host_names
from roto_plugin.planning import check_background, check_gain

if TYPE_CHECKING:
    from roto.package import Package
    from roto_plugin.host import HostAdapter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostOrder:
    """A project to write, checked as far as can be told without a package.

    Attributes:
        adapter: Of the host.
        request: What is wanted.
        folder: Where the package must be: ``shot.mattes`` beside ``shot.mlt``.
        needs: Representations that it must hold.
    """

    adapter: HostAdapter
    request: HostRequest
    folder: Path
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostResult:
    """A project that was written.

    Attributes:
        title: Of the host.
        output: The project file.
        files: All that was written, the project among it.
        losses: What the host does not have of the package, a sentence each.
        warnings: What is worth knowing before rendering.
    """

    title: str
    output: str
    files: list[str]
    losses: list[str]
    warnings: list[str]


def choices() -> list[HostChoice]:
    """All programs, be they here or not; an adapter that cannot be loaded is left out."""
    found = []
    for name in host_names():
        if name == FOR_TESTS:
            continue
        try:
            adapter = host_named(name)
        except HostError as error:
            log.warning("%s", error)
            continue
        able = adapter.capabilities()
        features = tuple(dict.fromkeys(way.feature for way in able.ways))
        found.append(HostChoice(name, adapter.title, able.extension, features, able.needs))
    return found


def prepare(
    host: str,
    output: str,
    *,
    feature: str | None = None,
    background: str | None = None,
    gain: str | None = None,
    overwrite: bool = False,
) -> HostOrder:
    """Check an order before anything is written.

    Args:
        host: Name of the adapter.
        output: The project file to write.
        feature: See :data:`roto_plugin.host.Feature`; None for a cut-out.
        background: "#rrggbb" or a picture; None for green.
        gain: "R,G,B" or one number for all three; None for half.
        overwrite: Replace an older project.

    Raises:
        HostError: there is no such host, it cannot do that, or only it can write its projects and
            it is not here.
        ExportError: there is a project already.
    """
    adapter, target = host_named(host), Path(output)
    capabilities = adapter.capabilities()
    if not target.name.endswith(capabilities.extension) or target.name == capabilities.extension:
        raise HostError(
            f"{target.name} is no project of {adapter.title}: give it the ending "
            f"{capabilities.extension}."
        )
    way = capabilities.way(feature or "cutout")
    if background is not None and way.feature != "cutout":
        raise HostError(f"A background is behind a cut-out; there is none with {way.feature}.")
    if gain is not None and way.feature != "grade":
        raise HostError(f"A gain is for a grade; there is none with {way.feature}.")
    check_background(background or GREEN)
    if os.path.lexists(target) and not overwrite:
        raise ExportError(
            f"Cannot write {target}: it is there already; choose another name, or overwrite it."
        )
    if capabilities.writer and not adapter.version():
        raise HostError(f"Only {adapter.title} writes its projects: {capabilities.writer}.")
    request = HostRequest(
        target, way.feature, background or GREEN, GAIN if gain is None else _gain(gain)
    )
    folder = folder_beside(target, capabilities.extension)
    return HostOrder(adapter, request, folder, capabilities.needs)


def finish(order: HostOrder, package: Package) -> HostResult:
    """Write the project.

    Raises:
        HostError: the host cannot do it, or something is missing.
        ExportError: nothing can be written there.
    """
    adapter, output = order.adapter, order.request.output
    plan = adapter.plan(package, order.request)
    applied = adapter.apply(plan, output)
    return HostResult(
        adapter.title,
        str(output),
        [str(path) for path in applied.files],
        [str(loss) for loss in plan.losses],
        [str(one) for one in adapter.preflight(plan, output)],
    )


def _gain(text: str) -> tuple[float, float, float]:
    parts = re.split(r"\s*,\s*", text.strip())
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) == 1:
        numbers *= 3
    if len(numbers) != 3:
        raise HostError(f"The gain {text!r} is none: give 0.5, or R,G,B as 1.2,1,0.8.")
    gain = (numbers[0], numbers[1], numbers[2])
    check_gain(gain)
    return gain
