"""The messages of the protocol: every method and event, as JSON Schemas.

The server checks requests against them, docs/protocol.md is made of them, and a client learns
which requests may be sent twice. The standard library only, and Python 3.9: see ``protocol.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes:
        what: What it does, in a sentence or two.
        params: JSON Schema of its parameters.
        result: JSON Schema of its result.
        repeat: Whether twice is as good as once: a client sends it again after a crash.
        edits: Whether it changes the project.
        job: Whether it takes long, tells ``progress`` and can be cancelled.
        project: Whether a project must be open.
    """

    what: str
    params: Schema
    result: Schema
    repeat: bool = False
    edits: bool = False
    job: bool = False
    project: bool = True


def _record(required: Schema, optional: Schema | None = None, **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
        **more,
    }


def _list(items: Schema, most: int = 100000, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TRUTH: Schema = {"type": "boolean"}
_TEXT: Schema = {"type": "string", "maxLength": 4096}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_PATH: Schema = {"type": "string", "minLength": 1, "maxLength": 4096}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53}
_FRAME: Schema = {"type": "integer", "minimum": -(10**9), "maximum": 10**9}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_PLACE: Schema = {"type": "number", "minimum": -1e6, "maximum": 1e6}
_RANGE = _list(_FRAME, 2, 2)
_RANGES = _list(_RANGE)
_RATE: Schema = {"type": "string", "pattern": r"^[0-9]{1,9}(/[1-9][0-9]{0,8})?$"}
_COLOUR = _list({"type": "integer", "minimum": 0, "maximum": 255}, 3, 3)
_WHICH: Schema = {"anyOf": [_NAME, {"type": "integer", "minimum": 1, "maximum": 2**31}]}
_OBJECTS = _list(_WHICH, 1000, 1)
_POINT: Schema = {"anyOf": [_list(_PLACE, 6, 6), _list(_PLACE, 2, 2)]}
_SHAPE = _record({"points": _list(_POINT, 20000, 2)}, {"closed": {"const": True}})
_SHAPES = _list(_SHAPE, 1000, 1)
_NOTHING = _record({})
_STEP = _record({"label": _maybe(_TEXT)})
_ENDED = {"enum": ["done", "cancelled"]}
_KEYED = _record({"frame": _FRAME, "objects": _list(_NAME), "reach": _RANGES})
_STATES = ("keyframe", "absent", "locked", "missing", "open", "stale", "fresh")
_OBJECT = _record(
    {
        "id": _COUNT,
        "name": _TEXT,
        "colour": _COLOUR,
        "visible": _TRUTH,
        "keyframes": _RANGES,
        "states": _record({}, dict.fromkeys(_STATES, _RANGES)),
    }
)
_LOCK = _record({"id": _COUNT, "range": _RANGE, "object": _maybe(_TEXT), "region": _TRUTH})
_JOB = _record({"method": _NAME, "by": _TEXT, "done": _COUNT, "total": _COUNT})
_CLIP = _record(
    {
        "path": _TEXT,
        "width": _COUNT,
        "height": _COUNT,
        "frames": _RANGES,
        "rate": _TEXT,
        "pixel_aspect": _TEXT,
        "colour_space": _TEXT,
    }
)
_STATUS = _record(
    {
        "project": _TEXT,
        "read_only": _TRUTH,
        "clip": _CLIP,
        "objects": _list(_OBJECT),
        "locks": _list(_LOCK),
        "undo": _list(_TEXT),
        "redo": _list(_TEXT),
        "job": _maybe(_JOB),
    }
)
_CHANGE = _record(
    {
        "frame": _FRAME,
        "object": _TEXT,
        "pixels": _COUNT,
        "iou": _SHARE,
        "boundary": _maybe({"type": "number"}),
        "first": _TRUTH,
    }
)
_RECEIPT = _record({"label": _TEXT, "count": _COUNT, "changes": _list(_CHANGE)})
_SETTINGS = _record(
    {},
    {
        "short_side": {"type": "integer", "minimum": 32, "maximum": 16384},
        "enlarge": _TRUTH,
        "memory_every": {"type": "integer", "minimum": 1, "maximum": 10000},
        "max_memory": {"type": "integer", "minimum": 0, "maximum": 10000},
        "top_k": _maybe({"type": "integer", "minimum": 1, "maximum": 100000}),
        "similarity": {"enum": ["l2", "dot", "cosine"]},
        "remember_last": _TRUTH,
    },
)
_MASK: Schema = {
    "oneOf": [
        {"required": ["file"]},
        {"required": ["object", "shapes"]},
        {"required": ["object", "absent"]},
    ]
}
_GIVEN = {"file": _PATH, "shapes": _SHAPES, "absent": {"const": True}}
_WHERE = {"range": _RANGE, "objects": _OBJECTS}
_CHECKED = _record({"name": _NAME, "ok": _TRUTH, "found": _TEXT, "advice": _TEXT})
_MODEL = _record({"name": _TEXT, "path": _TEXT, "parameters": _maybe(_COUNT), "default": _TRUTH})
_EXPORT = {
    **_WHERE,
    "format": _NAME,
    "bit_depth": {"enum": [8, 10, 12, 16, 32]},
    "content": {"enum": ["matte", "cutout", "over"]},
    "premultiplied": _TRUTH,
    "colour": _list({"type": "number"}, 3, 3),
    "partial": _TRUTH,
}
_PACKAGE = {
    **_WHERE,
    "representations": _list({"enum": ["sequence", "layers", "cryptomatte", "movie", "png"]}, 5),
    "handles": {"type": "integer", "minimum": 0, "maximum": 100000},
    "partial": _TRUTH,
    "overwrite": _TRUTH,
}

