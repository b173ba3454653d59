"""Masks at a few frames in, mattes at all others out: one propagation.

:mod:`~roto.propagation.reach` says which frames are visited in which order, by their numbers alone;
:mod:`~roto.propagation.passes` goes that way with an engine. :class:`Propagation` does it once, for
a script; a :class:`roto.session.Session` again and again.
"""

from roto.propagation.propagation import Propagation

__all__ = ["Propagation"]
