"""`vireid assign`: a run + labels of known images + new images -> numbers that go on."""

import argparse

import vireid
from vireid.cli.arguments import add_cache, add_fold, add_machine, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.data.find_images import MODALITIES, PARTS
from vireid.errors import ConfigError
from vireid.runs.labels_told import assigned_words


def run(words: list[str]) -> None:
    """Parse the words after `vireid assign` and assign.

    Args:
        words: the command line.
    """
    arguments = _arguments(words)
    if arguments.out.suffix not in {".csv", ".npz"}:
        raise ConfigError(f"--out {arguments.out}: expected a name that ends in .csv or .npz")
    old = arguments.old or [None] * len(arguments.labels)
    if len(old) != len(arguments.labels):
        raise ConfigError(
            f"--old names {len(old)} files for {len(arguments.labels)} of labels; expected one for "
            "each, in the same order"
        )
    assigned = vireid.assign_labels(
        arguments.run,
        [vireid.load_labelled(*one) for one in zip(arguments.labels, old, strict=True)],
        arguments.new.absolute(),
        rates=arguments.rates,
        false_match_rate=arguments.false_match_rate,
        modality=arguments.modality,
        part=arguments.part,
        fold=arguments.fold,
        device=use_machine(arguments),
        cache=arguments.cache,
        progress=progress,
    )
    vireid.save_labelled(assigned.labelled, arguments.out)
    for line in assigned_words(assigned):
        console.print(line)
    console.print(f"written: {arguments.out}")


def _arguments(words: list[str]) -> argparse.Namespace:
    command = parser(
        "assign",
        "Give new images the number of a known cluster, or a new one. Numbers once given stay.\n"
        "What matches no known cluster is clustered by itself. Needs `vireid calibrate` before.",
        "examples:\n"
        "  vireid embed RUN january --out january.npz\n"
        "  vireid label january.npz --match --out labels-1.npz\n"
        "  vireid assign RUN labels-1.npz february --out labels-2.npz\n"
        "  vireid assign RUN labels-1.npz labels-2.npz march --out labels-3.npz",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
    command.add_argument(
        "labels",
        type=folder,
        nargs="+",
        help="all labels given so far: npz files of `vireid label` or of this command; a csv file "
        "needs --old",
    )
    command.add_argument(
        "new",
        type=folder,
        help="data, a folder or an npz file of `vireid embed`",
    )
    command.add_argument(
        "--out",
        type=folder,
        required=True,
        help="the file to write: .npz (all that the file of embeddings holds, labels and new) or "
        ".csv (path, label, network and new); noise is -1, new is 1 where nobody had the number",
    )
    command.add_argument(
        "--old",
        type=folder,
        nargs="+",
        metavar="NPZ",
        help="embeddings of the labelled images, a file for each of LABELS, where these hold none "
        "or those of another network",
    )
    command.add_argument(
        "--false-match-rate",
        type=float,
        metavar="F",
        help="share of the comparisons of two people that may match (default: 0.1 over the number "
        "of known clusters, or the lowest that the rates tell)",
    )
    command.add_argument(
        "--rates", type=folder, metavar="JSON", help="of `vireid calibrate` (default: the run's)"
    )
    command.add_argument("--modality", choices=MODALITIES, help="what a plain folder shows")
    command.add_argument(
        "--part", choices=PARTS, default="all", help="which part of a data set (default: all)"
    )
    add_fold(command)
    add_cache(command)
    add_machine(command)
    return command.parse_args(words)
