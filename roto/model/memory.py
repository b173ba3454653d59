"""Reading a memory: which remembered positions does each position of a new frame resemble?

Cheng et al., STCN, NeurIPS 2021, section 3.2 (similarities) and 3.3; the top-k filter
is section 3.4 of the same authors' MiVOS (CVPR 2021).

Shapes: N memory positions (T*h*w), M query positions (h*w), Ck and Cv as in ``stcn``.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Similarity = Literal["l2", "dot", "cosine"]

WORKSPACE_BYTES = 16 * 2**20
"""Default bound of the affinity workspace. Small enough to stay in a processor's cache: on
two CPU cores chunks of 16 MiB are read three times faster than the matrix in one piece."""


def similarity(memory: Tensor, query: Tensor, kind: Similarity = "l2") -> Tensor:
    """Scaled similarity of every query position with every memory position.

    Args:
        memory: (..., N, Ck) keys.
        query: (..., M, Ck) keys.
        kind: ``l2`` negative squared distance (the paper's best), ``dot`` product, ``cosine``.

    Returns:
        (..., M, N), divided by sqrt(Ck). For ``l2`` the term of the query alone is left
        out: it is the same for a whole row and cancels in the softmax.
    """
    if kind == "cosine":
        memory, query = F.normalize(memory, dim=-1), F.normalize(query, dim=-1)
    scale = 1 / math.sqrt(memory.shape[-1])
    product = query @ memory.transpose(-1, -2)
    if kind == "l2":
        squares = memory.pow(2).sum(-1)[..., None, :]
        return (product.mul(2) - squares).mul(scale)
    return product * scale


def read_dense(memory: Tensor, values: Tensor, query: Tensor, kind: Similarity = "l2") -> Tensor:
    """The whole softmax: differentiable, and what the network is trained with.

    Args:
        memory: (B, N, Ck).
        values: (B, N, C), C = K * Cv.
        query: (B, M, Ck).
        kind: As for :func:`similarity`.

    Returns:
        (B, M, C).
    """
    weights = torch.softmax(similarity(memory, query, kind).float(), -1)
    return weights.to(values.dtype) @ values


def read(
    memory: Tensor,
    values: Tensor,
    query: Tensor,
    *,
    top_k: int | None = 20,
    kind: Similarity = "l2",
    bonus: Tensor | None = None,
    usage: Tensor | None = None,
    workspace: int = WORKSPACE_BYTES,
) -> Tensor:
    """Read-out for inference, chunked over query positions.

    Chunks only split the rows of the affinity, each of which has its own softmax, so the
    result does not depend on the chunk size. With ``top_k`` only the chosen values are
    gathered and summed: no dense matrix is filled with zeros and multiplied.

    Args:
        memory: (N, Ck).
        values: (N, C), C = K * Cv: the values of all objects side by side.
        query: (M, Ck).
        top_k: Positions kept per query; None for the whole softmax.
        kind: As for :func:`similarity`.
        bonus: (N,) added to the scaled similarities: some positions are to weigh more.
        usage: (N,) float32, to which is added how much each memory position was drawn on.
        workspace: Bound in bytes for one chunk of similarities, at least one row.

    Returns:
        (M, C).
    """
    memory, query = _augment(memory, query, kind, bonus)
    if top_k is None or top_k >= memory.shape[0]:
        return _read_all(memory, values, query, workspace, usage)
    parts = []
    for part in query.split(_rows(memory, workspace)):
        # Float32 throughout: rounding scores to bfloat16 would change which positions win.
        scores, chosen = (part @ memory.T).topk(top_k, dim=-1, sorted=False)  # (m, k)
        weights = torch.softmax(scores, -1)
        if usage is not None:
            usage.index_add_(0, chosen.flatten(), weights.flatten())
        weights = weights.to(values.dtype)
        parts.append(F.embedding_bag(chosen, values, per_sample_weights=weights, mode="sum"))
    return torch.cat(parts)


def _read_all(
    memory: Tensor, values: Tensor, query: Tensor, workspace: int, usage: Tensor | None
) -> Tensor:
    """The whole softmax over augmented keys."""
    parts = []
    for part in query.split(_rows(memory, workspace)):
        weights = torch.softmax(part @ memory.T, -1)
        if usage is not None:
            usage += weights.sum(0)
        parts.append(weights.to(values.dtype) @ values)
    return torch.cat(parts)


def _rows(memory: Tensor, workspace: int) -> int:
    """Query positions per chunk, so that one float32 row per position fits the workspace."""
    return max(1, workspace // (4 * max(1, memory.shape[0])))


def _augment(
    memory: Tensor, query: Tensor, kind: Similarity, bonus: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Keys of which the plain product is already the scaled similarity, bonus included.

    The squared norm of ``l2`` and the bonus become one more channel, so that no pass over the
    large matrix follows the multiplication.
    """
    memory, query = memory.float(), query.float()
    if kind == "cosine":
        memory, query = F.normalize(memory, dim=-1), F.normalize(query, dim=-1)
    scale = 1 / math.sqrt(memory.shape[-1])
    if kind != "l2" and bonus is None:
        return memory * scale, query
    extra = memory.new_zeros(memory.shape[0], 1) if bonus is None else bonus[:, None]
    if kind == "l2":
        extra = extra - memory.pow(2).sum(-1, keepdim=True) * scale
    ones = query.new_ones(query.shape[0], 1)
    factor = 2 * scale if kind == "l2" else scale
    return torch.cat([memory * factor, extra], -1), torch.cat([query, ones], -1)
