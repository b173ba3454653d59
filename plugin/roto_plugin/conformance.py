"""How exact every host is: ``python -m roto_plugin.conformance [--hosts fake mlt] [-o FILE]``.

Each host renders the standard shot in every way it knows, and its pixels are compared with what
NumPy makes of the package.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from roto.errors import RotoError
from roto.export import write_bytes_atomic
from roto_plugin.host import HostRequest
from roto_plugin.hosts import host_named, host_names
from roto_plugin.standard import standard_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roto_plugin.host import ConformanceReport, HostAdapter

_HEAD = """\
# How exact the hosts are

Made by `python -m roto_plugin.conformance -o docs/conformance.md`; do not edit.

Every host renders the same shot: a gradient of 96 x 64 pixels, an anti-aliased disc that moves 6
pixels a frame, frames 1001 to 1008 at 24000/1001 frames per second. Its pixels are compared with
the composite that NumPy makes of the plate and the package's EXR mattes. Errors are parts of the
whole range of values: one step of 8 bits is 3.9e-03. A frame too early or too late would be a mean
error of more than 0.02.

Where mattes overlap, every host shows the plate, or grades it, once: two mattes that overlap look
like one matte that holds both.

"""
_COLUMNS = ("host", "version", "feature", "mixes in", "mean error", "max error", "promised")


def measure(adapter: HostAdapter, folder: Path) -> Iterator[ConformanceReport]:
    """What a host makes of the standard shot, a report per way.

    Args:
        adapter: Of the host.
        folder: To work in.

    Raises:
        HostError: the host is not here, or fails.
    """
    capabilities = adapter.capabilities()
    package = standard_package(folder, capabilities.needs)
    for way in capabilities.ways:
        output = folder / f"{way.feature}-{way.carrier}{capabilities.extension}"
        request = HostRequest(output, feature=way.feature, carrier=way.carrier)
        adapter.apply(adapter.plan(package, request), output)
        yield adapter.verify(package, output)


def table(reports: Sequence[ConformanceReport]) -> str:
    """Reports as a table in Markdown."""
    rows = [_COLUMNS, *(_row(one) for one in reports)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = [_line(row, widths) for row in rows]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure hosts and print the table; returns 1 where one is missing or not as promised."""
    parser = argparse.ArgumentParser(prog="python -m roto_plugin.conformance", description=__doc__)
    parser.add_argument("--hosts", nargs="+", default=host_names(), metavar="NAME")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page, too")
    options = parser.parse_args(arguments)
    reports: list[ConformanceReport] = []
    failed = False
    for name in options.hosts:
        try:
            reports += _reports(host_named(name))
        except RotoError as error:
            sys.stderr.write(f"{name}: {error}\n")
            failed = True
    sys.stdout.write(table(reports))
    if options.output and not failed:
        write_bytes_atomic(options.output, (_HEAD + table(reports)).encode())
    return int(failed or not all(one.ok for one in reports))


def _reports(adapter: HostAdapter) -> list[ConformanceReport]:
    with TemporaryDirectory(prefix="roto-conformance-") as folder:
        return list(measure(adapter, Path(folder)))


def _row(one: ConformanceReport) -> tuple[str, ...]:
    promised = f"mean {one.way.mean:g}, max {one.way.most:.2g}" + ("" if one.ok else ": BROKEN")
    errors = (f"{one.mean:.1e}", f"{one.most:.1e}")
    return (one.host, one.version, one.way.title, one.way.light, *errors, promised)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
