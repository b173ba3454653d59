"""``roto propagate``: masks in, a matte per frame and object out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli.common import Progress, engine_from
from roto.cli.memory import prepare, show
from roto.cli.output import emit, say
from roto.cli.replacing import check_replaced, overlays
from roto.cli.texts import parse_keys, parse_ranges
from roto.delivery import MatteWriter
from roto.errors import SettingsError
from roto.export import FramePattern
from roto.export.inputs import spare
from roto.export.overlay import overlay
from roto.export.overlay_movie import OverlayMovie
from roto.export.stills import depth_of
from roto.masks import overlay_colour, read_mask
from roto.media import files_of, open_clip, to_display
from roto.propagation import Propagation

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from roto.cli.texts import Range
    from roto.masks import LabelMap
    from roto.masks.palette import Colour
    from roto.media import FrameSource
    from roto.propagation.kept import Finished


def run(options: argparse.Namespace) -> int:
    """Propagate and write; after Ctrl-C everything finished is on disk."""
    with open_clip(options.plate, first_frame=options.first_frame) as source:
        session = Propagation(source)
        for frame, mask in parse_keys(options.key).items():
            session.set_keyframe(frame, mask)
        frames = _frames(options, session)
        writer = _writer(options, session, frames)
        finished = writer.finished(source, session.shot) if options.resume else {}
        session.engine = engine_from(options)
        found = prepare(options, session, session.workload())
        if options.dry_run:
            show(options, found)
            return 0
        try:
            _propagate(options, session, writer, finished, frames)
        except KeyboardInterrupt:
            say("Stopped. Finished mattes are kept; --resume goes on.", json_lines=options.json)
            raise
    return 0


def _ranges(options: argparse.Namespace, session: Propagation) -> list[Range] | None:
    text = options.range
    return None if text is None else parse_ranges(text, session.source.frame_numbers)


def _frames(options: argparse.Namespace, session: Propagation) -> list[int]:
    """The frames that are to be written, at least one."""
    frames = session.asked(options.direction, _ranges(options, session))
    if not frames:
        side = "after the first" if options.direction == "forward" else "before the last"
        raise SettingsError(
            f"Nothing of {options.range} is {side} keyframe; choose another range or direction."
        )
    return frames


def _writer(options: argparse.Namespace, session: Propagation, frames: list[int]) -> MatteWriter:
    """What writes the mattes; all that can be wrong with their files is found now."""
    pattern, names = FramePattern(options.output), list(session.shot.names.values())
    pattern.check(names, frame_count=len(frames))
    depth_of(pattern.path(frames[0], ""), options.bit_depth)
    mattes = [pattern.path(frame, name) for frame in frames for name in names]
    spare(files_of(session.source), [*mattes, *overlays(options)])
    if not options.dry_run:
        check_replaced(options, mattes, "keeps them and goes on")
    return MatteWriter(pattern, options.bit_depth)


def _propagate(
    options: argparse.Namespace,
    session: Propagation,
    writer: MatteWriter,
    finished: Finished,
    frames: list[int],
) -> None:
    ranges = _ranges(options, session)
    with Progress(json_lines=options.json) as progress:
        for event in session.propagate(options.direction, finished=finished, frames=ranges):
            files = writer.write(event.result)
            progress.frame(event, [str(path) for path in files])
    for path in overlays(options):
        write_overlay(path, session, writer, frames if options.range else None)
    speed = progress.frames_per_second
    if options.json:
        emit("end", frames=progress.done, fps=round(speed, 2))
    else:
        known = sum(frame in finished for frame in frames)
        kept = f", {known} kept" if known else ""
        say(f"{progress.done} frames{kept}, {speed:.1f} frames/s: {writer.pattern.template}")


def write_overlay(
    path: Path, session: Propagation, writer: MatteWriter, frames: Collection[int] | None = None
) -> None:
    """The plate with its masks over it, as a movie, from the mattes on disk.

    Args:
        path: The movie.
        session: What knows the plate and the objects.
        writer: What wrote the mattes.
        frames: Which frames it shows; None for all of the clip.
    """
    source, shot = session.source, session.shot
    size = (source.clip.height, source.clip.width)
    finished = writer.finished(source, shot)

    def labels(frame: int) -> LabelMap | None:
        if frame not in finished:
            return None
        named = {shot.names[i]: matte for i, matte in finished[frame]().items()}
        return read_mask(named, frame=frame, size=size).label_map(list(shot.names.values()))

    # In a label map of names an object's number is its place among them.
    colours = {place: overlay_colour(i) for place, i in enumerate(shot.names, start=1)}
    write_overlay_movie(path, source, frames or source.frame_numbers, labels, colours)


def write_overlay_movie(
    path: Path,
    source: FrameSource,
    frames: Collection[int],
    labels: Callable[[int], LabelMap | None],
    colours: Mapping[int, Colour],
) -> None:
    """Some frames of the plate as a movie, with label maps over those that have one.

    Args:
        path: The movie.
        source: The plate.
        frames: Which it shows.
        labels: The label map of a frame, None where there is none.
        colours: RGB by label.
    """
    clip = source.clip
    with OverlayMovie(path, clip.frame_rate, (clip.height, clip.width)) as movie:
        for frame, image in source.frames():
            if frame not in frames:
                continue
            picture = to_display(image, clip.colour_space)
            found = labels(frame)
            movie.write(picture if found is None else overlay(picture, found, colours))
