"""Labels of one modality, told as clusters of the other: what terms across modalities share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vireid.errors import ConfigError
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place, Term
from vireid.types import NOISE, Int, Labelling, Modality, PseudoLabels


def translated(labelling: Labelling, space: str, indices: Int) -> Int:
    """Say which cluster of the other modality images belong to, as the matching has it.

    Args:
        labelling: with a matching.
        space: the name of a label space over one modality.
        indices: [B] images.

    Returns:
        [B] clusters of the other modality; -1 for noise, images of the other modality, and
        clusters without a partner.
    """
    own = labelling.spaces[space]
    return np.append(partners(labelling, space), NOISE)[own.labels[indices]]


def partners(labelling: Labelling, space: str) -> Int:
    """Return the partner of each cluster of one modality.

    Args:
        labelling: with a matching.
        space: the name of a label space over one modality.

    Returns:
        [C] clusters of the other modality, -1 for none. From infrared to visible that is the way
        back of the matching, in which an infrared cluster has one partner alone.

    Raises:
        ConfigError: the labeller gave no matching.
    """
    matching = labelling.matching
    if matching is None:
        raise ConfigError(
            f"the labeller gave no matching, which terms on {space} need that look across "
            "modalities; expected Labelling.matching"
        )
    if labelling.spaces[space].modality == Modality.VISIBLE:
        return matching.partner
    assert matching.to_visible is not None
    return matching.to_visible


def across(labelling: Labelling, space: str) -> PseudoLabels:
    """Return the clusters of the other modality.

    Args:
        labelling: with label spaces over both modalities, as a matching needs them.
        space: the name of a label space over one modality.

    Returns:
        The label space over the other one.

    Raises:
        ConfigError: the labeller gave none.
    """
    visible = labelling.spaces[space].modality == Modality.VISIBLE
    found = labelling.own(Modality.INFRARED if visible else Modality.VISIBLE)
    if found is None:
        raise ConfigError(
            f"the labeller gave no labels of the other modality, which terms on {space} need whose "
            "memories begin between both"
        )
    return found


def crossing(term: Term, labelling: Labelling, batch: Batch) -> Arrays:
    """Choose the rows of a batch whose cluster has a partner, labelled by that partner.

    Args:
        term: on a label space over one modality.
        labelling: the labels in use, with a matching.
        batch: what its rows show.

    Returns:
        The arrays of ``Term.chosen``, with translated labels.
    """
    labels = translated(labelling, term.labels, batch.indices)
    rows = np.flatnonzero(labels != NOISE)
    return term.chosen(labelling.spaces[term.labels], batch, rows) | {"labels": labels[rows]}


def matching_problems(term: Term, matched: str, place: Place) -> Iterator[str]:
    """Yield what keeps a term from looking across modalities by a matching.

    Args:
        term: the term.
        matched: the label space whose matching it uses.
        place: its stage.

    Yields:
        One message for each problem.
    """
    yield from side_problems(term, place)
    yield from matched_problems(matched, place)


def side_problems(term: Term, place: Place) -> Iterator[str]:
    """Yield what is wrong where a term is not on labels of one modality.

    Args:
        term: the term.
        place: its stage.

    Yields:
        One message at most.
    """
    own = place.spaces.get(term.labels)
    if own is not None and own.modality is None:
        yield f"labels is {term.labels}; expected labels of one modality"


def matched_problems(matched: str, place: Place) -> Iterator[str]:
    """Yield what is wrong where a label space was not made by a matching.

    Args:
        matched: the label space.
        place: its stage.

    Yields:
        One message at most.
    """
    shared = place.spaces.get(matched)
    if shared is not None and not shared.matched:
        known = ", ".join(name for name, space in place.spaces.items() if space.matched)
        yield f"matched is {matched}; expected labels that a matching made ({known or 'none here'})"


def against_problems(term: Term, against: str, kind: type[Term], place: Place) -> Iterator[str]:
    """Yield what keeps a term from using another one's memories under translated labels.

    Args:
        term: the term.
        against: the name of the other one.
        kind: what the other one has to be.
        place: their stage.

    Yields:
        One message for each problem.
    """
    other = place.terms.get(against)
    if other is None:
        return
    where = f"against is {against}, which "
    if not isinstance(other, kind) or other.others():
        yield f"{where}keeps no memories that it could use"
        return
    sides = [place.spaces[name].modality for name in (term.labels, other.labels)
             if name in place.spaces]  # fmt: skip
    if None not in sides and len(set(sides)) < len(sides):
        yield f"{where}is on the same modality; expected a term on the other one"
    elif sides[1:] == [None]:
        yield f"{where}is on {other.labels}; expected a term on the other modality's labels"
