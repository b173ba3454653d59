"""Runs inside Blender's own Python, not in roto's: a day with the add-on, told as JSON.

    python in_blender.py DAY FOLDER ZIP ROTO_PYTHON

The test that starts it has made FOLDER and reads FOLDER/DAY.json when it has ended.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from days import DAYS
from host_inside import Host


def main() -> None:
    day, folder, archive, python = sys.argv[1:5]
    host = Host(Path(folder), archive, python)
    try:
        DAYS[day](host)
    except Exception:  # noqa: BLE001 - whatever it is, the test tells it
        host.told["failed"] = traceback.format_exc()
    host.end()
    text = json.dumps(host.told, default=str)
    (host.folder / f"{day}.json").write_text(text, encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # bpy 4.5 may hang in its own clean-up where a script has defined classes


main()
