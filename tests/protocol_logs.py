"""Golden logs of the protocol: requests, and what came back, without what changes by nature."""

from __future__ import annotations

import json
from pathlib import Path

from engine_lines import TINY

import roto

FOLDER = Path(__file__).parent / "golden" / "protocol"
LOGS = sorted(FOLDER.glob("*.jsonl"))

VOLATILE = {"pid", "python", "roto", "confidence", "pixels", "iou", "boundary", "parameters"}
"""Fields that depend on the machine, the release, or the network's arithmetic."""


def replay(line, requests, shot, weights):
    """Send requests one after the other; returns the whole log in the words of the golden ones."""
    log, places = [], {"$SHOT": str(shot), "$WEIGHTS": str(weights), "$VERSION": roto.__version__}
    for request in requests:
        log.append({"send": request})
        asked = {**request, "params": _placed(request.get("params", {}), places)}
        line.asked[asked["id"]] = asked["method"]
        line.raw(_line(asked))
        while True:
            message = line.receive()
            log.append({"receive": _general(message, places)})
            if "event" not in message:
                break
    return log


def _line(message):
    return json.dumps(message).encode() + b"\n"


def _placed(value, places):
    """With the folders of this run."""
    return _mapped(value, lambda text: _replaced(text, places.items()), set())


def _general(value, places):
    """Without the folders of this run, and without what changes by nature."""
    back = [(path, name) for name, path in places.items()]
    return _mapped(value, lambda text: _replaced(text, back), VOLATILE)


def _replaced(text, pairs):
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _mapped(value, change, hidden):
    if isinstance(value, dict):
        return {k: "*" if k in hidden else _mapped(v, change, hidden) for k, v in value.items()}
    if isinstance(value, list):
        return [_mapped(one, change, hidden) for one in value]
    return change(value) if isinstance(value, str) else value


BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]
OPEN = {"clip": "$SHOT/plate/p.####.png", "project": "$SHOT/a.roto"}
HELLO = ("hello", {"protocol": 1, "client": "golden"})

SCENES = {
    "work": [
        HELLO,
        ("open", {**OPEN, "model": "$WEIGHTS", "settings": TINY, "rate": "25"}),
        ("add_object", {"name": "hero"}),
        ("set_keyframe", {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]}),
        ("propagate", {"range": [1001, 1004]}),
        ("propagate", {}),
        ("correct", {"frame": 1005, "object": "hero", "file": "$SHOT/square.1005.png"}),
        ("propagate", {"direction": "forward"}),
        ("status", {}),
        ("lock", {"range": [1002, 1003], "objects": ["hero"]}),
        ("unlock", {"range": [1002, 1002]}),
        ("undo", {}),
        ("redo", {}),
        ("accept", {}),
        ("receipt", {}),
        ("propagate", {}),
        ("export", {"pattern": "$SHOT/m/{object}.####.png", "range": [1001, 1003]}),
        ("package", {"folder": "$SHOT/a.mattes", "range": [1002, 1003], "handles": 1}),
        ("set_keyframe", {"frame": 1008, "object": "hero", "absent": True}),
        ("remove_keyframe", {"frame": 1008, "object": "hero"}),
        ("rename_object", {"object": "hero", "name": "lead"}),
        ("remove_object", {"object": "lead"}),
        ("cancel", {}),
        ("close", {}),
        ("quit", {}),
    ],
    "mistakes": [
        ("models", {}),
        ("hello", {"protocol": 99, "client": "golden"}),
        HELLO,
        ("status", {}),
        ("nothing", {}),
        ("open", {"clip": "plate.mov"}),
        ("open", {"project": "$SHOT/../a.roto"}),
        ("open", {"project": "$SHOT/none.roto"}),
        ("open", {**OPEN, "model": "unheard-of"}),
        ("open", OPEN),
        ("propagate", {}),
        ("set_keyframe", {"frame": 1001, "object": "hero", "file": "$SHOT/none.png"}),
        ("set_keyframe", {"frame": 2001, "object": "hero", "file": "$SHOT/bar.png"}),
        ("set_keyframe", {"frame": "1001", "object": "hero", "file": "$SHOT/bar.png"}),
        ("set_keyframe", {"frame": 1001, "object": "hero", "file": "$SHOT/../bar.png"}),
        ("set_keyframe", {"frame": 1001, "object": "hero", "file": "$SHOT.png"}),
        ("correct", {"frame": 1001, "object": "hero", "absent": True}),
        ("export", {"pattern": "$SHOT/m.png"}),
        ("package", {"folder": "m.mattes"}),
        ("lock", {"range": [1, 2]}),
        ("quit", {"at": "once"}),
        ("quit", {}),
    ],
}


def requests(scene):
    """A scene's requests, numbered."""
    return [
        {"id": number, "method": method, "params": params}
        for number, (method, params) in enumerate(SCENES[scene], start=1)
    ]
