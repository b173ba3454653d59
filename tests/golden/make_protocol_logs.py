"""Write the golden logs of the protocol anew: after a change of the protocol that is meant.

python tests/golden/make_protocol_logs.py
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]


def main():
    """Play all scenes on a real engine."""
    sys.path[:0] = [str(TESTS), str(TESTS / "plugin")]
    from engine_lines import process
    from protocol_logs import FOLDER, SCENES, replay, requests
    from protocol_shots import write_shot, write_tiny_weights

    for scene in SCENES:
        with tempfile.TemporaryDirectory() as name, process() as line:
            shot = write_shot(Path(name).resolve() / "shot")
            weights = write_tiny_weights(Path(name) / "tiny.safetensors")
            log = replay(line, requests(scene), shot, weights)
        FOLDER.mkdir(exist_ok=True)
        text = "".join(json.dumps(one) + "\n" for one in log)
        (FOLDER / f"{scene}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
