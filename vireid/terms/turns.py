"""In which epochs of a stage a term counts, and how much."""

from vireid.terms.term import Term


def is_on(term: Term, epochs: int, epoch: int) -> bool:
    """Tell whether a term is switched on, whatever its phase.

    Args:
        term: the loss term.
        epochs: of its stage.
        epoch: epoch of the stage, from 0.

    Returns:
        True once the term's share of the stage has passed, and in the last epoch at the latest; as
        long as its ramp is not at 0.
    """
    begun = epoch >= min(passed(term.start, epochs), epochs - 1)
    return begun and ramp_at(term, epochs, epoch) > 0


def ramp_at(term: Term, epochs: int, epoch: int) -> float:
    """Return the factor of a term's weight in an epoch.

    Args:
        term: the loss term.
        epochs: of its stage.
        epoch: epoch of the stage, from 0.

    Returns:
        That of the part of the stage that the epoch lies in; 1 where the term has no ramp.
    """
    parts = len(term.ramp)
    return term.ramp[epoch * parts // epochs] if parts else 1.0


def passed(share: float, epochs: int) -> float:
    """Return a share of a stage's epochs, such as 7 for 0.7 of 10, which floats exceed.

    Args:
        share: in [0, 1].
        epochs: of the stage.

    Returns:
        The epochs.
    """
    return round(share * epochs, 9)


def never_counts(term: Term, epochs: int) -> str | None:
    """Say why a term counts in no epoch of its stage.

    Args:
        term: the loss term.
        epochs: of its stage.

    Returns:
        Its settings that leave it out, such as ``phase even``; None where it counts, or where its
        ramp says outright that it shall not.
    """
    silent = bool(term.ramp) and max(term.ramp) <= 0
    if silent or any(is_on(term, epochs, e) and term.takes_part(e) for e in range(epochs)):
        return None
    said = [f"start {term.start:g}"] if term.start else []
    said += [f"phase {term.phase}"] if term.phase != "all" else []
    said += [f"ramp {list(term.ramp)}"] if term.ramp else []
    return ", ".join(said)
