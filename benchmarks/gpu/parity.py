"""One step of each stage on the CPU and on the device: losses, gradients, memories."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np
import torch
from torch import Tensor

from gpu.report import Report
from gpu.scenes import FEW_ROWS, Scene, recipe_of, scene_of
from gpu.steps import stepping
from vireid.models import Output
from vireid.training import Forward
from vireid.types import Int

SIZE = (96, 48)
PIXELS = 1e-5
"""Largest difference of normalised pixels."""
NEARER = 3
"""How many times as far from the CPU's gradients tf32 is, at least; its factors have 11 bits."""


@dataclass(frozen=True)
class Limits:
    """How far a device may be from the CPU."""

    against: str
    """The CPU's precision."""
    losses: float
    """Relative where a loss is over 1."""
    gradients: float
    """Length of the difference, over the length."""
    memories: float
    """Largest difference."""


LIMITS = {
    "fp64": Limits("fp64", 1e-6, 1e-4, 1e-5),
    "fp32": Limits("fp32", 1e-3, 2e-2, 1e-3),
    "tf32": Limits("fp32", 2e-2, inf, inf),
    "bf16": Limits("fp32", 2e-2, inf, inf),
}
"""By the device's precision."""


class SamePixels:
    """Passes the pixels that were made first through a network, whatever others were made of them.

    A rounding of the last bit in a pixel would be a different question to a deep network.
    """

    def __init__(self, forward: Forward, given: Tensor | None) -> None:
        self.forward, self.given, self.difference = forward, given, 0.0

    def share(self, modality: Int) -> Int:
        """Return the rows that the network gets."""
        return self.forward.share(modality)

    def __call__(self, pixels: Tensor, modality: Tensor) -> Output:
        """Pass what was given, in place of the pixels."""
        here = pixels.detach().cpu()
        self.given = here if self.given is None else self.given
        self.difference = float((here.double() - self.given.double()).abs().max())
        return self.forward(self.given.to(pixels), modality)


@dataclass(frozen=True)
class Taken:
    """What a step gave and left."""

    pixels: Tensor | None
    difference: float
    """Of the pixels from those that were given."""
    losses: Mapping[str, float]
    gradients: Tensor
    memories: Tensor


def take(scene: Scene, number: int, precision: str, report: Report, given: Taken | None) -> Taken:
    """Take a step on the CPU, or with the same pixels on the device."""
    changes = (*FEW_ROWS, "compute.parts=1", f"compute.precision={precision}")
    recipe = recipe_of("sysu", SIZE, report.small, *changes)
    device = "cpu" if given is None else report.device
    with stepping(recipe, number, scene, device) as steps:
        same = SamePixels(steps.stepping.forward, None if given is None else given.pixels)
        steps.stepping = replace(steps.stepping, forward=same)
        steps.full()
        losses, state = steps.losses(), steps.state
        parameters = (p.grad for p in state.network.parameters() if p.grad is not None)
        kept = (value for term in state.terms.values() for value in term.values())
        return Taken(same.given, same.difference, losses, flat(parameters), flat(kept))


def flat(tensors: Iterable[Tensor]) -> Tensor:
    """Return all numbers of some tensors, on the CPU."""
    return torch.cat([tensor.detach().cpu().double().flatten() for tensor in tensors])


def distance(cpu: Taken, there: Taken) -> dict[str, float]:
    """Return how far the device is from the CPU, in the words of ``Limits``."""
    differences = [
        abs(value - there.losses[name]) / max(1.0, abs(value)) for name, value in cpu.losses.items()
    ]
    return {
        "losses": float(np.max(differences)),
        "gradients": float((cpu.gradients - there.gradients).norm() / cpu.gradients.norm()),
        "memories": float((cpu.memories - there.memories).abs().max()),
    }


def compare(stage: str, precision: str, cpu: Taken, there: Taken, report: Report) -> float:
    """Say how far the device is from the CPU; return how far its gradients are."""
    limits, far = LIMITS[precision], distance(cpu, there)
    allowed = {name: getattr(limits, name) for name in far}
    right = all(far[name] < limit for name, limit in allowed.items())
    told = ", ".join(
        f"{name} {far[name]:.1e}" + (f" (limit {limit:.0e})" if isfinite(limit) else "")
        for name, limit in allowed.items()
    )
    report.check(
        right and there.difference < PIXELS,
        f"{stage}, {precision} against the CPU's {limits.against}: {told}, pixels "
        f"{there.difference:.1e}",
        far,
    )
    return far["gradients"]


def parity(report: Report) -> None:
    """A step of each stage of sysu, 48 rows of 96x48, in each precision, against the CPU's."""
    recipe = recipe_of("sysu", SIZE, report.small)
    people_there = scene_of(recipe, *((240, 12) if report.small else (1200, 40)))
    for number, stage in enumerate(stage.name for stage in recipe.stages):
        far = {}
        on_cpu = {
            precision: take(people_there, number, precision, report, None)
            for precision in ("fp64", "fp32")
        }
        for precision, limits in LIMITS.items():
            cpu = on_cpu[limits.against]
            there = take(people_there, number, precision, report, cpu)
            far[precision] = compare(stage, precision, cpu, there, report)
        report.check_on_gpu(
            NEARER * far["fp32"] < far["tf32"],
            f"{stage}: gradients {far['fp32']:.1e} from the CPU in fp32, {far['tf32']:.1e} in tf32 "
            f"(expected {NEARER} times as far: fp32 is no tf32)",
        )
