"""`vireid upper-bound`: the training of a recipe with true identities, for comparison."""

from typing import TYPE_CHECKING

import vireid
from vireid.cli.train import parse, train
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import DataError
from vireid.types import Truth

if TYPE_CHECKING:
    from vireid.labelling import Labeller


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
    data = vireid.open_data(arguments.data, fold=arguments.fold)
    _check(data)
    again = "the same command with --resume"
    train(arguments, again=again, data=data, labeller=_of_truth)


def _check(data: DataFolder) -> Truth:
    """Return the identities of the training images, which have to be known."""
    if data.train_truth is None:
        raise DataError(f"{data.name} has no training identities; the upper bound needs them")
    return data.train_truth


def _of_truth(data: DataFolder, recipe: Recipe) -> "Labeller":
    """Return what labels the training images with their identities."""
    from vireid.studies import TrueLabels

    return TrueLabels(_check(data), recipe.labelling.spaces())
