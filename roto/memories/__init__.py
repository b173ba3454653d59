"""Ways to remember a shot: frames side by side up to a bound, or one matrix for all of them.

What they have in common, when a frame is remembered and what the network makes of it, is in
:mod:`roto.stcn_memory`.
"""
