"""`vireid judged`: judged results -> precision at rank 1 with its interval."""

import vireid
from vireid.cli.arguments import folder, parser
from vireid.cli.display import console, plain_table

COLUMNS = ("query-result", "precision at rank 1", "95% interval", "judged", "people at most")


def run(words: list[str]) -> None:
    """Parse the words after `vireid judged` and tell the precision.

    Args:
        words: the command line.
    """
    command = parser(
        "judged",
        "Tell how often the first result of a search is right, from results that a person has\n"
        "marked: a CSV file with query, result, rank, similarity, query_modality, modality,\n"
        "judged (right, wrong or unsure), when and, where known, network.",
        "example:\n  vireid judged judged.csv",
    )
    command.add_argument("judgements", type=folder, help="the CSV file")
    arguments = command.parse_args(words)
    found = vireid.judged_precision(arguments.judgements)
    for network in sorted({one.network for one in found}):
        rows = []
        for one in found:
            if one.network == network:
                told = one.precision
                share, ends = f"{told.share:.1%}", f"{told.low:.1%} to {told.high:.1%}"
                rows.append([one.name, share, ends, str(told.count), str(told.groups)])
        console.print(plain_table(COLUMNS, rows, f"network {network or 'unknown'}"))
