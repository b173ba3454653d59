"""Print docs/protocol.md: what hosts and the engine process say to each other.

    python docs/make_protocol.py > docs/protocol.md

The messages come from the schemas that the engine checks them against.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from roto_plugin import client, messages
from roto_plugin.protocol import ERRORS, EVENTS, MAX_LINE, METHODS, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = {
    "range": messages._RANGE,
    "ranges": messages._RANGES,
    "which": messages._WHICH,
    "knot": messages._POINT,
    "shapes": messages._SHAPES,
    "settings": messages._SETTINGS,
    "object": messages._OBJECT,
    "status": messages._STATUS,
}

SCRIPT = """\
import json, subprocess, sys

python, clip, project, mask, pattern = sys.argv[1:]
command = [python, "-m", "roto_plugin.server"]
engine = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
number = 0


def ask(method, **params):
    global number
    number += 1
    request = {"id": number, "method": method, "params": params}
    engine.stdin.write(json.dumps(request).encode() + b"\\n")
    engine.stdin.flush()
    for line in engine.stdout:
        message = json.loads(line)
        if message.get("event") == "progress":
            print("frame", message["params"]["frame"], message["params"]["done"])
        elif message.get("id") == number and "result" in message:
            return message["result"]
        elif "error" in message:
            sys.exit(message["error"]["message"])
    sys.exit("The engine has ended.")


ask("hello", protocol=1, client="first script")
first, last = ask("open", clip=clip, project=project)["clip"]["frames"][0]
ask("set_keyframe", frame=first, object="hero", file=mask)
ask("propagate", range=[first, last])
print(ask("export", pattern=pattern, range=[first, last]))  # /shots/a/mattes/{object}.####.exr
ask("quit")
"""

HEAD = f"""\
# The engine process

*Made by `python docs/make_protocol.py > docs/protocol.md` from the schemas in
`plugin/roto_plugin/messages.py`.*

A host's add-on does not load roto: it starts it, in roto's own environment, and talks to it.

    python -m roto_plugin.server                                one client, on stdin and stdout
    python -m roto_plugin.server --socket 0 --token-file FILE   more of them, from this machine

A message is one JSON object on a line of its own, UTF-8, at most {MAX_LINE} bytes. Pixels travel as
files. This is protocol {PROTOCOL}.

    → {{"id": 1, "method": "hello", "params": {{"protocol": {PROTOCOL}, "client": "Blender 4.5"}}}}
    ← {{"id": 1, "result": {{"protocol": {PROTOCOL}, "roto": "0.1.0", ...}}}}
    → {{"id": 2, "method": "propagate", "params": {{}}}}
    ← {{"event": "progress", "id": 2, "params": {{"frame": 1002, "done": 1, "total": 49}}}}
    ← {{"id": 2, "error": {{"kind": "KeyframeError", "message": "There is no keyframe: ..."}}}}

* Every request gets one answer, in any order. An id is a number from 0; it may be used again after
  its answer. A line without a good id is answered with the id `null`.
* An answer to an edit means that it is on disk, in the project.
* While a job runs, edits and cancel are taken between two of its frames; after an edit the job
  plans anew, so that what was corrected goes first. One job at a time.
* A bad line, an unknown method or a fault of roto costs that request and nothing else.
* The engine ends at the end of stdin, that is, with its host.
* stderr is a log for people. Read it or send it to a file: a pipe that nobody reads fills up.
* Integers are written without a point, and parameters that are not listed are refused.
* Ignore an event that you do not know: a later roto may tell more, and speak the same protocol.

## A first script

With a clip and a mask of its first frame, in a shell: `python first.py PYTHON-OF-ROTO CLIP PROJECT
MASK PATTERN`. It needs nothing but Python.

```python
{SCRIPT}```

A host sets variables for its own Python and Qt (`PYTHONHOME`, `PYTHONPATH`, `QT_PLUGIN_PATH`,
`LD_PRELOAD`); start the engine without them, as `engine_environment` of `starting.py` does.

## What is meant

* **Clips** are movies, folders of images, or patterns: `/shots/a/p.####.exr`, `p.%04d.exr`. Movies
  are numbered from 1001, or from `first_frame`; sequences as on disk. `clip.frames` of the status
  says which frames there are. Ranges include both ends.
* **Projects** are made where there is none yet, of `clip`. A project in a file that another program
  edits is refused with `ProjectLockedError`.
* **Masks** are image files of the plate's size; they are never resized. White, or 255, is the
  object, grey is in part, alpha counts where it varies; a coloured palette, or values from 0 to a
  small number, are a label map of several objects. `python -c "help('roto.masks')"` has all rules.
