"""Curves for Weights & Biases."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vireid.observers.mark import Mark
from vireid.observers.observer import numbers


class WandbRun:
    """Logs to a run of W&B, online or offline as its own environment variables say.

    Args:
        folder: for W&B's files, in ``wandb``, and for the mark.
        name: of the run.
        recipe: all settings, nested plain values.
    """

    def __init__(self, folder: Path, name: str, recipe: Mapping[str, Any]) -> None:
        import wandb

        folder.mkdir(parents=True, exist_ok=True)
        self._mark = Mark(folder / "wandb.json")
        self._run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", "vireid"),
            name=name,
            dir=str(folder),
            id=self._mark.run,
            resume="allow" if self._mark.run else None,
            config=dict(recipe),
            settings=wandb.Settings(console="off"),
        )
        self._mark.run = self._run.id
        self._mark.save()

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Log the losses of one step.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """
        if self._mark.is_new(step):
            values = {f"step/{name}": value for name, value in numbers(losses).items()}
            self._run.log(values, step=step)

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Log the numbers of an epoch.

        Args:
            step: steps of the run up to the end of the epoch.
            line: plain values, ready for JSON.
        """
        if self._mark.is_new(step):
            self._run.log(numbers(line), step=step)

    def close(self, *, finished: bool) -> None:
        """End the run.

        Args:
            finished: whether the training went through all stages.
        """
        self._run.finish(exit_code=0 if finished else 1)
