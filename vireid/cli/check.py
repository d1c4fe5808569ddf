"""`vireid check`: a data set -> what it holds, what is wrong with it, and what it is good for."""

from vireid.cli.arguments import add_trial, folder, parser
from vireid.cli.display import console, plain_table, progress
from vireid.data.inspection import Inspection, inspect_data
from vireid.data.problems import some
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
    command.add_argument("--threads", type=int, help="how many open images; default: all cores")
    add_trial(command)
    arguments = command.parse_args(words)
    with progress("opening images") as bar:
        found = inspect_data(
            arguments.data,
            trial=arguments.trial,
            quick=arguments.quick,
            workers=arguments.threads,
            progress=bar,
        )
    show(found)
    if not found.usable:
        reasons = found.faults or (f"{found.training}, and {found.evaluation}",)
        raise DataError(f"{arguments.data} cannot be used: {some(list(reasons), '; ')}")


def show(found: Inspection) -> None:
    """Print a finding.

    Args:
        found: what was found.
    """
    published = found.card.statistics if found.card is not None else {}
    rows = [
        [name, f"{number:,}", f"{published[name]:,}" if name in published else ""]
        for name, number in found.counts.items()
    ]
    header = ["", "found", *([found.card.name] if found.card is not None else [])]
    console.print(plain_table(header, [row[: len(header)] for row in rows], found.name))
    console.print()
    cameras = [
        [
            camera.part,
            camera.modality.name.lower(),
            str(camera.camera or "unknown"),
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
    for kind, lines in (("fault", found.faults), ("warning", found.warnings)):
        for line in lines:
            console.print(f"{kind}: {line}")
    for purpose, reason in (("training", found.training), ("evaluation", found.evaluation)):
        console.print(f"{purpose}: {'not possible, ' + reason if reason else 'possible'}")
