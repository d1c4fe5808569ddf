"""`vireid report`: a run, and its data -> one page that says what the run is worth."""

import vireid
from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.display import console, progress


def run(words: list[str]) -> None:
    """Parse the words after `vireid report` and write the page.

    Args:
        words: the command line.
    """
    command = parser(
        "report",
        "Write a page that says what a run is worth: scores with spread, curves, ranked lists,\n"
        "similarities, maps of embeddings, clusters, matched pairs, settings, how to reproduce.\n"
        "One HTML file that loads nothing. It shows people: keep it as you keep the data.",
        "examples:\n  vireid report runs/first DATA\n  vireid report runs/first --out report.html",
    )
    command.add_argument("run", type=folder, help="a run folder, also of a stopped training")
    command.add_argument(
        "data",
        type=folder,
        nargs="?",
        help="the data it was trained on; without it nothing that needs images is shown",
    )
    command.add_argument(
        "--out", type=folder, metavar="FILE", help="the HTML file (default: RUN/report.html)"
    )
    add_machine(command)
    arguments = command.parse_args(words)
    place = vireid.write_report(
        arguments.run,
        arguments.data,
        arguments.out,
        device=use_machine(arguments),
        command="vireid report",
        progress=progress,
    )
    console.print(f"report: {place}")
