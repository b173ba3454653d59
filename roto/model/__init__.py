"""The networks of the papers, and nothing else: no files, no clips, no devices.

The only packages that may import torch are this one, ``roto.memories``, ``roto.stcn_memory``,
``roto.stcn_engine``, ``roto.train`` and ``roto.evaluate``.
"""
