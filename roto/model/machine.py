"""What a network would run on here: for the app's "About" and for reports of faults."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

import torch

from roto.model.devices import choose_device


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and with what a network computes.

    Attributes:
        device: "cuda", "mps" or "cpu".
        name: Of the processor, or of the GPU.
        threads: That torch uses on the processor.
        torch: Its version.
    """

    device: str
    name: str
    threads: int
    torch: str


def describe_machine(device: str = "auto") -> Machine:
    """What there is.

    Args:
        device: As for :func:`roto.load_model`.

    Raises:
        DeviceError: there is no such device.
    """
    chosen = choose_device(device)
    name = _processor()
    if chosen.type == "cuda":
        name = torch.cuda.get_device_name(chosen)
    return Machine(chosen.type, name, torch.get_num_threads(), str(torch.__version__))


def _processor() -> str:
    """The processor's name; Linux tells it in a file, others do it here."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(errors="replace").splitlines() if info.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
