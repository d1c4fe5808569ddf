"""`vireid evaluate`: runs, weights or features + test images -> tables, and the mean of several."""

import argparse

from vireid.cli.arguments import (
    add_cache,
    add_fold,
    add_levels,
    add_machine,
    folder,
    parser,
    use_machine,
)
from vireid.cli.display import console, progress
from vireid.cli.protocol_options import add_flip, add_protocol, each_by_itself, flip, protocols


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate`, evaluate and print.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    from vireid.scoring import Evaluation, EvaluationOptions, evaluate_each
    from vireid.scoring.means import averages
    from vireid.scoring.tasks import means_file

    options = EvaluationOptions(
        stages="every" if arguments.every_stage else arguments.stage and (arguments.stage,),
        protocol=protocols(arguments),
        flip=flip(arguments),
        rerank=arguments.rerank,
        out=arguments.out,
        fold=arguments.fold,
        device=use_machine(arguments),
        cache=arguments.cache,
        levels=arguments.levels,
    )
    together: list[Evaluation] = []
    for found in evaluate_each(arguments.models, arguments.data, options, progress=progress):
        if together:
            console.print()
        if len(arguments.models) > 1:
            console.print(f"{found.model}:")
        console.print(str(found))
        console.print("".join(f"{line}\n" for line in found.notes), end="")
        console.print(f"written: {', '.join(map(str, found.files))}")
        together.append(found)
    if len(arguments.models) > 1:
        file = means_file(arguments.models, arguments.out)
        for average in averages(together):
            console.print(f"\n{average}")
            average.write(file)
        console.print(f"written: {file}")


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        models, data, stage, every_stage, the options of ``ProtocolOptions``, of which mode,
        shots and direction are lists, rerank, flip, flip_both, out, fold, cache, levels, device
        and threads.
    """
    command = parser(
        "evaluate",
        "Score runs on test images with known identities: Rank-k, mAP and mINP. Of several runs,\n"
        "mean and spread are printed too; each is evaluated on the fold it was trained on.",
        "examples:\n"
        "  vireid evaluate runs/first DATA --every-stage\n"
        "  vireid evaluate runs/first DATA --mode all indoor --shots 1 10   # four protocols\n"
        "  vireid evaluate features.npz DATA      # of any model: vectors [N, D], paths [N]\n"
        "  vireid evaluate regdb/fold-* REGDB     # RegDB's ten folds, a run for each",
    )
    command.add_argument(
        "models",
        metavar="MODEL",
        type=folder,
        nargs="+",
        help="a run folder written by `vireid train`, one of its checkpoints, or an npz or npy "
        "file of features [N, D] of the test images, found by `paths` if it has them, else in "
        "their order; several give their mean too",
    )
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, or before; default: the last")
    command.add_argument(
        "--out",
        type=folder,
        help="folder for evaluation.json, the table of queries and the figure; of several models, "
        "each gets a folder in it (default: the run's folder, or NAME-evaluation beside the file). "
        "A run's metrics.json stays in the run",
    )
    add_protocol(command)
    beside = command.add_argument_group("beside the protocol (off by default, named in results)")
    beside.add_argument(
        "--rerank",
        action="store_true",
        help="re-rank by k-reciprocal neighbours: time grows with the square of a draw's queries "
        "and gallery images, sensible up to some 30,000 of them",
    )
    add_flip(beside)
    add_fold(command)
    add_cache(command)
    add_levels(command)
    add_machine(command)
    return command.parse_intermixed_args(list(each_by_itself(words)))
