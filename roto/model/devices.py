"""Which device computes, and in which precision."""

from __future__ import annotations

import torch

from roto.errors import DeviceError, SettingsError

_PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_device(name: str = "auto") -> torch.device:
    """The device called ``name``; ``auto`` is cuda, else mps, else cpu.

    Raises:
        DeviceError: this machine, or this build of torch, has no such device.
    """
    if name == "auto":
        best = "mps" if torch.backends.mps.is_available() else "cpu"
        return torch.device("cuda" if torch.cuda.is_available() else best)
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).cpu()  # "meta" has no numbers to bring back
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise DeviceError(
            f"There is no device {name!r} that roto can use; choose auto, cpu, cuda or mps."
        ) from error
    return device


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The precision called ``name``; ``auto`` is bfloat16 where the device is fast at it.

    Raises:
        SettingsError: no such precision.
    """
    if name != "auto":
        if name not in _PRECISIONS:
            raise SettingsError(
                f"There is no precision {name!r}; choose auto, float32 or bfloat16."
            )
        return _PRECISIONS[name]
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if fast else torch.float32


def free_bytes(device: torch.device) -> int | None:
    """What is free on a device with a memory of its own; None for one that uses main memory."""
    if device.type != "cuda":
        return None
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + kept
