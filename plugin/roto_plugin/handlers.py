"""The short methods on a session: one function each, called in the session's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from roto.masks import soft
from roto.painting import bezier_matte
from roto_plugin import describing

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.masks.reading import MaskLike
    from roto.session import Session
    from roto_plugin.paths import Roots

Params: TypeAlias = "dict[str, Any]"
Handler: TypeAlias = "Callable[[Session, Params, Roots], Params]"


def add_object(session: Session, params: Params, roots: Roots) -> Params:
    """A new object."""
    del roots
    made = session.add_object(params.get("name"))
    record = session.objects[made]
    return {"id": record.id, "name": record.name, "colour": list(record.colour)}


def rename_object(session: Session, params: Params, roots: Roots) -> Params:
    """Another name for an object."""
    del roots
    session.rename_object(params["object"], params["name"])
    return {}


def remove_object(session: Session, params: Params, roots: Roots) -> Params:
    """An object less."""
    del roots
    session.remove_object(params["object"])
    return {}


def set_keyframe(session: Session, params: Params, roots: Roots) -> Params:
    """An artist's mask."""
    frame, mask = params["frame"], _mask(session, params, roots)
    before = dict(session.project.keyframes())
    if "object" in params:
        which = params["object"]
        if isinstance(which, int) or mask is None:  # nobody new is absent
            which = session.objects[session.object_id(which)].name
        origin = "imported" if "file" in params else "painted"
        session.set_keyframe(frame, {which: mask}, origin=origin)
        ids = [session.object_id(which)]
    else:
        assert mask is not None
        session.set_keyframe(frame, mask)
        after = session.project.keyframes()
        ids = [i for f, i in after if f == frame and before.get((f, i)) != after[f, i]]
    board = session.status()
    names = [session.objects[i].name for i in sorted(ids)]
    reach = {f for i in ids for state in ("missing", "open") for f in board.frames(state, i)}
    return {"frame": frame, "objects": names, "reach": describing.ranges(reach)}


def correct(session: Session, params: Params, roots: Roots) -> Params:
    """A correction."""
    mask = _mask(session, params, roots)
    made = session.correct(params["frame"], params["object"], mask)
    name = session.objects[made.object].name
    return {"frame": made.frame, "objects": [name], "reach": describing.ranges(made.frames)}


def remove_keyframe(session: Session, params: Params, roots: Roots) -> Params:
    """What was given is forgotten."""
    del roots
    session.remove_keyframe(params["frame"], params.get("object"))
    return {}


def undo(session: Session, params: Params, roots: Roots) -> Params:
    """A step back."""
    del params, roots
    return {"label": session.undo()}


def redo(session: Session, params: Params, roots: Roots) -> Params:
    """A step forward."""
    del params, roots
    return {"label": session.redo()}


def receipt(session: Session, params: Params, roots: Roots) -> Params:
    """What the newest propagation changed."""
    del roots
    return describing.receipt(session.receipt(), params.get("limit", 1000))


def accept(session: Session, params: Params, roots: Roots) -> Params:
    """The newest propagation is good."""
    del params, roots
    session.accept()
    return {}


def revert(session: Session, params: Params, roots: Roots) -> Params:
    """What was known before."""
    del roots
    return {"frames": describing.ranges(session.revert(range_of(params)))}


def lock(session: Session, params: Params, roots: Roots) -> Params:
    """Frames that stay."""
    del roots
    first, last = params["range"]
    return {"locks": session.lock((first, last), params.get("objects"))}


def unlock(session: Session, params: Params, roots: Roots) -> Params:
    """Frames that may change again."""
    del roots
    session.unlock(params.get("locks"), range_of(params))
    return {}


def range_of(params: Params) -> tuple[int, int] | None:
    """The frames that a request is about; None for all."""
    found = params.get("range")
    return None if found is None else (found[0], found[1])


def _mask(session: Session, params: Params, roots: Roots) -> MaskLike | None:
    """What a request gives of an object; None for absent."""
    if "file" in params:
        return str(roots.check(params["file"]))
    if "shapes" not in params:
        return None
    shapes = [_knots(shape["points"]) for shape in params["shapes"]]
    return soft(bezier_matte(shapes, session.stored.size))


def _knots(points: list[list[float]]) -> list[list[float]]:
    """Corners are knots without handles: the two may be mixed in a shape."""
    return [point if len(point) == 6 else point * 3 for point in points]


HANDLERS: dict[str, Handler] = {
    function.__name__: function
    for function in (
        add_object,
        rename_object,
        remove_object,
        set_keyframe,
        correct,
        remove_keyframe,
        undo,
        redo,
        receipt,
        accept,
        revert,
        lock,
        unlock,
    )
}
"""By the name of the method."""
