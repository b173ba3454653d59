"""Training on several processes: who is who, one clock, averaged gradients.

``torchrun`` starts the processes and says in the environment which one this is. Each makes
batches of its own; gradients are averaged, so all hold the same weights. The first one alone
writes, validates and keeps the time: what depends on time is decided by its clock on all.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from roto.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The others wait while the first one validates, which takes minutes on a large data set.
_PATIENCE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is."""

    rank: int = 0
    count: int = 1
    local_count: int = 1  # on this machine, which share its cores

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and decides."""
        return self.rank == 0

    def averaging(self, module: nn.Module) -> nn.Module:
        """The module, whose gradients are those of all processes, averaged.

        Every parameter that requires a gradient must get one in each step.
        """
        if self.count == 1:
            return module
        return DistributedDataParallel(module, broadcast_buffers=False)

    def total(self, values: Tensor) -> Tensor:
        """Sum of ``values`` over all processes, the same on each."""
        if self.count > 1:
            dist.all_reduce(values)
        return values

    def settle(self) -> None:
        """Wait until every process has come this far."""
        if self.count > 1:
            dist.barrier()


@contextmanager
def joined(device: str) -> Iterator[tuple[Ranks, torch.device]]:
    """This process among those that ``torchrun`` started, and its device, for as long as it trains.

    Raises:
        DeviceError: fewer GPUs on this machine than processes.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Ranks(), torch.device(device)
        return
    local, local_count = int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"])
    place = torch.device(device)
    if place.type == "cuda":
        if torch.cuda.device_count() < local_count:
            raise DeviceError(
                f"{local_count} processes need as many GPUs, but this machine has "
                f"{torch.cuda.device_count()}: start fewer with --nproc-per-node."
            )
        place = torch.device("cuda", local)
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if place.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Ranks(dist.get_rank(), count, local_count), place
    finally:
        dist.destroy_process_group()
