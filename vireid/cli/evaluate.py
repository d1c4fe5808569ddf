"""`vireid evaluate`: a run or weights + test images -> a table, its files and a figure."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from vireid.cli.arguments import add_machine, add_trial, folder, parser, use_machine
from vireid.cli.display import console, score_table
from vireid.cli.examples import draw_examples
from vireid.cli.protocols import ProtocolOptions, add_protocol, choose_protocol
from vireid.cli.reading import add_cache
from vireid.cli.score_files import merge_metrics, write_scores
from vireid.cli.scoring import Scored, Ways, score
from vireid.cli.trials import open_for
from vireid.data import DataFolder
from vireid.errors import CheckpointError, ConfigError
from vireid.evaluation import Protocol
from vireid.runs import Run, load_network, open_weights


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate` and evaluate.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    device = use_machine(arguments)
    options = ProtocolOptions(
        **{name: getattr(arguments, name) for name in vars(ProtocolOptions())}
    )
    ways = Ways(arguments.flip, arguments.rerank)
    if arguments.model.is_file():
        if arguments.stage or arguments.every_stage:
            raise ConfigError(
                f"--stage and --every-stage apply to runs; {arguments.model} is a file: leave "
                "them out"
            )
        evaluate_weights(arguments, options, ways, device)
        return
    target = Run(arguments.model)
    data = open_for(target.folder, target.origin(), arguments.data, arguments.trial)
    protocol = choose_protocol(data, options)
    stages = target.stages() if arguments.every_stage else [arguments.stage]
    evaluate_run(
        target, data, protocol, stages,
        ways=ways, out=arguments.out, device=device, cache=arguments.cache,
    )  # fmt: skip


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        model, data, stage, every_stage, the options of ``ProtocolOptions`` and ``Ways``, out,
        trial, cache, device and threads.
    """
    command = parser(
        "evaluate",
        "Score a run on test images with known identities: Rank-k, mAP and mINP.",
        "examples:\n"
        "  vireid evaluate runs/first DATA --every-stage\n"
        "  vireid evaluate aligned.safetensors DATA --mode indoor --shots 10",
    )
    command.add_argument(
        "model",
        metavar="RUN_OR_WEIGHTS",
        type=folder,
        help="a run folder written by `vireid train`, or one of its checkpoints",
    )
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, or before; default: the last")
    command.add_argument(
        "--out", type=folder, help="folder of the results; default: the run, or beside the weights"
    )
    add_protocol(command)
    beside = command.add_argument_group("beside the protocol (off by default, named in results)")
    beside.add_argument("--rerank", action="store_true", help="re-rank by k-reciprocal neighbours")
    beside.add_argument(
        "--flip", action="store_true", help="average each embedding with that of the mirror image"
    )
    add_trial(command)
    add_cache(command)
    add_machine(command)
    return command.parse_args(words)


def evaluate_weights(
    arguments: argparse.Namespace, options: ProtocolOptions, ways: Ways, device: str
) -> None:
    """Evaluate a checkpoint away from its run.

    Args:
        arguments: as ``parse`` returns them; model is the file.
        options: of the protocol.
        ways: mirror images and re-ranking.
        device: where to compute.

    Raises:
        VireidError: the file or the data cannot be used.
    """
    path: Path = arguments.model
    weights = open_weights(path)
    data = open_for(path, weights.origin, arguments.data, arguments.trial)
    protocol = choose_protocol(data, options)
    networks = [(weights.stage, weights.network)]
    cache = arguments.cache
    scored = score(networks, weights.recipe, data, protocol, ways, device=device, cache=cache)
    out = arguments.out or path.with_name(f"{path.stem}-evaluation")
    console.print(f"written: {', '.join(map(str, report(out, scored, data, ways)))}")


def evaluate_run(
    run: Run,
    data: DataFolder,
    protocol: Protocol,
    stages: Sequence[str | None],
    *,
    ways: Ways | None = None,
    out: Path | None = None,
    device: str = "cpu",
    cache: str | None = None,
) -> dict[str, Any]:
    """Evaluate checkpoints of a run, print a table and write metrics.json and what shows it.

    Args:
        run: the run.
        data: its test part is embedded, every image once for each checkpoint.
        protocol: queries and galleries.
        stages: names of checkpoints; None for the last.
        ways: mirror images and re-ranking; neither if not given.
        out: folder of all files but metrics.json; the run's if not given.
        device: where to compute.
        cache: where decoded images are kept, as in ``Reading``.

    Returns:
        What metrics.json now holds.

    Raises:
        VireidError: the run or the data cannot be used.
    """
    start, ways = perf_counter(), ways or Ways()
    recipe, finished = run.recipe(), run.stages()
    if not finished:
        raise CheckpointError(f"{run.folder} holds no checkpoint; train anew, in another folder")
    networks = ((stage or finished[-1], load_network(run, stage)) for stage in stages)
    scored = score(networks, recipe, data, protocol, ways, device=device, cache=cache)
    metrics = merge_metrics(run, scored, perf_counter() - start)
    files = report(out or run.folder, scored, data, ways)
    console.print(f"written: {', '.join(map(str, (run.metrics_file, *files)))}")
    return metrics


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
    trials = len(scored.protocol.trials)
    means = {name: result.table() for name, result in scored.results.items()}
    spreads = {name: result.spread() for name, result in scored.results.items()}
    plural = "1 trial, %" if trials == 1 else f"mean ± standard deviation of {trials} trials, %"
    console.print(score_table(means, spreads, f"{scored.name}, {plural}"))
    figure = folder / "ranked-list.png"
    files = write_scores(folder, scored, data)
    draw_examples(figure, scored, data, rerank=ways.rerank)
    return [*files, figure]
