"""`vireid check`: a data set -> what it holds, what is wrong with it, and what it is good for."""

from pathlib import Path

import vireid
from vireid.cli.arguments import (
    add_fold,
    add_levels,
    add_max_unreadable,
    folder,
    parser,
    whole_from,
)
from vireid.cli.display import console, plain_table, progress
from vireid.data import Inspection, QueryCount
from vireid.errors import DataError


def run(words: list[str]) -> None:
    """Parse the words after `vireid check`, inspect the data and print the finding.

    Args:
        words: the command line.

    Raises:
        DataError: the data cannot be trained or evaluated on.
    """
    command = parser(
        "check",
        "Read the lists of a data set, open every image, and say whether one can train and\n"
        "evaluate on it. Ends with exit code 2 where it cannot be used as it is.",
        "example:\n  vireid check DATA",
    )
    command.add_argument("data", type=folder, help="the data, in any layout that can be trained on")
    command.add_argument(
        "--quick", action="store_true", help="read only the headers of the images, no content"
    )
    command.add_argument(
        "--threads", type=whole_from(1), help="how many open images; default: all cores"
    )
    add_fold(command, default="all ten, each image once")
    add_max_unreadable(command)
    add_levels(command)
    command.add_argument(
        "--page", type=Path, metavar="FILE", help="write a page of it too, a single HTML file"
    )
    arguments = command.parse_args(words)
    with progress("opening images") as bar:
        found = vireid.check(
            arguments.data,
            fold=arguments.fold,
            quick=arguments.quick,
            workers=arguments.threads,
            progress=bar,
            max_unreadable=arguments.max_unreadable,
            levels=arguments.levels,
        )
    show(found)
    if arguments.page is not None:
        name = found.root.resolve().name
        vireid.write_data_card(found, arguments.page, command=f"vireid check {name} --page")
        console.print(f"page: {arguments.page}")
    if not found.usable:
        raise DataError(f"{arguments.data} {_verdict(found)}")


def _verdict(found: Inspection) -> str:
    """Say in a line what data cannot be used for, without the details that were printed."""
    if not found.reasons:
        return f"cannot be used: {found.training}, and {found.evaluation}"
    stopped = {use for fault in found.reasons for use in fault.stops}
    uses = " and ".join(use for use in ("training", "evaluation") if use in stopped)
    reasons = "; ".join(fault.label for fault in found.reasons)
    return f"cannot be used for {uses}: {reasons}; the lines of faults above say which"


def show(found: Inspection) -> None:
    """Print a finding.

    Args:
        found: what was found.
    """
    published = found.card.statistics if found.card is not None else {}
    rows = [
        [
            name,
            f"{number:,}" if number or name != "cameras" else "unknown",
            f"{published[name]:,}" if name in published else "",
        ]
        for name, number in found.counts.items()
    ]
    header = ["", "found", *([found.card.name] if found.card is not None else [])]
    console.print(plain_table(header, [row[: len(header)] for row in rows], found.name))
    if found.card is not None:
        console.print(f"{found.card.name}: {found.card.reference}")
        console.print(f"to be asked for at {found.card.url}: {found.card.licence}")
    console.print()
    cameras = [
        [
            camera.part,
            camera.modality.name.lower(),
            camera.name,
            "unknown" if camera.identities is None else f"{camera.identities:,}",
            f"{camera.images:,}",
        ]
        for camera in found.cameras
    ]
    console.print(plain_table(["", "", "camera", "identities", "images"], cameras, "cameras"))
    console.print()
    files = [[name, f"{number:,}"] for name, number in found.findings.items()]
    console.print(plain_table(["", "found"], files, "files and lists"))
    console.print()
    for fault in found.reasons:
        console.print(f"fault ({' and '.join(fault.stops)}): {fault.line}")
    for line in found.warnings:
        console.print(f"warning: {line}")
    for line in found.levels:
        console.print(f"levels: {line}")
    if found.queries is not None:
        console.print(f"queries: {_queries(found.queries)}")
    for purpose, reason in (("training", found.training), ("evaluation", found.evaluation)):
        console.print(f"{purpose}: {f'not possible ({reason})' if reason else 'possible'}")


def _queries(queries: QueryCount) -> str:
    """Say how many queries are valid, over all draws of the gallery."""
    low, high = min(queries.valid), max(queries.valid)
    valid = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    draws = f" in {len(queries.valid)} draws" if len(queries.valid) > 1 else ""
    return (
        f"{valid} of {queries.queries:,} have a match in their gallery{draws}, {queries.protocol}"
    )
