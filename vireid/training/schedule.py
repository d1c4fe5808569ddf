"""Learning rate and term weights over the epochs of a stage."""

from dataclasses import replace

from vireid.config import StageConfig
from vireid.terms import Term
from vireid.terms.turns import is_on, passed, ramp_at


def learning_rate(stage: StageConfig, epoch: int, iteration: int) -> float:
    """Return the learning rate of one step: linear warm-up, then a fall at each milestone.

    Args:
        stage: the stage's schedule.
        epoch: epoch of the stage, from 0.
        iteration: step of the epoch, from 0.

    Returns:
        The learning rate.

    >>> stage = StageConfig("s", 10, {}, learning_rate=1.0)
    >>> learning_rate(stage, 1, 0), learning_rate(stage, 6, 0)
    (1.0, 0.3)
    """
    falls = sum(epoch >= passed(share, stage.epochs) for share in stage.milestones)
    rate = stage.learning_rate * stage.decay**falls
    if epoch >= stage.warmup:
        return rate
    if stage.warmup_by == "epoch":
        return rate * (epoch + 1) / stage.warmup
    done = (epoch * stage.iterations + iteration) / (stage.warmup * stage.iterations)
    return rate * (0.1 + 0.9 * done)


def is_active(term: Term, stage: StageConfig, epoch: int) -> bool:
    """Tell whether a term takes part in an epoch.

    Args:
        term: the loss term.
        stage: its stage.
        epoch: epoch of the stage, from 0.

    Returns:
        True once the term's share of the stage has passed, and in the last epoch at the latest; as
        long as its ramp is not at 0.
    """
    return is_on(term, stage.epochs, epoch)


def ramp_factor(term: Term, stage: StageConfig, epoch: int) -> float:
    """Return the factor of a term's weight in an epoch.

    Args:
        term: the loss term.
        stage: its stage.
        epoch: epoch of the stage, from 0.

    Returns:
        That of the part of the stage that the epoch lies in; 1 where the term has no ramp.

    >>> from vireid.terms import Triplet
    >>> term = Triplet("matched", ramp=(0, 0.25, 0.5, 1))
    >>> [ramp_factor(term, StageConfig("s", 6, {}), epoch) for epoch in range(6)]
    [0, 0, 0.25, 0.5, 0.5, 1]
    """
    return ramp_at(term, stage.epochs, epoch)


def in_epoch(term: Term, stage: StageConfig, epoch: int) -> Term:
    """Return a term as it counts in an epoch.

    Args:
        term: the loss term.
        stage: its stage.
        epoch: epoch of the stage, from 0.

    Returns:
        The term itself, or one whose weight is multiplied by its ramp.
    """
    if not term.ramp:
        return term
    return replace(term, weight=term.weight * ramp_factor(term, stage, epoch))
