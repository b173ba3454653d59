"""The arguments of every command, and which function answers to it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from roto import __version__
from roto.cli.only import Only
from roto.engine import Settings
from roto.models import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE_GO, _WORK, _OTHERS = "in one go", "work that goes on, in a project", "others"


class _Parser(argparse.ArgumentParser):
    """Options may stand anywhere: argparse loses ``roto key shot.roto --correct 1001=a.png``."""

    _inside = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As always, but in two rounds: options first, then the rest."""
        if self._inside:  # the rounds themselves
            return super().parse_known_args(args, namespace)
        self._inside = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._inside = False


class _Table:
    """The commands, in groups as ``roto --help`` shows them."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser
        self._commands = parser.add_subparsers(
            dest="command",
            required=True,
            metavar="COMMAND",
            help="one of those below",
            parser_class=_Parser,
        )
        self._groups: dict[str, list[tuple[str, str]]] = {}

    def add(self, group: str, name: str, text: str, home: str) -> argparse.ArgumentParser:
        """A command; ``home`` is ``module:function`` inside ``roto.cli``."""
        parser = self._commands.add_parser(name, description=text)
        parser.set_defaults(home=home)
        parser.add_argument("--json", action="store_true", help="print JSON lines for programs")
        parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
        self._groups.setdefault(group, []).append((name, text))
        return parser

    def work(self, name: str, text: str, home: str) -> argparse.ArgumentParser:
        """A command on a project."""
        parser = self.file(name, text, home)
        parser.add_argument("--plate", help="where the clip is now, if it was moved")
        return parser

    def file(self, name: str, text: str, home: str) -> argparse.ArgumentParser:
        """A command on a project's file alone: its clip need not be there."""
        parser = self.add(_WORK, name, text, home)
        parser.add_argument("project", metavar="PROJECT", help="the project's file, shot.roto")
        return parser

    @property
    def overview(self) -> str:
        """All commands by group."""
        blocks = [
            "\n".join([f"{group}:", *(f"  {name:<11}{text}" for name, text in rows)])
            for group, rows in self._groups.items()
        ]
        return "\n\n".join([*blocks, "Every option is in: roto COMMAND --help"])


def build_parser() -> argparse.ArgumentParser:
    """The parser of ``roto``."""
    parser = argparse.ArgumentParser(
        prog="roto",
        description="Mask an object on a few frames, get a matte on every frame.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"roto {__version__}")
    table = _Table(parser)
    for add in (_add_demo, _add_propagate, _add_new, _add_key, _add_object, _add_run, _add_status):
        add(table)
    for add in (_add_gui, _add_receipt, _add_locks, _add_steps, _add_export, _add_upkeep):
        add(table)
    _add_others(table)
    parser.epilog = table.overview
    return parser


def _add_demo(table: _Table) -> None:
    text = "Propagate the masks of the sample clip and show them."
    parser = table.add(_ONE_GO, "demo", text, "demo:run")
    parser.add_argument("-o", "--output", default="roto-demo", metavar="FOLDER")
    _add_engine(parser)


def _add_gui(table: _Table) -> None:
    text = "Open the desktop app."
    parser = table.add(_WORK, "gui", text, "gui:run")
    parser.add_argument("path", nargs="?", metavar="CLIP-OR-PROJECT", help="what to open")


def _add_propagate(table: _Table) -> None:
    text = "Propagate masks through a clip and write mattes."
    parser = table.add(_ONE_GO, "propagate", text, "propagate:run")
    parser.add_argument("plate", help="movie, pattern such as plate.%%04d.exr, or folder")
    parser.add_argument(
        "--key",
        action="append",
        required=True,
        metavar="FRAME[:NAME]=MASK",
        help="mask of a frame, as 1001=hero.png or 1001:hero=mask.png; repeat for more",
    )
    _add_output(parser)
    _add_replacing(parser, parser, "keep mattes that are there, and find the others")
    _add_ranges(parser, "find and write only these frames", "; keyframes elsewhere count, too")
    _add_direction(parser)
    parser.add_argument("--first-frame", type=int, help="number of a movie's first frame (1001)")
    _add_dry_run(parser)
    _add_engine(parser)


def _add_new(table: _Table) -> None:
    text = "Make a project of a clip."
    parser = table.add(_WORK, "new", text, "work:new")
    parser.add_argument("project", metavar="PROJECT", help="the file to make, shot.roto")
    parser.add_argument(
        "--plate", required=True, help="movie, pattern such as plate.%%04d.exr, or folder"
    )
    parser.add_argument("--first-frame", type=int, help="number of a movie's first frame (1001)")


def _add_key(table: _Table) -> None:
    text = "Set keyframes: masks that are kept exactly."
    parser = table.work("key", text, "work:key")
    parser.add_argument(
        "masks",
        nargs="*",
        metavar="FRAME[:NAME]=MASK",
        help="mask of a frame, as 1001=hero.png or 1001:hero=mask.png; or all files that a "
        'pattern names, as "masks/hero.####.png", "masks/{object}.%%04d.png" or '
        '":hero=masks/####.png"',
    )
    parser.add_argument(
        "--absent",
        action="append",
        default=[],
        metavar="FRAME:NAME",
        help="the object is not in this frame; repeat for more",
    )
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="FRAME[:NAME]",
        help="forget what was given at a frame, of one object or of all; repeat for more",
    )
    parser.add_argument(
        "--correct",
        action="store_true",
        help="the masks overrule what was found; say which frames the next run reaches",
    )


