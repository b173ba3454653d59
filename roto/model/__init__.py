"""The networks of the papers, their weight files, and the devices they run on. Nothing of clips.

``stcn``, ``stm`` and ``context`` are the papers in code, on ``backbones``; ``memory`` reads what is
remembered, ``aggregation`` lets objects compete, ``window`` looks at a part of a picture;
``weights`` and ``folding`` bring networks in from files; ``devices``, ``machine`` and ``footprint``
say where they run and what they take.

Besides this package only ``roto.memories``, ``roto.stcn_memory``, ``roto.stcn_engine`` and
``roto.train`` may import torch.
"""
