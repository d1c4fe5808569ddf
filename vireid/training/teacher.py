"""A teacher: a second network that follows the one in training."""

from copy import deepcopy

import torch
from torch import Tensor

from vireid.models import CrossModalNetwork


def new_teacher(network: CrossModalNetwork) -> CrossModalNetwork:
    """Return a copy of a network that takes no gradients.

    Args:
        network: as it is now.

    Returns:
        The copy, on the same device.
    """
    return deepcopy(network).requires_grad_(False)


@torch.no_grad()
def update_teacher(
    teacher: CrossModalNetwork,
    network: CrossModalNetwork,
    momentum: float,
    skipped: Tensor | None = None,
) -> None:
    """Move a teacher towards the network, after the last optimiser step of an iteration.

    Weights and running statistics become ``momentum * teacher + (1 - momentum) * network``; whole
    numbers are copied. Source: Tarvainen and Valpola, Mean teachers are better role models. The
    released code of PCLHD averages the weights alone; its teacher gathers statistics of its own by
    a second pass of every batch, which is not made here.

    Args:
        teacher: changed in place.
        network: after the step.
        momentum: share of its old weights that the teacher keeps, in [0, 1).
        skipped: a scalar where they are; not 0 where the step was skipped and nothing moves.
    """
    share: float | Tensor = 1 - momentum
    if skipped is not None:
        share = torch.where(skipped > 0, 0.0, 1 - momentum)
    theirs = network.state_dict()
    for name, value in teacher.state_dict().items():
        if value.is_floating_point():
            value.lerp_(theirs[name], share)
        else:
            value.copy_(theirs[name])
