"""Who looks at a training after each epoch: the first epoch is judged, the last stage scored."""

import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import torch
from torch import Tensor

from vireid.studies.reproduction.probe import Probe, losses_of, write_probe
from vireid.studies.reproduction.said import say_probe
from vireid.studies.reproduction.score_rows import ScoreRow, read_rows, write_rows
from vireid.studies.reproduction.scorer import Scorer, SettingScores
from vireid.studies.reproduction.task import Training
from vireid.training import EpochReport


@dataclass
class AfterEpoch:
    """Looks at one training, as ``Session.after_epoch``; what it finds changes no weight."""

    training: Training
    """The training."""
    scorer: Scorer = field(init=False)
    """Reads the test images when they are first needed."""

    def __post_init__(self) -> None:
        """Make the scorer."""
        self.scorer = Scorer(self.training)

    def __call__(self, report: EpochReport, weights: Mapping[str, Tensor]) -> bool:
        """Judge the first epoch of all trainings, and score the epochs that are asked for.

        Args:
            report: what the epoch did.
            weights: of the network after it.

        Returns:
            Whether the training is to stop: after a first epoch that is bad, or only planned.
        """
        task = self.training.task
        probes, watched = not task.place.probe_file.exists(), self._is_watched(report)
        if not (probes or watched):
            return False
        memory, start = peak_memory(task.device), perf_counter()
        found = list(self.scorer(weights))
        seconds = perf_counter() - start
        if watched:
            self._keep(report, found)
        if not probes:
            return False
        probe = self._probe(report, weights, memory, seconds)
        write_probe(task.place.probe_file, probe)
        say_probe(task, probe)
        return task.plan or not (task.anyway or probe.is_sound)

    def _is_watched(self, report: EpochReport) -> bool:
        task = self.training.task
        if not task.every or report.stage != task.recipe.stages[-1].name:
            return False
        return report.epoch % task.every == 0 or report.epoch == report.epochs

    def _keep(self, report: EpochReport, found: list[SettingScores]) -> None:
        """Add the scores of an epoch to those of the training."""
        file = self.training.task.place.epochs_file(self.training.name)
        others = [row for row in read_rows(file) if row.place != (report.stage, report.epoch)]
        rows = [
            ScoreRow.of(
                self.training.key, ("watched", report.stage, report.epoch),
                (one.setting, one.flips), one.scores,
            )
            for one in found
        ]  # fmt: skip
        write_rows(file, [*others, *rows])

    def _probe(
        self, report: EpochReport, weights: Mapping[str, Tensor], memory: int, scoring: float
    ) -> Probe:
        recipe, data = self.training.task.recipe, self.training.data
        stage = next(stage for stage in recipe.stages if stage.name == report.stage)
        losses, clusters = losses_of(report, stage)
        return Probe(
            report.stage,
            losses,
            clusters,
            report.troubles,
            labelling=report.seconds["labelling"],
            steps=report.seconds["steps"],
            scoring=scoring,
            memory=memory,
            weights=sum(one.numel() * one.element_size() for one in weights.values()),
            pixels=(len(data.train) + len(data.test)) * recipe.height * recipe.width * 3,
        )


def peak_memory(device: str) -> int:
    """Return the most memory that was in use so far.

    Args:
        device: where it is computed.

    Returns:
        Bytes of the GPU; of this process where there is none.
    """
    if torch.device(device).type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB
