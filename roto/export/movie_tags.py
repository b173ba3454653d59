"""What a movie says of itself: title, timecode, and what it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.errors import SettingsError
from roto.export.notes import as_json, notes_of, provenance_notes
from roto.export.timecode import Timecode, timecode_at

if TYPE_CHECKING:
    from roto.export.contract import Job, Subject

_LONGEST = 60_000  # bytes; QuickTime has room for 65,535


def tags_of(job: Job, object_id: int, shows: str) -> dict[str, str]:
    """Tags of the container: "title", "comment" and, where there is one, "timecode".

    The comment is one JSON object of what containers have no words for: the notes that stills have
    as well, the numbers of the first and last frame, and where the timecode comes from.

    Args:
        job: What is written.
        object_id: Whose movie it is.
        shows: "picture", "fill" or "key".
    """
    name = job.subject.names[object_id]
    timecode, origin = timecode_of(job)
    notes = notes_of(job, "", "display") | provenance_notes(job, job.frames[0])
    notes |= {
        "roto/object": name,
        "roto/shows": shows,
        "roto/content": job.look.content,
        "roto/last_frame": str(job.frames[-1]),
        "roto/rate": str(job.subject.frame_rate),
        "roto/timecode": origin,
    }
    comment = as_json(notes)
    if len(comment) > _LONGEST:
        del notes["roto/keyframes"]
        comment = as_json(notes)
    tags = {"title": name if shows == "picture" else f"{name} ({shows})", "comment": comment}
    return tags | {"timecode": timecode} if timecode else tags


def timecode_of(job: Job) -> tuple[str, str]:
    """Timecode of the first frame, and what it comes from.

    Where the plate has none, timecode counts frames from frame number 0, as is custom: a host that
    shows it as frames shows the frame numbers of the plate. Frames before 0 have none, nor have
    movies of less than one frame per second.
    """
    subject, first = job.subject, job.frames[0]
    if subject.frame_rate < 1:
        return "", "none"
    label = timecode_at(subject, first)
    if label is not None:
        return str(label), "of the plate"
    if first < 0:
        return "", "none"
    seconds, frame = divmod(first, round(subject.frame_rate))
    minutes, hours = seconds // 60, seconds // 3600
    return str(Timecode(hours % 24, minutes % 60, seconds % 60, frame)), "the frame number"


def check_timecode(subject: Subject) -> None:
    """Make sure that the plate's timecode can be at its frame rate.

    Raises:
        SettingsError: more frames than a second has, or drop frame where there is none.
    """
    rate = subject.frame_rate
    label = timecode_at(subject, subject.first_frame)
    if label is None or rate < 1:
        return
    dropping = round(rate) % 30 == 0 and rate.denominator == 1001
    if str(label) != subject.timecode.replace(".", ";") or (label.drop and not dropping):
        raise SettingsError(
            f"The timecode {subject.timecode} cannot be at {rate} frames per second; give the "
            "clip its own frame rate."
        )
