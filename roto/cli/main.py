"""The command ``roto``: what it calls, and what happens when something goes wrong."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from roto.cli.arguments import build_parser as _parser
from roto.errors import ProjectLockedError, RotoError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130  # what shells expect after Ctrl-C
LOCKED = " In the shell, roto status, receipt and export only look."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 1 for an error, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="roto: %(message)s")
    try:
        # Commands are imported when they are called: `roto info` must not wait for torch.
        module, function = options.home.split(":")
        command = getattr(import_module(f"roto.cli.{module}"), function)
        return int(command(options))
    except RotoError as error:
        if options.debug:
            raise
        hint = LOCKED if isinstance(error, ProjectLockedError) else ""
        return _fail(f"{error}{hint}")
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
