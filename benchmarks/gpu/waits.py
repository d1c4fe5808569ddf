"""How often a step waits for the GPU, as CUDA itself reports it."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from gpu.report import Report
from gpu.scenes import FEW_ROWS, Scene, recipe_of, scene_of
from gpu.steps import stepping
from vireid.config import Recipe

LIMIT = 3
"""Waits in a step."""
WARM, WATCHED = 2, 6
"""Steps before, and steps that are watched: the first one and the tenth read the losses."""
SAID = "synchronizing CUDA operation"
"""In torch's warning; others, such as those of deterministic algorithms, are no waits."""


@contextmanager
def watched_waits() -> Iterator[Counter[str]]:
    """Count, by the line that waits, what torch calls a synchronising operation."""
    found: Counter[str] = Counter()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            yield found
        finally:
            torch.cuda.set_sync_debug_mode("default")
            found.update(
                f"{Path(one.filename).name}:{one.lineno}"
                for one in seen
                if SAID in str(one.message)
            )


def waits(report: Report) -> None:
    """Steps of each stage of sysu between two readings of the losses: at most 3 waits in each."""
    if not report.on_gpu:
        report.info("only on a GPU; tests/training/test_pretended_gpu.py counts them without one")
        return
    with watched_waits() as found:
        torch.ones(1, device=report.device).item()
    report.check(found.total() > 0, f"torch tells of {found.total()} waits where one is made")
    recipe = recipe_of("sysu", None, report.small, *(FEW_ROWS if report.small else ()))
    people_there = scene_of(recipe, 400 if report.small else 3000, 60)
    for number, stage in enumerate(recipe.stages):
        found = waits_of_steps(recipe, number, people_there, report.device)
        count = found.total() / WATCHED
        most = "; ".join(f"{n} at {line}" for line, n in found.most_common(4)) or "none"
        text = f"{stage.name}: {count:.1f} waits a step, expected at most {LIMIT}; of {WATCHED}"
        report.check(count <= LIMIT, f"{text} steps: {most}", {"waits": count})


def waits_of_steps(recipe: Recipe, number: int, people_there: Scene, device: str) -> Counter[str]:
    """Count the waits of some steps of a stage, by the line that waits."""
    with stepping(recipe, number, people_there, device) as steps:
        for _ in range(WARM):
            steps.full()
        with watched_waits() as found:
            for _ in range(WATCHED):
                steps.full()
    return found
