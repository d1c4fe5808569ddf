"""`vireid upper-bound`: the training of a recipe with true identities, for comparison."""

from vireid.cli.arguments import use_machine
from vireid.cli.display import console
from vireid.cli.train import parse, read_recipe
from vireid.data import DataFolder, open_data
from vireid.errors import DataError
from vireid.runs import Run
from vireid.runs.reading import Reading
from vireid.runs.train import train
from vireid.studies import truth_labeller
from vireid.training import Labeller


def run(words: list[str]) -> None:
    """Parse the words after `vireid upper-bound` and train.

    Args:
        words: the command line.
    """
    arguments = parse(
        words,
        "upper-bound",
        "Train with true identities in place of clusters: what the same network, losses and\n"
        "budget could reach. Not unsupervised; for comparison only.",
    )
    data = open_data(arguments.data, trial=arguments.trial)
    _of_truth(data)
    seconds = train(
        data,
        read_recipe(arguments),
        Run(arguments.out),
        device=use_machine(arguments),
        labeller=_of_truth,
        how=Reading(arguments.cache, arguments.max_unreadable),
        resume=arguments.resume,
        log=arguments.log,
        kept=arguments.keep,
    )
    console.print(f"trained in {seconds['training']:.0f} s: {arguments.out}")


def _of_truth(data: DataFolder) -> Labeller:
    """Return what labels the training images with their identities."""
    if data.train_truth is None:
        raise DataError(f"{data.name} has no training identities; the upper bound needs them")
    return truth_labeller(data.train_truth)
