"""``roto propagate``: masks in, a matte per frame and object out."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.common import Progress, engine_from
from roto.cli.output import emit, say
from roto.errors import KeyframeError
from roto.export import FramePattern, write_matte
from roto.export.overlay import overlay
from roto.export.overlay_movie import OverlayMovie
from roto.export.stills import depth_of
from roto.masks import Matte, read_mask, soft
from roto.media import FrameSource, open_clip, to_display
from roto.propagation import Propagation

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from roto.passes import Finished
    from roto.results import FrameResult
    from roto.shot import Shot

_KEY = re.compile(r"(?P<frame>-?\d+)(?::(?P<name>[^=]+))?=(?P<mask>.+)")


def run(options: argparse.Namespace) -> int:
    """Propagate and write; after Ctrl-C everything finished is on disk."""
    with open_clip(options.plate, first_frame=options.first_frame) as source:
        session = Propagation(source)
        for frame, mask in parse_keys(options.key).items():
            session.set_keyframe(frame, mask)
        shot = session.shot
        frames = source.frame_numbers
        pattern = FramePattern(options.output)
        pattern.check(list(shot.names.values()), frame_count=len(frames))
        depth_of(pattern.path(frames[0], ""), options.bit_depth)  # now, not after the first frame
        writer = MatteWriter(pattern, options.bit_depth)
        finished = writer.finished(source, shot) if options.resume else {}
        session.engine = engine_from(options)
        try:
            _propagate(options, session, writer, finished)
        except KeyboardInterrupt:
            say("Stopped. Finished mattes are kept; --resume goes on.", json_lines=options.json)
            raise
    return 0


def _propagate(
    options: argparse.Namespace, session: Propagation, writer: MatteWriter, finished: Finished
) -> None:
    with Progress(json_lines=options.json) as progress:
        for event in session.propagate(options.direction, finished=finished):
            files = writer.write(event.result)
            progress.frame(event, [str(path) for path in files])
    if options.overlay:
        write_overlay(Path(options.overlay), session, writer)
    speed = progress.frames_per_second
    if options.json:
        emit("end", frames=progress.done, fps=round(speed, 2))
    else:
        kept = f", {len(finished)} kept" if finished else ""
        say(f"{progress.done} frames{kept}, {speed:.1f} frames/s: {writer.pattern.template}")


def parse_keys(texts: list[str]) -> dict[int, str | dict[str, str]]:
    """``1001=mask.png`` and ``1001:hero=mask.png`` as keyframes by frame number.

    Raises:
        KeyframeError: an argument of another form, or a frame keyed twice.
    """
    keys: dict[int, str | dict[str, str]] = {}
    for text in texts:
        match = _KEY.fullmatch(text)
        if match is None:
            raise KeyframeError(
                f"--key {text} is not understood; write --key 1001=mask.png or "
                "--key 1001:hero=mask.png."
            )
        frame, name = int(match["frame"]), match["name"]
        known = keys.get(frame, {})
        if not isinstance(known, dict) or (name is None and known) or name in known:
            raise KeyframeError(f"--key {text}: frame {frame} already has that mask.")
        keys[frame] = match["mask"] if name is None else {**known, name: match["mask"]}
    return keys


class MatteWriter:
    """Writes the mattes of finished frames, and finds those of an earlier run."""

    def __init__(self, pattern: FramePattern, bit_depth: int | None) -> None:
        self.pattern, self.bit_depth = pattern, bit_depth

    def write(self, result: FrameResult) -> list[Path]:
        """One file per object."""
        paths = []
        for name, matte in result.mattes().items():
            path = self.pattern.path(result.frame, name)
            write_matte(path, matte, bit_depth=self.bit_depth)
            paths.append(path)
        return paths

    def finished(self, source: FrameSource, shot: Shot) -> Finished:
        """Frames all of whose mattes are on disk. Writing is atomic, so none is half there."""
        size = (source.clip.height, source.clip.width)
        found: dict[int, Callable[[], Mapping[int, Matte]]] = {}
        for frame in source.frame_numbers:
            paths = {i: self.pattern.path(frame, name) for i, name in shot.names.items()}
            if all(path.is_file() for path in paths.values()):
                found[frame] = _Reader(frame, size, paths)
        return found


class _Reader:
    """Reads one frame's mattes back when the memory asks for them."""

    def __init__(self, frame: int, size: tuple[int, int], paths: Mapping[int, Path]) -> None:
        self.frame, self.size, self.paths = frame, size, paths

    def __call__(self) -> Mapping[int, Matte]:
        mattes = {}
        for object_id, path in self.paths.items():
            mask = read_mask(soft(path), frame=self.frame, size=self.size)
            mattes[object_id] = mask.layers[0].matte()
        return mattes


def write_overlay(path: Path, session: Propagation, writer: MatteWriter) -> None:
    """The plate with its masks over it, as a movie, from the mattes on disk."""
    source, shot = session.source, session.shot
    clip = source.clip
    finished = writer.finished(source, shot)
    with ExitStack() as stack:
        movie = stack.enter_context(OverlayMovie(path, clip.frame_rate, (clip.height, clip.width)))
        for frame, image in source.frames():
            picture = to_display(image, clip.colour_space)
            if frame in finished:
                mattes = finished[frame]()
                named = {shot.names[i]: matte for i, matte in mattes.items()}
                mask = read_mask(named, frame=frame, size=(clip.height, clip.width))
                picture = overlay(picture, mask.label_map(list(shot.names.values())))
            movie.write(picture)
