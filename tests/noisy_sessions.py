"""Sessions on a clip that is tiny and noisy, and what they show."""

import hashlib

import numpy as np

from roto.engine import Settings
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord
from roto.session import Session

SIZE, COUNT = (14, 20), 8


def plate():
    """Two colours that move over a third, with noise: answers are soft, and some are wrong."""
    noise = np.random.default_rng(7).integers(0, 90, (COUNT, *SIZE, 3))
    frames = noise + np.array((20, 20, 80))
    for frame in range(COUNT):
        frames[frame, 2:9, 1 + frame : 7 + frame, 0] += 120
        frames[frame, 7:12, 15 - frame : 20 - frame, 1] += 120
    return frames.astype(np.uint8)


def clip_record():
    return ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")


def session_on(project, **options):
    engine = FakeEngine(Settings(**{"memory_every": 1, "max_memory": 2, **options}))
    return Session(open_clip(plate()), engine, project)


def picture(result):
    """All that a frame shows: its label map, and mattes by object id."""
    return result.label_map, result.mattes_of(list(result.names))


def digest(shown):
    """Hash of a picture."""
    labels, mattes = shown
    content = b"".join(b"%d" % i + mattes[i].tobytes() for i in sorted(mattes))
    return hashlib.sha256(labels.tobytes() + content).hexdigest()


def pictures(session):
    return {frame: picture(session.result(frame)) for frame in range(COUNT)}


def digests(shown):
    return {frame: digest(found) for frame, found in shown.items()}
