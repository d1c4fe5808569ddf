"""The optimiser of a stage, and the learning rate of each group of its parameters."""

from collections.abc import Iterable

import torch
from torch import Tensor

from vireid.config import Recipe, StageConfig
from vireid.models import CrossModalNetwork

SGD_MOMENTUM = 0.9


def new_optimiser(
    network: CrossModalNetwork, recipe: Recipe, stage: StageConfig
) -> torch.optim.Optimizer:
    """Return a fresh optimiser of all parameters of the network that are trained.

    Args:
        network: whose parameters.
        recipe: weight decay.
        stage: kind of the optimiser, and the share of the learning rate that goes to all layers
            but the neck.

    Returns:
        Adam or SGD; the loop sets its learning rate at every step.
    """
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    backbone = [p for name, p in trained if not name.startswith("neck.")]
    neck = [p for name, p in trained if name.startswith("neck.")]
    groups = [
        {"params": backbone, "factor": stage.backbone_rate},
        {"params": neck, "factor": 1.0},
    ]
    fused = True if network.mean.is_cuda else None
    rate, decay = stage.learning_rate, recipe.weight_decay
    if stage.optimiser == "sgd":
        return torch.optim.SGD(
            groups, lr=rate, momentum=SGD_MOMENTUM, weight_decay=decay, fused=fused
        )
    return torch.optim.Adam(groups, lr=rate, weight_decay=decay, fused=fused)


def take_step(
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    late: tuple[Tensor, Tensor] | None = None,
) -> None:
    """Move the weights, or leave them where the step is skipped.

    Args:
        optimiser: with gradients; a fused one where ``late`` is given.
        scaler: of the loss; lowers its scale where gradients are not finite.
        late: two scalars where the weights are, so that nobody on the host has to know them: not 0
            where the step is skipped, and where a process has gradients that are not finite in
            this very step. Never skipped where not given.
    """
    if late is None:
        scaler.step(optimiser)
        scaler.update()
        return
    skipped, bad = late
    if scaler.is_enabled():
        lower_scale(optimiser, scaler, bad)
    _begin_momenta(optimiser)
    optimiser.found_inf = skipped  # type: ignore[attr-defined]
    try:
        optimiser.step()
    finally:
        del optimiser.found_inf  # type: ignore[attr-defined]
    if scaler.is_enabled():
        scaler.update()


def lower_scale(
    optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler, bad: Tensor
) -> None:
    """Let the scaler of every process find out what one of them has found.

    Args:
        optimiser: with scaled gradients, which are brought to their own size.
        scaler: of the loss; its next update lowers the scale where gradients are not finite.
        bad: a scalar where the weights are, not 0 where they are not finite somewhere.
    """
    every = (p for group in optimiser.param_groups for p in group["params"])
    first = next(p.grad for p in every if p.grad is not None)
    first += torch.where(bad > 0, torch.nan, 0.0).to(first.dtype)
    scaler.unscale_(optimiser)


def _begin_momenta(optimiser: torch.optim.Optimizer) -> None:
    """Begin with momenta of 0: torch's fused SGD leaves those of a skipped first step undefined."""
    if not isinstance(optimiser, torch.optim.SGD):
        return
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None and not optimiser.state[parameter]:
                zero = torch.zeros_like(parameter, memory_format=torch.preserve_format)
                optimiser.state[parameter]["momentum_buffer"] = zero


def train_terms(optimiser: torch.optim.Optimizer, parameters: Iterable[tuple[str, Tensor]]) -> None:
    """Hand what terms train to a stage's optimiser, in place of what it got of them before.

    Args:
        optimiser: gets a group for each parameter, with the whole learning rate.
        parameters: of terms, by the term's name.
    """
    for group in [group for group in optimiser.param_groups if "term" in group]:
        for old in group["params"]:
            optimiser.state.pop(old, None)
        optimiser.param_groups.remove(group)
    for name, value in parameters:
        optimiser.add_param_group({"params": [value], "factor": 1.0, "term": name})


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group.

    Args:
        optimiser: of ``new_optimiser``.
        rate: of the neck and of what terms train; other layers get their factor of it.
    """
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
