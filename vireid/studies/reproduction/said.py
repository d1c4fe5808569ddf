"""What a reproduction says: of its data, of its first epoch, of the time that it takes."""

import logging
import math
from collections.abc import Iterator

from vireid.data import DataFolder
from vireid.data.statistics import count
from vireid.studies.reproduction.estimate import Estimate, estimate, size_words, time_words
from vireid.studies.reproduction.probe import Probe
from vireid.studies.reproduction.settings import CARDS, unlike_published
from vireid.studies.reproduction.task import Task

_log = logging.getLogger(__name__)


def data_line(which: str, data: DataFolder) -> str:
    """Say what the data holds, and whether that is what the papers had.

    Args:
        which: sysu, regdb or llcm.
        data: one fold of it.

    Returns:
        One line.
    """
    found, other = count(data), unlike_published(which, data)
    parts = [
        f"{part} {found.get(f'{part} identities', 0):,} people, "
        f"{found[f'{part} visible images']:,} visible and "
        f"{found[f'{part} infrared images']:,} infrared images"
        for part in ("train", "test")
    ]
    told = f"not the counts of {CARDS[which].name}: {other}" if other else "the published counts"
    return f"{data.name}: {'; '.join(parts)}; {told}"


def estimate_of(task: Task, probe: Probe) -> Estimate:
    """Estimate what is left of a reproduction.

    Args:
        task: what is to be done.
        probe: its first epoch.

    Returns:
        The estimate.
    """
    done = {row.key for row in task.place.rows()}
    trainings = list(task.trainings())
    left = sum(training.key not in done for training in trainings)
    return estimate(probe, task.recipe, every=task.every, trainings=len(trainings), left=left)


def probe_lines(task: Task, probe: Probe) -> Iterator[str]:
    """Say what the first epoch told, and what is to come.

    Args:
        task: what is to be done.
        probe: the first epoch.

    Yields:
        Lines.
    """
    losses = ", ".join(
        f"{name} {loss:.2f} (chance {math.log(probe.clusters[name]):.2f}, ln of "
        f"{probe.clusters[name]} clusters)"
        for name, loss in probe.losses.items()
    )
    yield f"first epoch ({probe.stage}): loss {losses or 'of no term to be set against chance'}"
    memory = "GPU memory" if task.device.startswith("cuda") else "memory"
    yield (
        f"it took {time_words(probe.labelling)} of labelling, {time_words(probe.steps)} of steps; "
        f"scoring in all settings {time_words(probe.scoring)}; {memory} {size_words(probe.memory)}"
    )
    yield from str(estimate_of(task, probe)).splitlines()


def say_probe(task: Task, probe: Probe) -> None:
    """Log what the first epoch told.

    Args:
        task: what is to be done.
        probe: the first epoch.
    """
    for line in probe_lines(task, probe):
        _log.info("%s", line)
