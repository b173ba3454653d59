"""Roto inside editors and compositors.

``client`` and what it imports run inside a host, in its Python, and need nothing but the standard
library. ``server`` and what it imports is the engine process that they talk to, in roto's own
environment. ``host`` is what roto asks of every host; ``hosts`` are the adapters.
"""
