"""What iterations gave, read when it costs nobody a wait, and whether steps were skipped."""

import math

import torch

from vireid.errors import VireidError
from vireid.training.iteration import Iteration
from vireid.training.state import TrainingState

READ_EVERY = 10
"""Iterations between two readings where values lie on a GPU, which would have to be waited for."""


OVERFLOWS = 50
"""Steps in a row whose scaled gradients may overflow: the scale halves at each, from 2^16."""


def are_read_late(device: torch.device) -> bool:
    """Tell whether values on a device are read some iterations later.

    Args:
        device: of the training.

    Returns:
        True on a GPU, which computes on while the host goes ahead.
    """
    return device.type == "cuda"


def settle(state: TrainingState) -> None:
    """Read what the last iterations gave, and count it.

    Args:
        state: its unread iterations go into its losses, images and skipped steps.

    Raises:
        VireidError: more steps of the epoch had no finite loss than may be skipped.
    """
    unread, state.unread = state.unread, []
    if not unread:
        return
    numbers = torch.cat([step.numbers for one in unread for step in one.steps]).tolist()
    for one in unread:
        steps = []
        for step in one.steps:
            count = len(step.names) + 2
            steps.append((step.names, numbers[:count]))
            numbers = numbers[count:]
        _count(state, one, steps)


def _count(
    state: TrainingState, one: Iteration, steps: list[tuple[tuple[str, ...], list[float]]]
) -> None:
    """Add one iteration to the epoch's sums, or count it as skipped."""
    found: dict[str, float] = {}
    for names, (*values, gradient, skipped) in steps:
        own = dict(zip(names, values, strict=True))
        found |= own | {"total": found.get("total", 0.0) + own["total"]}
        state.latest = found
        if skipped and one.scaled and math.isfinite(own["total"]):
            _count_overflow(state, one)
            break  # the iteration ends, and counts
        state.overflows = 0
        if skipped:
            _count_skipped(state, one, own["total"], gradient)
            return
    for name, value in found.items():
        state.losses[name] += value
    state.images += one.images


def _count_overflow(state: TrainingState, one: Iteration) -> None:
    """Count an overflow of scaled gradients, and stop where no scale is small enough for them."""
    state.overflows += 1
    if state.overflows > OVERFLOWS:
        raise VireidError(
            f"the gradients in stage {one.stage}, epoch {one.epoch + 1} were not finite in "
            f"{state.overflows} steps in a row, however small the loss was scaled; train anew with "
            "compute.precision bf16 or fp32, or with a lower learning_rate"
        )


def _count_skipped(state: TrainingState, one: Iteration, loss: float, gradient: float) -> None:
    """Count a step that was skipped, and stop where there are too many."""
    if state.skipped < one.allowed:
        state.skipped += 1
        return
    skipped = f" ({state.skipped} steps before were skipped)" if state.skipped else ""
    found = f"loss is {loss}" if not math.isfinite(loss) else f"gradient is {gradient}"
    if math.isfinite(loss) and math.isfinite(gradient):
        found = "loss or gradient of another process is not finite"
    raise VireidError(
        f"the {found} in stage {one.stage}, epoch {one.epoch + 1}, step {one.step}; "
        f"expected a finite number{skipped}: train anew with a lower learning_rate, or pass "
        "over a few such steps by --resume --set guard.skipped=10"
    )
