"""`vireid evaluate`: runs or weights + test images -> tables, and the mean of several."""

import argparse

from vireid.cli.arguments import (
    add_cache,
    add_fold,
    add_levels,
    add_machine,
    folder,
    parser,
    use_machine,
    whole_from,
)
from vireid.cli.display import console, progress


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate`, evaluate and print.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    from vireid.scoring import Average, EvaluationOptions, ProtocolOptions, evaluate_each
    from vireid.scoring.tasks import means_file

    names = vars(ProtocolOptions())
    options = EvaluationOptions(
        stages="every" if arguments.every_stage else arguments.stage and (arguments.stage,),
        protocol=ProtocolOptions(**{name: getattr(arguments, name) for name in names}),
        flip=arguments.flip,
        rerank=arguments.rerank,
        out=arguments.out,
        fold=arguments.fold,
        device=use_machine(arguments),
        cache=arguments.cache,
        levels=arguments.levels,
    )
    together = []
    for found in evaluate_each(arguments.models, arguments.data, options, progress=progress):
        if len(arguments.models) > 1:
            console.print(f"{found.model}:")
        console.print(str(found))
        console.print(f"written: {', '.join(map(str, found.files))}")
        together.append(found)
    if len(together) > 1:
        average, file = Average(tuple(together)), means_file(arguments.models, arguments.out)
        console.print(f"\n{average}")
        average.write(file)
        console.print(f"written: {file}")


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        models, data, stage, every_stage, the options of ``ProtocolOptions``, rerank, flip, out,
        fold, cache, levels, device and threads.
    """
    command = parser(
        "evaluate",
        "Score runs on test images with known identities: Rank-k, mAP and mINP. Of several runs,\n"
        "mean and spread are printed too; each is evaluated on the fold it was trained on.",
        "examples:\n"
        "  vireid evaluate runs/first DATA --every-stage\n"
        "  vireid evaluate aligned.safetensors DATA --mode indoor --shots 10\n"
        "  vireid evaluate regdb/fold-* REGDB     # RegDB's ten folds, a run for each",
    )
    command.add_argument(
        "models",
        metavar="RUN_OR_WEIGHTS",
        type=folder,
        nargs="+",
        help="a run folder written by `vireid train`, or one of its checkpoints; several give "
        "their mean too",
    )
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, or before; default: the last")
    command.add_argument(
        "--out",
        type=folder,
        help="folder for evaluation.json, the table of queries and the figure, so that those of "
        "an earlier evaluation are kept; of several runs, each gets a folder in it (default: the "
        "run's folder, or NAME-evaluation beside the weights). A run's metrics.json stays in the "
        "run",
    )
    _add_protocol(command)
    beside = command.add_argument_group("beside the protocol (off by default, named in results)")
    beside.add_argument(
        "--rerank",
        action="store_true",
        help="re-rank by k-reciprocal neighbours: time grows with the square of a draw's queries "
        "and gallery images, sensible up to some 30,000 of them",
    )
    beside.add_argument(
        "--flip", action="store_true", help="average each embedding with that of the mirror image"
    )
    add_fold(command)
    add_cache(command)
    add_levels(command)
    add_machine(command)
    return command.parse_intermixed_args(words)


def _add_protocol(command: argparse.ArgumentParser) -> None:
    """Add the options of ``ProtocolOptions``."""
    group = command.add_argument_group("protocol (docs/evaluation.md)")
    group.add_argument(
        "--protocol",
        choices=("sysu", "regdb", "llcm", "plain"),
        help="default: that of the data's layout; plain is query against gallery of a manifest",
    )
    group.add_argument(
        "--mode", choices=("all", "indoor"), help="sysu: visible cameras (default: all)"
    )
    group.add_argument(
        "--shots",
        type=int,
        choices=(1, 10),
        help="sysu: gallery images of each person and camera (default: 1)",
    )
    group.add_argument(
        "--draws", type=whole_from(1), help="sysu, llcm: gallery draws (default: 10)"
    )
    group.add_argument(
        "--direction",
        choices=("infrared-to-visible", "visible-to-infrared"),
        help="sysu (default: infrared-to-visible), regdb, llcm (default: visible-to-infrared)",
    )
    group.add_argument(
        "--exclude-same-camera",
        action="store_true",
        default=None,
        help="plain: a query ignores images of its own person and camera",
    )
