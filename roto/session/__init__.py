"""Work on a clip that goes on: objects, keyframes, corrections, locks, undo, and runs in between.

What the artist says (:mod:`~roto.session.editing`) and what a run finds are rows of a
:class:`roto.project.Project`. :mod:`~roto.session.states` tells from these rows alone what is still
worth what, :mod:`~roto.session.stored` makes pictures of them.
"""

from roto.session.session import PROPAGATE, Session

__all__ = ["PROPAGATE", "Session"]
