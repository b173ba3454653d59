"""``python -m roto_plugin.server``: roto for a host, one JSON object per line.

    python -m roto_plugin.server                                  one client, on stdin and stdout
    python -m roto_plugin.server --socket 0 --token-file FILE     more of them, from this machine

It ends when its host does: at the end of stdin. With ``--keep`` it has no host, and ends when the
last client asks it to quit. What libraries print goes to stderr; so do the details of faults.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from roto_plugin.channel import Channel
from roto_plugin.dispatch import Dispatcher
from roto_plugin.room import GRACE_SECONDS, Room
from roto_plugin.sockets import Listener

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the host has gone."""
    options = _parser().parse_args(arguments)
    if (options.socket is None) != (options.token_file is None) or (
        options.keep and options.socket is None
    ):
        _parser().error("--socket and --token-file belong together, and --keep needs them")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the host's terminal is the host's
    channel = _stdio()
    over = threading.Event()
    dispatcher = Dispatcher(Room(), over)
    listener = None
    if options.socket is not None:
        serve = partial(dispatcher.serve, owner=False)
        try:
            listener = Listener(options.socket, Path(options.token_file), serve)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            sys.stderr.write(
                f"roto_plugin.server: nobody can join by port {options.socket} and "
                f"{options.token_file}: {why}; choose another port or file.\n"
            )
            return 1
    if not options.keep:
        threading.Thread(
            target=dispatcher.serve, args=(channel,), kwargs={"owner": True}, daemon=True
        ).start()
    over.wait()
    if listener is not None:
        listener.close()
    _end(dispatcher.room)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="roto_plugin.server", description="roto for a host.")
    parser.add_argument("--socket", type=int, metavar="PORT", help="of 127.0.0.1; 0: a free one")
    parser.add_argument(
        "--token-file", metavar="FILE", help="is written: what clients need to join"
    )
    parser.add_argument("--keep", action="store_true", help="go on without a host")
    return parser


def _stdio() -> Channel:
    """The protocol on what were stdin and stdout, which nobody else may touch from now on."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Channel(source, sink, sink.close)


def _end(room: Room) -> None:
    """Close the project, and be gone in any case: what was acknowledged is on disk."""
    impatient = threading.Timer(GRACE_SECONDS, os._exit, (0,))
    impatient.daemon = True
    impatient.start()
    room.close()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(0)  # threads of torch and of readers may be anywhere


if __name__ == "__main__":
    sys.exit(main())