* **Objects** are named by name or id. **States** of their frames are those of
  [package.md](package.md#objects); `missing` and `open` frames are what `propagate` will find.
* **Files** of an export are replaced without asking. In a pattern `{{object}}` is the object's name
  and `####` the frame; a folder alone is `FOLDER/{{object}}.####` with the format's ending.
  Formats, depths and contents are those of [formats.md](formats.md). Cut-outs are premultiplied in
  EXR and straight elsewhere, unless `premultiplied` says otherwise. A `progress` names the files of
  its frame; a movie is there when the job has ended.
* **Models** are named by their name or the path of a weight file, devices `auto`, `cpu`, `cuda`,
  `mps`. The project remembers model and settings.

## Paths

All paths are absolute. After `open` a path is accepted only inside the folder of the clip, that of
the project, or one of the `roots` that `open` named; `..` is refused and links are followed first.
This keeps mistakes inside a shot's folders. It is no wall: who holds the token, or started the
engine, can open any clip that this user can.

## Sockets

With `--socket` more clients can join the host's engine over 127.0.0.1. The token file, readable by
its user alone, holds `{{"port": ..., "token": "..."}}`; the first message of a socket is a hello
with that token, else it is closed. All clients work on the one open project: edits are done one by
one, `progress` and `note` go to who asked, and the others hear `changed`. With `--keep` there is no
host, and the engine ends when its last client quits.

## The desktop app

One process at a time may write a project. `app` closes the project for all clients, starts
`roto gui PROJECT`, and answers when the app has the project. While it is open there, `open` is
refused with `ProjectLockedError` (or looks only, with `read_only`). When the app has been closed,
the event `app` says so, and `open` takes the project back with all that the artist did.

## The client

`roto_plugin/client.py`, with `book.py`, `link.py`, `messages.py`, `protocol.py` and `starting.py`
beside it, is a client for hosts: standard library only, Python 3.9. It never waits: the host calls
`poll` from a timer. When the engine ends by itself it is started again and the project opened
again. Requests that had no answer are asked once more where twice is as good as once (marked
below); the others fail with `LostError`.
"""


def main() -> None:
    """Print the page."""
    sys.stdout.write("\n".join([HEAD, *words(), *methods(), *events(), *errors()]) + "\n")


def methods() -> Iterator[str]:
    """What can be asked."""
    yield "## Methods\n"
    for name, method in METHODS.items():
        notes = {
            "edit": method.edits,
            "long job": method.job,
            "asked again after a crash": method.repeat,
        }
        marks = ", ".join(note for note, here in notes.items() if here)
        yield f"### {name}\n"
        yield f"{method.what}" + (f" *({marks})*" if marks else "") + "\n"
        yield f"```\n{shown(method.params)}\n→ {shown(method.result)}\n```\n"


def events() -> Iterator[str]:
    """What is told without being asked."""
    yield "## Events\n"
    for name, (what, schema) in EVENTS.items():
        yield f"### {name}\n\n{what}\n\n```\n{shown(schema)}\n```\n"


def errors() -> Iterator[str]:
    """What can go wrong."""
    yield "## Errors\n"
    yield "The kind of an error is the name of a class of `roto.errors`, or one of these.\n"
    yield "| kind | when |\n|---|---|"
    for kind, when in {**ERRORS, **client.ERRORS}.items():
        by = " (told by the client)" if kind in client.ERRORS else ""
        yield f"| {kind} | {when}{by} |"


def words() -> Iterator[str]:
    """What the methods' parameters and results are made of."""
    yield "## Words\n\n```"
    for name, schema in WORDS.items():
        yield f"{name} = {shown(schema, whole=True)}"
    yield "```\n"


def shown(schema: dict[str, Any], *, whole: bool = False) -> str:
    """A schema in short: ``{frame: integer, object?: text}``."""
    name = next((name for name, known in WORDS.items() if known is schema), None)
    if name is not None and not whole:
        return name
    if "enum" in schema:
        return " | ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in schema["enum"])
    if "const" in schema:
        return str(schema["const"]).lower()
    if "type" not in schema:
        return " | ".join(shown(one) for one in schema["anyOf"])
    kind = schema["type"]
    if kind == "array":
        many = schema["minItems"] == schema["maxItems"] and schema["minItems"] <= 6
        inside = shown(schema["items"])
        return f"[{', '.join([inside] * schema['minItems'])}]" if many else f"[{inside}, ...]"
    if kind != "object":
        return {"string": "text"}.get(str(kind), str(kind))
    needed = schema["required"]
    parts = [
        f"{name}{'' if name in needed else '?'}: {shown(one)}"
        for name, one in schema["properties"].items()
    ]
    return "{" + ", ".join(parts) + "}" + choice(schema)


def choice(schema: dict[str, Any]) -> str:
    """Which of the optional members must be there."""
    for word, joint in (("oneOf", "exactly one"), ("anyOf", "at least one")):
        if word in schema:
            names = [" with ".join(one["required"]) for one in schema[word]]
            return f"  ({joint} of: {', '.join(names)})"
    return ""


if __name__ == "__main__":
    main()
