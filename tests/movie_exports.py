"""Movies written by exporters, and decoders that know nothing of them."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np

from roto.export.contract import Job, Look, Picture, Subject
from roto.export.movies import FORMATS
from roto.export.pattern import FramePattern
from roto.export.registry import check, format_named

NAMES = tuple(one.name for one in FORMATS)
SIZE, FIRST, COUNT = (64, 96), 1001, 3
FILM = Fraction(24000, 1001)
EXACT16, EXACT8 = 0.5 / 65535 + 1e-7, 0.5 / 255 + 1e-6  # what rounding to 16 or 8 bits costs


def matte(frame, size=SIZE):
    """A soft disc that moves 3 pixels a frame."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    distance = np.hypot(x - size[1] / 2 - 3 * (frame - FIRST), y - size[0] / 2)
    return np.clip((min(size) / 3 - distance) / 6 + 0.5, 0, 1).astype(np.float32)


def plate(size=SIZE):
    """A ramp in each channel; float32 (H, W, 3)."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    red, green = x / max(size[1] - 1, 1), y / max(size[0] - 1, 1)
    return np.dstack([red, green, (red + 1 - green) / 2]).astype(np.float32)


def job_of(folder, name, look=None, *, size=SIZE, count=COUNT, names=None, **subject):
    extension = format_named(name).extensions[0]
    return Job(
        Subject(size, names or {1: "hero"}, **{"frame_rate": FILM, **subject}),
        look or Look(format_named(name).contents[0]),
        FramePattern(folder / f"{{object}}{extension}"),
        range(FIRST, FIRST + count),
    )


def picture(job, frame):
    size = job.subject.size
    return Picture(frame, {i: matte(frame, size) for i in job.subject.names}, lambda: plate(size))


def written(name, job):
    check(job, format_named(name))
    paths = []
    with format_named(name).open(job) as movie:
        for frame in job.frames:
            paths = movie.write(picture(job, frame))
            assert not any(path.exists() for path in paths)
    left = [path.name for path in paths[0].parent.iterdir()]
    assert sorted(left) == sorted(path.name for path in paths)
    return paths


def give(name, job, pictures):
    with format_named(name).open(job) as movie:
        for one in pictures:
            movie.write(one)


def ffmpeg(*arguments):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", *map(str, arguments)]
    return subprocess.run(command, capture_output=True)


def by_ffmpeg(path, size, layout, *options):
    """Frames of a movie as the binary decodes them to some layout: (N, H, W) or (N, C, H, W)."""
    decoder = ("-c:v", "libvpx-vp9") if path.suffix == ".webm" else ()
    arguments = ("-v", "error", *decoder, "-i", path, *options, "-pix_fmt", layout)
    done = ffmpeg(*arguments, "-f", "rawvideo", "-")
    assert not done.returncode, done.stderr
    if layout == "gbrpf32le":
        return np.frombuffer(done.stdout, "<f4").reshape(-1, 3, *size)[:, [2, 0, 1]]
    bits = {"gray": 8, "gray12le": 12, "gray16le": 16}[layout]
    levels = np.frombuffer(done.stdout, "u1" if bits == 8 else "<u2").reshape(-1, *size)
    return levels / ((1 << bits) - 1)


def by_pyav(path, plane=-1):
    """One plane of all frames, (N, H, W), as code values."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        if path.suffix == ".webm":
            context = av.CodecContext.create("libvpx-vp9", "r")
        frames = [f for packet in container.demux(stream) for f in context.decode(packet)]
    return np.stack([plane_of(frame, plane) for frame in frames]), frames[0]


def plane_of(frame, plane):
    deep = frame.format.components[0].bits > 8
    kind = ("u1", "<u2")[deep] if not frame.format.name.endswith("be") else ">u2"
    chosen = frame.planes[plane]
    rows = np.frombuffer(chosen, kind).reshape(-1, chosen.line_size // np.dtype(kind).itemsize)
    if len(frame.planes) > 1 or frame.format.name.startswith("gray"):
        return rows[: frame.height, : frame.width].astype(int)
    letters = frame.format.name.removesuffix("64be")  # packed: take the alpha
    return rows[:, letters.index("a") :: 4][:, : frame.width].astype(int)


def notes(path):
    with av.open(str(path)) as container:
        tags = {name.lower(): value for name, value in container.metadata.items()}
    return json.loads(tags["comment"])
