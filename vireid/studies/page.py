"""What a study shows of its results: a page of tables, and figures."""

import os
import platform
from collections.abc import Sequence

import torch

from vireid.files import whole_file
from vireid.metrics import runs_needed, spread
from vireid.studies.figures import draw
from vireid.studies.results import Result, of_protocol, protocols_of
from vireid.studies.study import Study
from vireid.studies.table import data_table, gain_table, paired_differences, row_table


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
        draw(study, of_protocol(results, protocol), order, f"-{number + 1}" if number else "")


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
    pairs = study.pairs(order)
    data = list(dict.fromkeys(result.data for result in results))
    seeds = sorted({result.seed for result in results})
    parts = [
        f"Data: {', '.join(data) or 'none yet'}; seeds {', '.join(map(str, seeds)) or 'none yet'}. "
        "Mean ± standard deviation over the runs (data x seeds); Rank-1, mAP and mINP in %. Shared "
        "ARI and pair precision compare the last labels with the identities of the training images "
        "(matched labels, or mixed ones where nothing is matched); coverage is the share of the "
        "images that have such a label. Training mAP, in %, is of every infrared training image "
        "among all visible ones. Minutes are those of the whole training; stages that rows share "
        "were run once and count in each. Memory is the peak of the process while it trained, or "
        "of the GPU; where a training was killed and went on, it is unknown.",
    ]
    several = protocols_of(results)
    for protocol in several or [""]:
        chosen = of_protocol(results, protocol)
        if protocol:
            parts.append(f"{protocol}:" if len(several) < 2 else f"## {protocol}")
        parts += [
            row_table(chosen, order),
            "What a row gains over another with the same data and seed, mean ± standard deviation "
            "of the differences (their standard error is that over the root of the runs):",
            gain_table(chosen, pairs),
            *_enough(chosen, pairs),
        ]
        if len(data) > 1:
            parts += ["Each data set by itself:", data_table(chosen, order)]
    return parts


def _enough(results: Sequence[Result], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Say how many runs show a difference of a point, by the pair that spreads most."""
    found = [spread(paired_differences(results, row, base, "mAP").values()) for row, base in pairs]
    known = [one.deviation for one in found if one and one.deviation is not None]
    if not known:
        return []
    most = max(known)
    return [
        f"The gains in mAP spread by up to {most:.1f}: to show a difference of 1 point in four of "
        f"five studies takes {runs_needed(most, 1.0)} runs of a row, one of 2 points "
        f"{runs_needed(most, 2.0)} (paired t test at 5%)."
    ]
