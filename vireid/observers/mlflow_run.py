"""Curves for MLflow."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vireid.observers.mark import Mark
from vireid.observers.observer import numbers, settings

BATCH = 100
"""Parameters that MLflow takes at once."""


class MlflowRun:
    """Logs to a run of MLflow: on the server of MLFLOW_TRACKING_URI, else to a local folder.

    Args:
        folder: for MLflow's database, in ``mlflow``, and for the mark.
        name: of the run.
        recipe: all settings, nested plain values.
    """

    def __init__(self, folder: Path, name: str, recipe: Mapping[str, Any]) -> None:
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param

        (folder / "mlflow").mkdir(parents=True, exist_ok=True)
        local = f"sqlite:///{folder.absolute() / 'mlflow' / 'mlflow.db'}"
        self._metric, self._mark = Metric, Mark(folder / "mlflow.json")
        self._client = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI") or local)
        if self._mark.run is None:
            run = self._client.create_run(self._experiment(folder), run_name=name)
            self._mark.run = run.info.run_id
            self._mark.save()
            params = [Param(key, value) for key, value in settings(recipe).items()]
            for start in range(0, len(params), BATCH):
                self._client.log_batch(self._mark.run, params=params[start : start + BATCH])
        else:
            self._client.update_run(self._mark.run, status="RUNNING")

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Log the losses of one step.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """
        self._log(step, {f"step/{name}": value for name, value in numbers(losses).items()})

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Log the numbers of an epoch.

        Args:
            step: steps of the run up to the end of the epoch.
            line: plain values, ready for JSON.
        """
        self._log(step, numbers(line))

    def close(self, *, finished: bool) -> None:
        """End the run.

        Args:
            finished: whether the training went through all stages.
        """
        self._client.set_terminated(self._mark.run, "FINISHED" if finished else "KILLED")

    def _experiment(self, folder: Path) -> str:
        """Return the identifier of the experiment, made where there is none."""
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", "vireid")
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        local = None if os.environ.get("MLFLOW_TRACKING_URI") else folder / "mlflow" / "artifacts"
        place = local and local.absolute().as_uri()
        return str(self._client.create_experiment(name, artifact_location=place))

    def _log(self, step: int, values: Mapping[str, float]) -> None:
        if self._mark.is_new(step):
            now = time.time_ns() // 1_000_000
            metrics = [self._metric(name, value, now, step) for name, value in values.items()]
            self._client.log_batch(self._mark.run, metrics=metrics)
