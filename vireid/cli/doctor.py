"""`vireid doctor`: what vireid finds on this machine, and whether its base works."""

import vireid
from vireid.cli.arguments import parser
from vireid.cli.display import console
from vireid.errors import SelfTestFailed


def run(words: list[str]) -> None:
    """Parse the words after `vireid doctor`, look at the machine and print what was found.

    Args:
        words: the command line.

    Raises:
        SelfTestFailed: the base does not work here.
    """
    parser(
        "doctor",
        "Print versions, devices, threads, folders and their space, weights and extras that are\n"
        "there or missing, and test search, network and compiled loops in about a second. The\n"
        "text names no user, no host and no folder but behind ~: paste it into a bug report.\n"
        "Ends with exit code 0 if the base works, 1 if a self-test failed.",
        "example:\n  vireid doctor > report.txt",
    ).parse_args(words)
    found = vireid.examine_machine()
    console.print(str(found))
    if found.problems:
        raise SelfTestFailed(
            f"{'; '.join(found.problems)}; install vireid anew into an empty environment, or paste "
            "the text above into a bug report"
        )
