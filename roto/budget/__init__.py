"""What memory a run takes, what there is, and what is done if that is too little: ADR 13.

:mod:`~roto.budget.needs` has the arithmetic, :mod:`~roto.budget.fitting` the rules, and
:mod:`~roto.budget.available` asks the system.
"""

from roto.budget.budget import fitted, need_of, prepare

__all__ = ["fitted", "need_of", "prepare"]