def _add_object(table: _Table) -> None:
    text = "List objects, add, name, hide and remove them."
    parser = table.work("object", text, "work:object_")
    for option, form, what in (
        ("--add", "NAME", "a new object"),
        ("--rename", "OLD=NEW", "give it another name"),
        ("--hide", "NAME", "hide it; it is propagated and exported all the same"),
        ("--show", "NAME", "show it again"),
        ("--lifetime", "NAME=FIRST-LAST", "frames between which it exists; NAME=all for all"),
        ("--remove", "NAME", "remove it with its keyframes, results and locks"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=form, help=what)


def _add_run(table: _Table) -> None:
    text = "Propagate: find what is missing or in reach of an edit."
    parser = table.work("run", text, "run:run")
    _add_ranges(parser, "only these frames")
    _add_objects(parser)
    _add_direction(parser)
    parser.add_argument(
        "--stale", action="store_true", help="refresh stale frames instead, and only these"
    )
    _add_dry_run(parser)
    _add_engine(parser, "network; what is not given is as in the project's last run")


def _add_status(table: _Table) -> None:
    table.work("status", "Say where the work stands, and what to do next.", "status:run")


def _add_receipt(table: _Table) -> None:
    text = "Say what the last run changed; accept it, or bring frames back."
    parser = table.work("receipt", text, "receipt:run")
    parser.add_argument(
        "--sort", choices=["frame", "change"], default="frame", help="order of rows (%(default)s)"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--revert", metavar="A-B", help="bring these frames back as they were")
    chosen.add_argument("--accept", action="store_true", help="it is good: close the receipt")


def _add_locks(table: _Table) -> None:
    text = "Keep frames as they are, whatever is propagated later."
    parser = table.work("lock", text, "work:lock")
    parser.add_argument("frames", metavar="RANGES", help="1001-1050, 1001, or 1001-1010,1020")
    _add_objects(parser)
    parser.add_argument("--region", metavar="MASK", help="only where this mask is set")
    parser = table.work("unlock", "Remove locks, or a part of them.", "work:unlock")
    parser.add_argument("locks", nargs="*", type=int, metavar="ID", help="which; all if none")
    parser.add_argument("--frames", metavar="RANGES", help="only there; the rest stays locked")
    parser.add_argument("--region", metavar="MASK", help="only where this mask is set")


def _add_steps(table: _Table) -> None:
    table.work("undo", "Take the newest step back, a whole run at once.", "work:undo")
    table.work("redo", "Bring back what was undone last.", "work:redo")


def _add_upkeep(table: _Table) -> None:
    text = "Make the project's file small: forget the oldest steps and what only they held."
    parser = table.file("compact", text, "upkeep:compact")
    what = "how many steps can still be taken back (%(default)s)"
    parser.add_argument("--keep-steps", type=int, default=1000, metavar="N", help=what)
    table.file("check", "Read all of the project's file and say if it is whole.", "upkeep:check")


def _add_export(table: _Table) -> None:
    parser = table.work("export", "Write mattes of what is known.", "export:run")
    target = parser.add_mutually_exclusive_group(required=True)
    _add_pattern(target)
    files = Only(parser)
    _add_pictures(files)
    _add_look(parser, files)
    packages = _add_package(parser, target)
    hosts = _add_host(parser)
    parser.set_defaults(of_files=files, of_packages=packages, of_hosts=hosts)
    _add_replacing(parser, files, "keep files whose headers say that they are current")
    _add_objects(parser)
    _add_ranges(parser, "only these frames", "; of a package one range")
    parser.add_argument("--partial", action="store_true", help="also if frames are missing or open")


def _add_others(table: _Table) -> None:
    text = "Say what a clip is: size, frames, rate, missing frames."
    parser = table.add(_OTHERS, "info", text, "info:run")
    parser.add_argument("plate", help="movie, pattern such as plate.%%04d.exr, or folder")
    what = "decode every frame; name those that are missing, broken, of another size or hold NaN"
    parser.add_argument("--check", action="store_true", help=what)
    text = "List the networks that can be named with --model."
    table.add(_OTHERS, "models", text, "models:run")
    text = "List the formats that export can write."
    table.add(_OTHERS, "formats", text, "looks:formats")
    text = "Say whether the files of a package are as they were written."
    parser = table.add(_OTHERS, "verify", text, "package:verify")
    parser.add_argument("package", metavar="PACKAGE", help="folder that export --package wrote")
    text = "Score a network on a data set in the layout of DAVIS, from first-frame masks."
    parser = table.add(_OTHERS, "evaluate", text, "evaluate:run")
    parser.add_argument("dataset", help="folder or tar with JPEGImages and Annotations")
    parser.add_argument("--sequences", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--report", metavar="FILE", help="write every number as JSON")
    _add_engine(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    _add_pattern(parser, required=True)
    _add_pictures(parser)


def _add_pattern(target: argparse._ActionsContainer, **how: Any) -> None:
    text = "hero.%%04d.png, {object}.####.exr, or a folder"
    target.add_argument("-o", "--output", metavar="PATTERN", help=text, **how)


def _add_pictures(target: argparse.ArgumentParser | Only) -> None:
    target.add_argument("--bit-depth", type=int, help="PNG 8 or 16, TIFF 8 to 32, EXR 16 or 32")
    target.add_argument("--overlay", metavar="MOVIE", help="also write the plate with its masks")


def _add_look(parser: argparse.ArgumentParser, files: Only) -> None:
    pixels = parser.add_argument_group("pixels")
    group = files.within(pixels)
    group.add_argument("--format", metavar="NAME", help="see roto formats (by the extension)")
    group.add_argument(
        "--content",
        choices=["matte", "cutout", "over"],
        help="alpha alone, the plate with alpha, or the plate over a colour (matte)",
    )
    alpha = files.within(pixels.add_mutually_exclusive_group())
    alpha.add_argument(
        "--premultiplied",
        action="store_true",
        default=None,
        help="colours of a cut-out are multiplied by alpha (as the format's readers expect)",
    )
    alpha.add_argument(
        "--straight", dest="premultiplied", action="store_false", help="or they are not"
    )
    group.add_argument(
        "--colour", metavar="R,G,B", help="behind the plate, 0 to 1 as the plate's values (black)"
    )


def _add_package(parser: argparse.ArgumentParser, target: argparse._ActionsContainer) -> Only:
    target.add_argument("--package", metavar="FOLDER", help="a package for other programs instead")
    group = Only(parser.add_argument_group("package"))
    group.add_argument(
        "--with",
        dest="with_",
        action="append",
        default=[],
        metavar="A,B",
        help="besides EXR sequences: layers, cryptomatte, png, movie, or a format",
    )
    group.add_argument("--handles", type=int, default=0, metavar="N", help="frames beyond --range")
    return group


def _add_host(parser: argparse.ArgumentParser) -> Only:
    host = parser.add_argument_group("project of an editor or compositor")
    host.add_argument(
        "--host",
        metavar="NAME",
        help="write one (-o shot.mlt), with a package beside it: mlt, blender-5.0, ...",
    )
    group = Only(host)
    group.add_argument(
        "--feature",
        choices=["cutout", "grade", "alpha"],
        help="the plate over a background, a grade inside the mattes, or the mattes (cutout)",
    )
    group.add_argument("--background", metavar="#RRGGBB|FILE", help="behind a cut-out (green)")
    group.add_argument("--gain", metavar="R,G,B", help="of a grade (0.5)")
    return group


def _add_replacing(
    parser: argparse.ArgumentParser, files: argparse.ArgumentParser | Only, keeps: str
) -> None:
    """What becomes of files that are there already: an error, unless one of these says more."""
    either = parser.add_mutually_exclusive_group()
    text = "replace what is there already: files, an overlay, a package, a project"
    either.add_argument("--overwrite", action="store_true", help=text)
    resuming = files.within(either) if isinstance(files, Only) else either
    text = f"{keeps}; an overlay is drawn anew"
    resuming.add_argument("--resume", action="store_true", help=text)


def _add_ranges(parser: argparse.ArgumentParser, text: str, more: str = "") -> None:
    text = f"{text}, as 1001-1050, 1001, or 1001-1010,1020{more}"
    parser.add_argument("--range", metavar="RANGES", help=text)


def _add_objects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--object", action="append", metavar="NAME", help="only this one; repeat for more"
    )


def _add_direction(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--direction", choices=["both", "forward", "backward"], default="both")


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    text = "say what memory it would take, part by part, and stop"
    parser.add_argument("--dry-run", action="store_true", help=text)


def _add_engine(parser: argparse.ArgumentParser, title: str = "network") -> None:
    default = Settings()
    group = parser.add_argument_group(title)
    switch = argparse.BooleanOptionalAction
    group.add_argument("--model", help=f"name or weight file ({DEFAULT})")
    group.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    group.add_argument("--precision", default="auto", help="auto, float32, bfloat16")
    group.add_argument(
        "--short-side",
        type=int,
        metavar="PIXELS",
        help=f"shorter side the network works at ({default.short_side})",
    )
    group.add_argument("--enlarge", action=switch, help="also enlarge smaller plates to it")
    group.add_argument("--top-k", type=int, metavar="K", help=f"0 for all ({default.top_k})")
    group.add_argument("--memory-every", type=int, metavar="N", help=f"({default.memory_every})")
    group.add_argument("--max-memory", type=int, metavar="FRAMES", help=f"({default.max_memory})")
    text = f"what becomes of frames beyond it ({default.bound})"
    group.add_argument("--bound", choices=["thin", "oldest", "consolidate"], help=text)
    group.add_argument("--similarity", choices=["l2", "dot", "cosine"])
    group.add_argument("--remember-last", action=switch)
    text = "memory that roto may take, such as 4G, or off (what $ROTO_MEMORY says, or is free)"
    group.add_argument("--memory-limit", metavar="SIZE", help=text)