_ENGINE = _record({"protocol": _COUNT, "roto": _TEXT, "python": _TEXT, "pid": _COUNT})
_DIRECTION = {"enum": ["both", "forward", "backward"]}

METHODS: dict[str, Method] = {
    "hello": Method(
        "The first request of every client. `token` is for sockets: see the engine's token file.",
        _record({"protocol": _COUNT, "client": _NAME}, {"token": _TEXT}),
        _ENGINE,
        repeat=True,
        project=False,
    ),
    "check": Method(
        "Whether everything is there that roto needs: what was found, and what to do if not.",
        _record({}, {"model": _PATH, "folder": _PATH}),
        _record({"ok": _TRUTH, "checks": _list(_CHECKED)}),
        repeat=True,
        project=False,
    ),
    "models": Method(
        "The networks that have a name.",
        _NOTHING,
        _record({"models": _list(_MODEL)}),
        repeat=True,
        project=False,
    ),
    "open": Method(
        "Open a project, or make one of a clip: with `clip` alone in the folder where the desktop "
        "app keeps its projects. Paths are accepted later only inside the folders of clip and "
        "project and inside `roots`. A second client joins what is open. The same again is the "
        "same as once.",
        _record(
            {},
            {
                "clip": _PATH,
                "project": _PATH,
                "roots": _list(_PATH, 64),
                "first_frame": _FRAME,
                "rate": _RATE,
                "model": _PATH,
                "settings": _SETTINGS,
                "device": _NAME,
                "read_only": _TRUTH,
            },
            anyOf=[{"required": ["clip"]}, {"required": ["project"]}],
        ),
        _STATUS,
        repeat=True,
        project=False,
    ),
    "status": Method("Everything about the open project.", _NOTHING, _STATUS, repeat=True),
    "add_object": Method(
        "A new object.",
        _record({}, {"name": _NAME}),
        _record({"id": _COUNT, "name": _TEXT, "colour": _COLOUR}),
        edits=True,
    ),
    "rename_object": Method(
        "Give an object another name.",
        _record({"object": _WHICH, "name": _NAME}),
        _NOTHING,
        edits=True,
    ),
    "remove_object": Method(
        "Remove an object with all that is known of it.",
        _record({"object": _WHICH}),
        _NOTHING,
        edits=True,
    ),
    "set_keyframe": Method(
        "An artist's mask at a frame: an image file, shapes, or that the object is absent. A name "
        "that is new is a new object. A file without `object` may be a label map of them all. A "
        "knot of a shape is [x, y, in x, in y, out x, out y] in pixels, y down, or a corner "
        "[x, y]. Shapes are filled together, even-odd: one inside another is a hole.",
        _record({"frame": _FRAME}, {"object": _WHICH, **_GIVEN}, **_MASK),
        _KEYED,
        repeat=True,
        edits=True,
    ),
    "correct": Method(
        "Overrule what was found of an object at a frame. `reach`: what the next propagation "
        "will change.",
        _record({"frame": _FRAME, "object": _WHICH}, dict(_GIVEN), **_MASK),
        _KEYED,
        repeat=True,
        edits=True,
    ),
    "remove_keyframe": Method(
        "Forget what was given at a frame, of one object or of all.",
        _record({"frame": _FRAME}, {"object": _WHICH}),
        _NOTHING,
        edits=True,
    ),
    "propagate": Method(
        "Find what is missing or in reach of an edit. Edits may be sent meanwhile and go first.",
        _record({}, {**_WHERE, "direction": _DIRECTION, "stale": _TRUTH}),
        _record({"ended": _ENDED, "frames": _COUNT}),
        job=True,
    ),
    "cancel": Method(
        "End a job after the frame it is at; what is finished stays. `request`: the id of one's "
        "own request; without it the job that is under way, whosever it is.",
        _record({}, {"request": _COUNT}),
        _record({"cancelled": _TRUTH}),
        project=False,
    ),
    "undo": Method("Take the newest step back.", _NOTHING, _STEP, edits=True),
    "redo": Method("Bring back what was undone last.", _NOTHING, _STEP, edits=True),
    "receipt": Method(
        "What the newest propagation changed, the largest changes first.",
        _record({}, {"limit": {"type": "integer", "minimum": 1, "maximum": 4000}}),
        _record({"receipt": _maybe(_RECEIPT)}),
        repeat=True,
    ),
    "accept": Method("The newest propagation is good.", _NOTHING, _NOTHING, edits=True),
    "revert": Method(
        "Bring back what was known before the newest propagation.",
        _record({}, {"range": _RANGE}),
        _record({"frames": _RANGES}),
        edits=True,
    ),
    "lock": Method(
        "Keep frames as they are, whatever is propagated later.",
        _record({"range": _RANGE}, {"objects": _OBJECTS}),
        _record({"locks": _list(_COUNT)}),
        edits=True,
    ),
    "unlock": Method(
        "Remove locks, or a range of them.",
        _record({}, {"locks": _list(_COUNT, 100000, 1), "range": _RANGE}),
        _NOTHING,
        edits=True,
    ),
    "export": Method(
        "Write mattes. `pattern`: `/mattes/{object}.####.exr`. `format`: a name that `roto export` "
        "knows; without it, told from the ending. `partial`: also where frames are missing.",
        _record({"pattern": _PATH}, _EXPORT),
        _record({"ended": _ENDED, "frames": _COUNT, "files": _COUNT}),
        job=True,
    ),
    "package": Method(
        "Write a matte package: a folder with `matte.json` and all that a host needs. `handles`: "
        "frames beyond both ends of `range`.",
        _record({"folder": _PATH}, _PACKAGE),
        _record({"ended": _ENDED, "frames": _COUNT, "folder": _TEXT}),
        job=True,
    ),
    "app": Method(
        "Open the project in the desktop app. It is closed here first; `open` takes it back when "
        "the app is closed, with all that the artist did.",
        _NOTHING,
        _record({"pid": _COUNT, "project": _TEXT}),
    ),
    "close": Method(
        "This client is done with the project. It is closed when no client has it open.",
        _NOTHING,
        _NOTHING,
        repeat=True,
        project=False,
    ),
    "quit": Method(
        "The last request of a client. The engine ends with the host that started it.",
        _NOTHING,
        _NOTHING,
        repeat=True,
        project=False,
    ),
}

