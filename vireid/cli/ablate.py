"""`vireid ablate`: what each module of the method adds."""

from vireid.cli.protocol_options import each_by_itself
from vireid.cli.settings import parse_or_list
from vireid.cli.study_options import base_recipe, execute, study_parser


def run(words: list[str]) -> None:
    """Parse the words after `vireid ablate` and run the paper's ablation.

    Args:
        words: the command line.
    """
    command = study_parser(
        "ablate",
        "Train the rows of the paper's ablation and score them on people never seen: clustering\n"
        "only, + MMLM, + MMLM + Intra, + MMLM + Inter, all. Rows differ in the last stage alone;\n"
        "the stages before are trained once for each data set and seed.",
        "vireid ablate DATA --out studies/ablation --seeds 0 1 2",
    )
    arguments = parse_or_list(command, list(each_by_itself(words)))
    from vireid.studies import GAINS, ablation_rows

    execute(arguments, ["ablate", *words], ablation_rows(base_recipe(arguments)), gains=GAINS)
