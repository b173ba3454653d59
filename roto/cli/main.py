"""The command ``roto``: its arguments, and what happens when something goes wrong."""

from __future__ import annotations

import argparse
import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from roto import __version__
from roto.engine import Settings
from roto.errors import RotoError
from roto.models import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

INTERRUPTED = 130  # what shells expect after Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 1 for an error, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="roto: %(message)s")
    try:
        # Commands are imported when they are called: `roto info` must not wait for torch.
        command = import_module(f"roto.cli.{options.command}")
        return int(command.run(options))
    except RotoError as error:
        if options.debug:
            raise
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `roto models | head` is no error
        sys.stderr.close()
        return 0
    except OSError as error:
        if options.debug:
            raise
        return _fail(f"{error}. Use --debug to see where.")


def _fail(message: str) -> int:
    print(f"roto: error: {message}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roto", description="Mask an object on a few frames, get a matte on every frame."
    )
    parser.add_argument("--version", action="version", version=f"roto {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_demo, _add_propagate, _add_info, _add_models, _add_evaluate):
        add(commands)
    return parser


def _command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print JSON lines for programs")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _add_demo(commands: Commands) -> None:
    parser = _command(commands, "demo", "Propagate the masks of the sample clip and show them.")
    parser.add_argument("-o", "--output", default="roto-demo", metavar="FOLDER")
    _add_engine(parser)


def _add_propagate(commands: Commands) -> None:
    parser = _command(commands, "propagate", "Propagate masks through a clip and write mattes.")
    parser.add_argument("plate", help="movie, pattern such as plate.%%04d.exr, or folder")
    parser.add_argument(
        "--key",
        action="append",
        required=True,
        metavar="FRAME[:NAME]=MASK",
        help="mask of a frame, as 1001=hero.png or 1001:hero=mask.png; repeat for more",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="PATTERN",
        help="hero.%%04d.png, {object}.####.exr, or a folder",
    )
    parser.add_argument("--direction", choices=["both", "forward", "backward"], default="both")
    parser.add_argument("--bit-depth", type=int, help="PNG 8 or 16, TIFF 8 to 32, EXR 16 or 32")
    parser.add_argument("--first-frame", type=int, help="number of a movie's first frame (1001)")
    parser.add_argument("--resume", action="store_true", help="keep mattes that are there, go on")
    parser.add_argument("--overlay", metavar="MOVIE", help="also write the plate with its masks")
    _add_engine(parser)


def _add_info(commands: Commands) -> None:
    parser = _command(commands, "info", "Say what a clip is: size, frames, rate, missing frames.")
    parser.add_argument("plate")


def _add_models(commands: Commands) -> None:
    _command(commands, "models", "List the networks that can be named with --model.")


def _add_evaluate(commands: Commands) -> None:
    text = "Score a network on a data set in the layout of DAVIS, from first-frame masks."
    parser = _command(commands, "evaluate", text)
    parser.add_argument("dataset", help="folder or tar with JPEGImages and Annotations")
    parser.add_argument("--sequences", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--report", metavar="FILE", help="write every number as JSON")
    _add_engine(parser)


def _add_engine(parser: argparse.ArgumentParser) -> None:
    default = Settings()
    group = parser.add_argument_group("network")
    group.add_argument("--model", default=DEFAULT, help="name or weight file (%(default)s)")
    group.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    group.add_argument("--precision", default="auto", help="auto, float32, bfloat16")
    group.add_argument("--short-side", type=int, default=default.short_side, metavar="PIXELS")
    group.add_argument("--enlarge", action="store_true", help="also enlarge smaller plates to it")
    group.add_argument("--top-k", type=int, default=default.top_k, metavar="K")
    group.add_argument("--memory-every", type=int, default=default.memory_every, metavar="N")
    group.add_argument("--max-memory", type=int, default=default.max_memory, metavar="FRAMES")
    group.add_argument("--similarity", choices=["l2", "dot", "cosine"], default=default.similarity)
    group.add_argument("--remember-last", action="store_true")