EVENTS: dict[str, tuple[str, Schema]] = {
    "progress": (
        "A job has finished a frame. `id` is that of its request. `final` is false where the "
        "frame will come once more. After an edit the job plans anew, and `total` with it.",
        _record(
            {"frame": _FRAME, "done": _COUNT, "total": _COUNT},
            {"confidence": _SHARE, "final": _TRUTH, "files": _list(_TEXT)},
        ),
    ),
    "note": (
        "What the user should know of a job, a sentence. `id` is that of its request. `about` is "
        "`memory`: what was changed so that the job fits, and what that costs. It is told once; "
        "later jobs of the open project work in the same way.",
        _record({"about": _NAME, "text": _TEXT}),
    ),
    "changed": (
        "Another client has changed the project: what and who.",
        _record({"what": _NAME, "by": _TEXT}),
    ),
    "closed": (
        "The project was closed by somebody else. `why`: the method, or what went wrong.",
        _record({"why": _TEXT, "by": _TEXT}),
    ),
    "app": (
        "The desktop app that was opened from here has ended: the project can be opened again.",
        _record({"pid": _COUNT, "project": _TEXT, "code": {"type": "integer"}}),
    ),
}

REQUEST: Schema = _record({"id": _COUNT, "method": _NAME}, {"params": {"type": "object"}})
"""What every request looks like."""
