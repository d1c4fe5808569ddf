"""What an observer of a training is, and how it sees nested values."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol


class Observer(Protocol):
    """Is told of a training.

    Steps are counted over the whole run and ascend; no step is told both by itself and as the end
    of an epoch.
    """

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Take the losses of one step.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Take what an epoch did.

        Args:
            step: steps of the run up to the end of the epoch.
            line: plain values, ready for JSON; mappings by label space or part among them.
        """

    def close(self, *, finished: bool) -> None:
        """Write what is left.

        Args:
            finished: whether the training went through all stages.
        """


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the finite numbers among nested values; texts and lists are left out.

    Args:
        values: plain values and mappings of such.

    Returns:
        Numbers by their path.

    >>> numbers({"stage": "joint", "epoch": 2, "ari": {"visible": 0.5, "mixed": float("nan")}})
    {'epoch': 2, 'ari/visible': 0.5}
    """
    leaves = {name: value for name, value in _leaves(values, "/") if isinstance(value, int | float)}
    return {name: value for name, value in leaves.items() if isfinite(value)}


def settings(values: Mapping[str, Any]) -> dict[str, str]:
    """Return nested settings as texts.

    Args:
        values: plain values, mappings and sequences of such.

    Returns:
        Texts by their path.

    >>> settings({"seed": 3, "stages": [{"name": "joint"}], "labelling": {"single": {"k1": 8}}})
    {'seed': '3', 'stages.0.name': 'joint', 'labelling.single.k1': '8'}
    """
    return {name: str(value) for name, value in _leaves(values, ".", into_lists=True)}


def _leaves(
    values: Mapping[str, Any], joint: str, *, into_lists: bool = False
) -> Iterator[tuple[str, Any]]:
    """Yield the values that are no mappings, each with its path."""
    for name, value in values.items():
        inner = value
        if into_lists and isinstance(value, Sequence) and not isinstance(value, str):
            inner = {str(i): item for i, item in enumerate(value)}
        if isinstance(inner, Mapping):
            deeper = _leaves(inner, joint, into_lists=into_lists)
            yield from ((f"{name}{joint}{path}", leaf) for path, leaf in deeper)
        else:
            yield str(name), inner
