"""Format and look of ``roto export``: from options to an order. And ``roto formats``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli.output import emit
from roto.delivery import Order
from roto.errors import SettingsError
from roto.export import FramePattern
from roto.export.contract import Look
from roto.export.registry import FORMATS, format_for, format_named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from roto.export.contract import Content, Format


def order_from(
    options: argparse.Namespace, names: Mapping[int, str], frames: Sequence[int]
) -> Order:
    """What the options ask for.

    Args:
        options: Of ``roto export``.
        names: Names of the chosen objects by id.
        frames: Chosen frame numbers, ascending.

    Raises:
        SettingsError: there is no such format, or it cannot hold that.
    """
    pattern = FramePattern(options.output)
    if options.format is None:
        format = format_for(pattern.path(0, ""), options.bit_depth)
    else:
        format = format_named(options.format)
        pattern = FramePattern(options.output, format.extensions[0], format.movie)
    return Order(names, frames, pattern, format, _look(options, format), resume=options.resume)


def formats(options: argparse.Namespace) -> int:
    """Print one line per format."""
    for one in FORMATS.values():
        if options.json:
            emit(
                "format",
                name=one.name,
                title=one.title,
                extensions=one.extensions,
                depths=one.depths,
                contents=one.contents,
                movie=one.movie,
            )
            continue
        depths = ", ".join(map(str, one.depths)) + " bit"
        extensions = " ".join(one.extensions)
        print(f"{one.name:<13} {extensions:<11} {depths:<16} {one.title}")
        print(f"{'':<13} {'':<11} holds {', '.join(one.contents)}; cut-outs {_alpha(one)}")
    return 0


def _alpha(format: Format) -> str:
    if "cutout" not in format.contents:
        return "not at all"
    words = ["premultiplied" if one else "straight" for one in format.premultiplied]
    return " (or ".join(words) + ")" * (len(words) - 1)


def _look(options: argparse.Namespace, format: Format) -> Look:
    content: Content = options.content or "matte"
    if options.colour is not None and content != "over":
        raise SettingsError(f"--colour is behind --content over; a {content} shows none.")
    premultiplied = options.premultiplied
    if premultiplied is None:
        premultiplied = content == "cutout" and format.premultiplied[0]
    elif content != "cutout":
        raise SettingsError("--premultiplied and --straight are about --content cutout only.")
    colour = _colour(options.colour or "0,0,0")
    return Look(content, premultiplied, colour, options.bit_depth)


def _colour(text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = map(float, text.split(","))
    except ValueError:
        raise SettingsError(f"{text!r:.60} is no colour; give three numbers: 0,1,0.") from None
    return red, green, blue
