"""Roto inside editors and compositors.

``protocol``, ``link`` and ``client`` run inside a host, in its Python, and need nothing but the
standard library. ``server`` and what it loads is the engine process that they talk to, in roto's
own environment. ``host`` is what all hosts have in common; ``hosts`` are the hosts.
"""
