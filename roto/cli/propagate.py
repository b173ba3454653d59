"""``roto propagate``: masks in, a matte per frame and object out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.common import Progress, engine_from
from roto.cli.memory import prepare, show
from roto.cli.output import emit, say
from roto.cli.texts import parse_keys
from roto.delivery import MatteWriter
from roto.export import FramePattern
from roto.export.inputs import spare
from roto.export.overlay import overlay
from roto.export.overlay_movie import OverlayMovie
from roto.export.stills import depth_of
from roto.masks import read_mask
from roto.media import files_of, open_clip, to_display
from roto.propagation import Propagation

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection

    from roto.masks import LabelMap
    from roto.media import FrameSource
    from roto.passes import Finished


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
        overlays = [Path(options.overlay)] if options.overlay else []
        mattes = [pattern.path(frame, name) for frame in frames for name in shot.names.values()]
        spare(files_of(source), [*mattes, *overlays])
        writer = MatteWriter(pattern, options.bit_depth)
        finished = writer.finished(source, shot) if options.resume else {}
        session.engine = engine_from(options)
        found = prepare(options, session, session.workload())
        if options.dry_run:
            show(options, found)
            return 0
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


def write_overlay(path: Path, session: Propagation, writer: MatteWriter) -> None:
    """The plate with its masks over it, as a movie, from the mattes on disk."""
    source, shot = session.source, session.shot
    size = (source.clip.height, source.clip.width)
    finished = writer.finished(source, shot)

    def labels(frame: int) -> LabelMap | None:
        if frame not in finished:
            return None
        named = {shot.names[i]: matte for i, matte in finished[frame]().items()}
        return read_mask(named, frame=frame, size=size).label_map(list(shot.names.values()))

    write_overlay_movie(path, source, source.frame_numbers, labels)


def write_overlay_movie(
    path: Path,
    source: FrameSource,
    frames: Collection[int],
    labels: Callable[[int], LabelMap | None],
) -> None:
    """Some frames of the plate as a movie, with label maps over those that have one."""
    clip = source.clip
    with OverlayMovie(path, clip.frame_rate, (clip.height, clip.width)) as movie:
        for frame, image in source.frames():
            if frame not in frames:
                continue
            picture = to_display(image, clip.colour_space)
            found = labels(frame)
            movie.write(picture if found is None else overlay(picture, found))
