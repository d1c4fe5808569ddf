"""`vireid table`: studies, comparisons and evaluated runs as one table, for a paper."""

import sys

from vireid.cli.arguments import folder, parser

SCORES = ("rank1", "mAP", "mINP")


def run(words: list[str]) -> None:
    """Parse the words after `vireid table` and print the table.

    Args:
        words: the command line.
    """
    command = parser(
        "table",
        "Print one table of studies, comparisons and evaluated runs: rows x protocols, mean and\n"
        "standard deviation over data sets and seeds, the best in bold. Runs of one recipe are a\n"
        "row. Runs of `vireid upper-bound` are rows of their own, `bound of NAME`; rows that were\n"
        "trained with true identities are never the best.",
        "examples:\n"
        "  vireid table studies/ablation --latex > ablation.tex\n"
        "  vireid table docs/results/table.csv --latex --protocol single-shot\n"
        "  vireid table runs --protocol single-shot --scores rank1 mAP mINP",
    )
    command.add_argument(
        "sources", metavar="STUDY|RUNS", type=folder, nargs="+",
        help="folders of studies, their results.csv, rows of `vireid compare`, evaluated runs, or\n"
        "folders above some",
    )  # fmt: skip
    command.add_argument(
        "--latex", action="store_true",
        help="for LaTeX, with the package booktabs (default: Markdown)",
    )  # fmt: skip
    command.add_argument(
        "--scores", nargs="+", choices=SCORES, default=["rank1", "mAP"],
        help="default: rank1 mAP",
    )  # fmt: skip
    command.add_argument(
        "--protocol", nargs="+", default=[], metavar="WORD",
        help="only protocols whose name holds one of these words, such as indoor (default: all)",
    )  # fmt: skip
    arguments = command.parse_args(words)
    from vireid.studies.paper import paper_table

    sys.stdout.write(
        paper_table(
            arguments.sources,
            scores=arguments.scores,
            protocols=arguments.protocol,
            latex=arguments.latex,
        )
    )
