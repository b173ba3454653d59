"""What the frames of an export share, as the session knows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from roto.export.contract import Provenance, Subject
from roto.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.session import Session


def subject_of(session: Session, names: Mapping[int, str]) -> Subject:
    """What all frames of an export share. No network is loaded for it.

    Args:
        session: What knows the clip and what was propagated.
        names: Names by id of the objects to export.
    """
    clip = session.source.clip
    return Subject(
        size=(clip.height, clip.width),
        names=dict(sorted(names.items())),
        frame_rate=clip.frame_rate,
        pixel_aspect=clip.pixel_aspect,
        colour_space=clip.colour_space,
        timecode=clip.timecode,
        first_frame=clip.first_frame,
        data_window=clip.data_window,
        provenance=_provenance(session, names),
    )


def _provenance(session: Session, names: Mapping[int, str]) -> Provenance:
    """What most of the results were made with: some may be older than others."""
    project = session.project
    made = Counter(row.provenance for (_, i), row in project.results().items() if i in names)
    most = project.provenance(made.most_common(1)[0][0]) if made else {}
    keyframes: dict[str, list[int]] = {name: [] for name in names.values()}
    for frame, object_id in sorted(project.keyframes()):
        if object_id in names:
            keyframes[names[object_id]].append(frame)
    return Provenance(
        roto=__version__,
        model=str(most.get("model", "")),
        weights=str(most.get("weights", "")),
        settings=dict(most.get("settings", {})),
        keyframes=keyframes,
    )
