"""What a study shows of its results: a page of tables, and figures."""

import os
import platform
from collections.abc import Sequence
from itertools import pairwise

import torch

from vireid.files import whole_file
from vireid.pages import draw_bars, draw_by_data, draw_sweep
from vireid.studies.results import Result, of_protocol, protocols_of, runs_of
from vireid.studies.study import Study
from vireid.studies.table import data_table, gain_table, row_table

SHOWN = {"rank1": "Rank-1", "mAP": "mAP"}
"""The scores that figures show."""


def present(study: Study, order: Sequence[str]) -> None:
    """Write the page and the figures anew; the caller holds the folder's lock.

    Args:
        study: what was trained, and where its results are.
        order: all rows of the study.

    Raises:
        VireidError: the results are damaged, or a file cannot be written.
    """
    place, results = study.folder, study.folder.results()
    text = "\n\n".join(
        [f"    {study.again}", machine(study.device), *_tables(study, results, order)]
    )
    with whole_file(place.page_file) as file:
        file.write_text(text + "\n", encoding="utf-8")
    for number, protocol in enumerate(protocols_of(results)):
        _draw(study, of_protocol(results, protocol), order, f"-{number + 1}" if number else "")


def _draw(study: Study, results: Sequence[Result], order: Sequence[str], ending: str) -> None:
    """Draw the figures of one protocol."""
    folder = study.folder.folder
    runs = {title: runs_of(results, order, name) for name, title in SHOWN.items()}
    figure = folder / f"results{ending}.png"
    if study.parameter is not None:
        draw_sweep(runs, figure, parameter=study.parameter)
    else:
        draw_bars(runs, figure)
    if len({result.data for result in results}) > 1:
        draw_by_data(runs, folder / f"by-data{ending}.png")


def machine(device: str) -> str:
    """Say where a study was run.

    Args:
        device: where it was computed.

    Returns:
        A sentence.
    """
    threads = torch.get_num_threads()
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {threads} "
        f"thread{'s' if threads > 1 else ''} a process, device {device}; Python "
        f"{platform.python_version()}, torch {torch.__version__}."
    )


def _tables(study: Study, results: Sequence[Result], order: Sequence[str]) -> list[str]:
    """Return the paragraphs of the page of results."""
    pairs = study.gains
    if pairs is None:
        pairs = tuple((row, before) for before, row in pairwise(order))
    data = list(dict.fromkeys(result.data for result in results))
    seeds = sorted({result.seed for result in results})
    parts = [
        f"Data: {', '.join(data) or 'none yet'}; seeds {', '.join(map(str, seeds)) or 'none yet'}. "
        "Mean ± standard deviation over the runs (data x seeds); Rank-1, mAP and mINP in %. Shared "
        "ARI and pair precision compare the last labels with the identities of the training images "
        "(matched labels, or mixed ones where nothing is matched); coverage is the share of the "
        "images that have such a label. Training mAP, in %, is of every infrared training image "
        "among all visible ones. Minutes are those of the whole training; stages that rows share "
        "were run once and count in each.",
    ]
    several = protocols_of(results)
    for protocol in several or [""]:
        chosen = of_protocol(results, protocol)
        if protocol:
            parts.append(f"{protocol}:" if len(several) < 2 else f"## {protocol}")
        parts += [
            row_table(chosen, order),
            "What a row gains over another with the same data and seed:",
            gain_table(chosen, pairs),
        ]
        if len(data) > 1:
            parts += ["Each data set by itself:", data_table(chosen, order)]
    return parts
