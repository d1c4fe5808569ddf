"""What `vireid evaluate` is to do, found and checked before any image is opened."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from vireid.data import DataFolder
from vireid.runs import Origin, Run, find_stage, open_weights
from vireid.scoring import Protocol
from vireid.scoring.choice import ProtocolOptions, choose_protocol
from vireid.scoring.evaluation import place_of
from vireid.scoring.files import read_json
from vireid.scoring.splits import open_for


@dataclass(frozen=True)
class Task:
    """A run or weights, and what they are evaluated on."""

    model: Path
    """The folder or file."""
    data: DataFolder
    """The split that they were trained on, where there are several."""
    protocol: Protocol
    """Queries and galleries."""
    stages: tuple[str | None, ...]
    """Of a run; None for the last. Weights have one."""
    place: Path
    """The folder that gets the files."""

    @property
    def folders(self) -> list[Path]:
        """All folders that are written to."""
        return [self.place] if self.model.is_file() else [self.model, self.place]


def prepare(model: Path, arguments: argparse.Namespace) -> Task:
    """Find what a run or weights are evaluated on.

    Args:
        model: the folder or file.
        arguments: of the command.

    Returns:
        What is to be done.

    Raises:
        VireidError: the model or the data cannot be used, they do not belong together, or a file
            of scores that is added to is damaged.
    """
    options = ProtocolOptions(
        **{name: getattr(arguments, name) for name in vars(ProtocolOptions())}
    )
    origin, stages = _origin_and_stages(model, arguments)
    data = open_for(model, origin, arguments.data, arguments.trial)
    out: Path | None = arguments.out
    if out and len(arguments.models) > 1:
        out = out / model_name(model)
    place = place_of(model, out)
    read_json(place / "evaluation.json")
    return Task(model, data, choose_protocol(data, options), stages, place)


def _origin_and_stages(
    model: Path, arguments: argparse.Namespace
) -> tuple[Origin, tuple[str | None, ...]]:
    """Return what a model was trained on, and which of its stages are meant."""
    if model.is_file():
        return open_weights(model).origin, (None,)
    run = Run(model)
    stages = tuple(run.stages()) if arguments.every_stage else (arguments.stage,)
    for stage in stages:
        find_stage(run, stage)
    for file in (run.metrics_file, run.timing_file):
        read_json(file)
    return run.origin(), stages


def model_name(model: Path) -> str:
    """Return what the folder of a model's results is called.

    Args:
        model: the folder or file.

    Returns:
        A name without folders.
    """
    return model.stem if model.is_file() else model.resolve().name
