"""One run or checkpoint + test images -> a table, its files and a figure."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from vireid.cli.display import console, score_table
from vireid.data import DataFolder
from vireid.errors import CheckpointError, DataError
from vireid.runs import Run, Weights, load_network
from vireid.scoring import Protocol
from vireid.scoring.files import merge_metrics, write_scores
from vireid.scoring.networks import Scored, Ways, score
from vireid.scoring.pictures import draw_examples


@dataclass(frozen=True)
class How:
    """How an evaluation goes about it."""

    ways: Ways = field(default_factory=Ways)
    """Mirror images and re-ranking; neither by default."""
    out: Path | None = None
    """Folder of all files but metrics.json; the run's, or one beside the weights, if None."""
    device: str = "cpu"
    """Where to compute."""
    cache: str | None = None
    """Where decoded images are kept, as in ``Reading``."""


def evaluate_weights(
    path: Path, weights: Weights, data: DataFolder, protocol: Protocol, how: How
) -> Scored:
    """Evaluate a checkpoint away from its run.

    Args:
        path: of the checkpoint.
        weights: what it holds.
        data: its test part is embedded, every image once.
        protocol: queries and galleries.
        how: where and in which way.

    Returns:
        The scores.

    Raises:
        VireidError: the data cannot be used, or a file cannot be written.
    """
    networks = [(weights.stage, weights.network)]
    scored = score(
        networks, weights.recipe, data, protocol, how.ways, device=how.device, cache=how.cache
    )
    files = report(place_of(path, how.out), scored, data, how.ways)
    console.print(f"written: {', '.join(map(str, files))}")
    return scored


def evaluate_run(
    run: Run,
    data: DataFolder,
    protocol: Protocol,
    stages: Sequence[str | None],
    how: How | None = None,
) -> Scored:
    """Evaluate checkpoints of a run, print a table and write metrics.json and what shows it.

    Args:
        run: the run.
        data: its test part is embedded, every image once for each checkpoint.
        protocol: queries and galleries.
        stages: names of checkpoints; None for the last.
        how: where and in which way.

    Returns:
        The scores by stage.

    Raises:
        VireidError: the run or the data cannot be used, or a file cannot be written.
    """
    start, how = perf_counter(), how or How()
    recipe, last = run.recipe(), finished(run)[-1]
    networks = ((stage or last, load_network(run, stage)) for stage in stages)
    scored = score(networks, recipe, data, protocol, how.ways, device=how.device, cache=how.cache)
    seconds = perf_counter() - start
    files = report(how.out or run.folder, scored, data, how.ways)
    merge_metrics(run, scored, data, seconds)  # last: these scores are those of the other files
    console.print(f"written: {', '.join(map(str, (run.metrics_file, *files)))}")
    return scored


def place_of(model: Path, out: Path | None) -> Path:
    """Return the folder that the files of an evaluation are written to, metrics.json apart.

    Args:
        model: a run's folder, or a checkpoint.
        out: the folder asked for, if any.

    Returns:
        The folder asked for; else the run's, or one beside the checkpoint.
    """
    if out is not None:
        return out
    return model.with_name(f"{model.stem}-evaluation") if model.is_file() else model


def make_place(folder: Path) -> None:
    """Make a folder, and see that it can be written to before hours are spent on what will be.

    Args:
        folder: with those above it.

    Raises:
        DataError: that is not possible.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "permission denied"
    except (FileExistsError, NotADirectoryError):
        reason = "it is or lies in a file"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise DataError(f"cannot write to {folder}: {reason}; choose another folder by --out")


def finished(run: Run) -> list[str]:
    """Return the stages of a run that can be evaluated.

    Args:
        run: the run.

    Returns:
        Their names, in order.

    Raises:
        CheckpointError: there are none, or the folder holds no run.
    """
    stages = run.stages()
    if not stages:
        raise CheckpointError(f"{run.folder} holds no checkpoint; train anew, in another folder")
    return stages


def report(folder: Path, scored: Scored, data: DataFolder, ways: Ways) -> list[Path]:
    """Print the table, and write the scores and the figure.

    Args:
        folder: gets the files.
        scored: the scores.
        data: what was evaluated on.
        ways: what was done beside the protocol.

    Returns:
        The files.
    """
    trials, queries = len(scored.protocol.trials), len(scored.protocol.trials[0].query)
    means = {name: result.table() for name, result in scored.results.items()}
    spreads = {name: result.spread() for name, result in scored.results.items()}
    plural = "1 trial, %" if trials == 1 else f"mean ± standard deviation of {trials} trials, %"
    valid = min(trial.valid_queries for trial in scored.last.trials)
    count = str(queries) if valid == queries else f"{valid} of {queries}"
    console.print(score_table(means, spreads, count, f"{scored.name}, {plural}"))
    if valid < queries:
        warnings.warn(
            f"{queries - valid} of {queries} queries have no image of their identity in their "
            "gallery and do not count",
            stacklevel=2,
        )
    figure = folder / "ranked-list.png"
    files = write_scores(folder, scored, data)
    draw_examples(figure, scored, data, rerank=ways.rerank)
    return [*files, figure]
