"""`vireid evaluate`: a run + test images -> a table, metrics.json and a ranked-list figure."""

import json
import os
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from vireid.cli.arguments import add_machine, add_trial, folder, parser, use_machine
from vireid.cli.display import console, progress, score_table
from vireid.cli.reading import add_cache, read_all
from vireid.cli.trials import open_for
from vireid.data import DataFolder, decode
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.evaluation import EvaluationResult, Protocol, evaluate, plain, sysu
from vireid.evaluation.examples import ranked_examples
from vireid.extract import extract
from vireid.report import draw_ranked_list
from vireid.runs import Run, load_network
from vireid.types import Embeddings, Truth


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate` and evaluate.

    Args:
        words: the command line.
    """
    command = parser(
        "evaluate",
        "Score a run on test images with known identities: Rank-k, mAP and mINP.",
        "example:\n  vireid evaluate runs/first DATA --every-stage",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, before, or clearest; default: the last")
    command.add_argument("--mode", choices=("all", "indoor"), default="all", help="search mode")
    command.add_argument("--shots", type=int, choices=(1, 10), default=1, help="gallery images")
    command.add_argument("--trials", type=int, default=10, help="gallery draws (default: 10)")
    add_trial(command)
    add_cache(command)
    add_machine(command)
    arguments = command.parse_args(words)
    device = use_machine(arguments)
    target = Run(arguments.run)
    data = open_for(target, arguments.data, arguments.trial)
    protocol = choose_protocol(
        data, mode=arguments.mode, shots=arguments.shots, trials=arguments.trials
    )
    stages = target.stages() if arguments.every_stage else [arguments.stage]
    evaluate_run(target, data, protocol, stages, device=device, cache=arguments.cache)
    console.print(f"written: {target.metrics_file}, {target.folder / 'ranked-list.png'}")


def choose_protocol(
    data: DataFolder, *, mode: str = "all", shots: int = 1, trials: int = 10
) -> Protocol:
    """Return the protocol that fits the data.

    Args:
        data: whose test part is to be evaluated.
        mode: all or indoor, for the SYSU-MM01 layout.
        shots: gallery images of each identity and camera, for the SYSU-MM01 layout.
        trials: gallery draws, for the SYSU-MM01 layout.

    Returns:
        The protocol.

    Raises:
        DataError: there are no test images or no identities.
        ConfigError: the options of SYSU-MM01 are given for other data.
    """
    truth = known_truth(data)
    if data.protocol == "sysu":
        return sysu(data.test, truth, mode=mode, shots=shots, trials=trials)  # type: ignore[arg-type]
    if (mode, shots, trials) != ("all", 1, 10):
        raise ConfigError(
            f"--mode, --shots and --trials apply to SYSU-MM01's layout, which {data.name} has not; "
            "leave them out"
        )
    if data.roles is None:
        raise DataError(f"{data.name} has no query and gallery images; mark them in a manifest")
    return plain(data.test, truth, data.roles)


def known_truth(data: DataFolder) -> Truth:
    """Return the test identities.

    Args:
        data: what was opened.

    Returns:
        The identities of the test images.

    Raises:
        DataError: there are none.
    """
    if data.test_truth is None or not len(data.test):
        raise DataError(
            f"{data.name} has no test images with identities; evaluation needs them: "
            "give a manifest with columns identity and split (query, gallery)"
        )
    return data.test_truth


def evaluate_run(
    run: Run,
    data: DataFolder,
    protocol: Protocol,
    stages: list[str | None] | list[str],
    *,
    device: str = "cpu",
    cache: str | None = None,
) -> dict[str, Any]:
    """Evaluate checkpoints of a run, print a table and write metrics.json and a figure.

    Args:
        run: the run.
        data: its test part is embedded, every image once for each checkpoint.
        protocol: queries and galleries.
        stages: names of checkpoints; None for the last.
        device: where to compute.
        cache: where decoded images are kept, as in ``Reading``.

    Returns:
        What metrics.json now holds.

    Raises:
        VireidError: the run or the data cannot be used.
    """
    start = perf_counter()
    recipe, finished, truth = run.recipe(), run.stages(), known_truth(data)
    if not finished:
        raise CheckpointError(f"{run.folder} holds no checkpoint; train anew, in another folder")
    pixels = read_all(data.test, (recipe.height, recipe.width), cache)
    results: dict[str, EvaluationResult] = {}
    for stage in stages:
        network = load_network(run, stage).to(device)
        name = stage or finished[-1]
        with progress(f"embedding, {name}") as bar:
            embeddings = extract(network, pixels, data.test.modality, progress=bar)
        results[name] = evaluate(embeddings, truth, protocol)
    tables = {name: result.table() for name, result in results.items()}
    metrics = merge_metrics(run, protocol.name, tables, perf_counter() - start)
    title = f"{protocol.name}, {len(protocol.trials)} trials, %"
    console.print(score_table(tables, title))
    draw_examples(run, data, truth, protocol, embeddings)
    return metrics


def merge_metrics(
    run: Run, protocol: str, tables: dict[str, dict[str, float]], seconds: float
) -> dict[str, Any]:
    """Add scores to metrics.json, keeping those of other stages under the same protocol.

    Args:
        run: the run.
        protocol: name of the protocol; scores of another one are dropped.
        tables: scores in percent by stage.
        seconds: of this evaluation.

    Returns:
        What the file now holds.
    """
    metrics, timing = read_json(run.metrics_file), read_json(run.timing_file)
    if metrics.get("protocol", protocol) != protocol:
        metrics = {}
    metrics["seconds"] = timing | metrics.get("seconds", {}) | {"evaluation": seconds}
    metrics |= tables | {"seed": run.recipe().seed, "protocol": protocol}
    write_json(run.metrics_file, metrics)
    return metrics


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        path: the file.

    Returns:
        The object; an empty one where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it and try again") from error


def write_json(path: Path, value: object) -> None:
    """Write JSON, whole or not at all.

    Args:
        path: the file.
        value: plain values.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def draw_examples(
    run: Run, data: DataFolder, truth: Truth, protocol: Protocol, embeddings: Embeddings
) -> None:
    """Draw the ranked lists of some queries of the first trial, worst to best.

    Args:
        run: where the figure goes.
        data: whose test images are shown.
        truth: identities of the test images.
        protocol: its first trial is used.
        embeddings: of the test images.
    """
    examples = ranked_examples(embeddings, truth, protocol, queries=6, top=10)
    rows, marks, captions = [], [], []
    for example in examples:
        indices = [example.query, *np.asarray(example.gallery).tolist()]
        rows.append([decode(data.test.root / data.test.paths[i]) for i in indices])
        marks.append([None, *(bool(right) for right in example.right)])
        captions.append(
            f"{data.test.paths[example.query]}   average precision {example.precision:.0%}"
        )
    draw_ranked_list(rows, marks, run.folder / "ranked-list.png", captions)
