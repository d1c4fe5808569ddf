"""`vireid upper-bound`: the training of a recipe with true identities, for comparison."""

import vireid
from vireid.cli.train import parse, train


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
    from vireid.studies import training_truth, true_labels

    data = vireid.open_data(arguments.data, fold=arguments.fold)
    training_truth(data)
    again = "the same command with --resume"
    train(arguments, again=again, data=data, labeller=true_labels)
