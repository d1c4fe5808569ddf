"""`vireid calibrate`: a run + images held out of its training -> error rates by similarity."""

import argparse
from pathlib import Path

import numpy as np
from rich.table import Table

import vireid
from vireid.cli.arguments import (
    add_cache,
    add_centre,
    add_fold,
    add_levels,
    add_machine,
    folder,
    parser,
    use_machine,
    whole_from,
)
from vireid.cli.display import console, plain_table, progress
from vireid.data.find_images import MODALITIES, PARTS
from vireid.errors import ConfigError
from vireid.labelling.repeated import DRAWS
from vireid.runs import Run
from vireid.types import PairRates

SHOWN = (0.1, 0.01, 0.001, 0.0001)
"""False-match rates that are shown; the file holds all of them."""


def run(words: list[str]) -> None:
    """Parse the words after `vireid calibrate` and learn the rates.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    out = _out(arguments)
    rates = vireid.calibrate(
        arguments.run,
        arguments.images.absolute(),
        modality=arguments.modality,
        part=arguments.part,
        fold=arguments.fold,
        draws=arguments.draws,
        device=use_machine(arguments),
        cache=arguments.cache,
        levels=arguments.levels,
        centre=arguments.centre,
        progress=progress,
    )
    vireid.save_rates(rates, out)
    for pair in rates.pairs:
        console.print(_table(pair))
        console.print(_words(pair))
    console.print(f"written: {out}")


def _out(arguments: argparse.Namespace) -> Path:
    """Return the file to write."""
    out: Path | None = arguments.out
    if out is None and not arguments.run.is_dir():
        raise ConfigError(f"{arguments.run} is no folder to keep the rates in; say --out FILE.json")
    if out is not None and out.suffix != ".json":
        raise ConfigError(f"--out {out}: expected a name that ends in .json")
    return Run(arguments.run).rates_file if out is None else out


def _table(pair: PairRates) -> Table:
    """Show both rates at a few similarities."""
    rows = []
    for wanted in SHOWN:
        found = np.flatnonzero(pair.fmr <= wanted)
        row = int(found[0]) if found.size else -1
        if pair.supported is None or row < 0 or pair.similarity[row] > pair.supported:
            break
        fnmr = f"{pair.fnmr[row]:.3f} ({pair.fnmr_low[row]:.3f} to {pair.fnmr_high[row]:.3f})"
        if np.isnan(pair.fnmr[row]):
            fnmr = "unknown"
        fmr = f"{pair.fmr[row]:.2g} ({pair.fmr_low[row]:.2g} to {pair.fmr_high[row]:.2g})"
        rows.append([f"{pair.similarity[row]:.3f}", fmr, fnmr])
    title = "-".join(pair.names)
    return plain_table(["similarity", "false matches", "false non-matches"], rows, title)


def _words(pair: PairRates) -> str:
    """Say what the rates rest on, and how far they reach."""
    one, other = pair.clusters
    clusters = f"{one} clusters" if pair.modalities[0] == pair.modalities[1] else (
        f"{one} and {other} clusters"
    )  # fmt: skip
    reach = (
        "they are too few for any rate"
        if pair.supported is None
        else f"above similarity {pair.supported:.3f} an upper bound is told, never fewer than 1 in "
        f"{1 / pair.least:,.0f}"
    )
    return (
        f"comparisons of two people {pair.different:,}, of one {pair.same:,}, disputed "
        f"{pair.disputed:,}, of {clusters}; {reach}\n"
    )


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        run, images, out, modality, part, fold, draws, cache, levels, centre, device and threads.
    """
    command = parser(
        "calibrate",
        "Learn how often comparisons of a run err at a similarity, from images that it was not\n"
        "trained on, without identities: by labelling them several times. `vireid search` then\n"
        "says how many false matches to expect.",
        "examples:\n"
        "  vireid calibrate runs/first DATA                      # its test part\n"
        "  vireid calibrate runs/first held-out.npz --out rates.json",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
    command.add_argument(
        "images",
        type=folder,
        help="a data set, a folder, or an npz file from `vireid embed`: images not trained on",
    )
    command.add_argument(
        "--out", type=folder, metavar="JSON", help="the file to write (default: RUN/rates.json)"
    )
    command.add_argument(
        "--modality", choices=MODALITIES, help="what a plain folder shows; of data, take only this"
    )
    command.add_argument(
        "--part", choices=PARTS, default="test", help="which part of a data set (default: test)"
    )
    command.add_argument(
        "--draws",
        type=whole_from(0),
        default=DRAWS,
        help=f"subsets that are labelled too (default: {DRAWS})",
    )
    add_fold(command)
    add_cache(command)
    add_levels(command)
    add_centre(command, "images")
    add_machine(command)
    return command.parse_args(words)
