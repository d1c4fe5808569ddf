"""Clusters without partner: whose they are, and their share of a batch of matched labels."""

import numpy as np

from vireid.types import NOISE, Int, Labelling, Modality


def unmatched_labels(labelling: Labelling, modality: Int) -> list[Int]:
    """Return the own labels of the images whose matched label the other modality lacks.

    Args:
        labelling: with a matched label space.
        modality: [N] 0 visible, 1 infrared.

    Returns:
        For visible and infrared, [N] clusters of that modality, -1 for all other images; all -1
        where the modality's own clusters are not part of the labelling.
    """
    assert labelling.matched is not None
    matched = labelling.spaces[labelling.matched].labels
    halves = [set(matched[modality == side].tolist()) for side in Modality]
    paired = np.isin(matched, sorted(set.intersection(*halves) - {NOISE}))
    nothing = np.full(len(matched), NOISE)
    found = []
    for side in Modality:
        space = labelling.own(side)
        own = nothing if space is None else space.labels
        found.append(np.where((modality == side) & ~paired, own, NOISE))
    return found


def portions(labels: int, paired: int, visible: int, infrared: int) -> tuple[int, int, int]:
    """Split the labels of a batch between paired and unmatched clusters by their numbers.

    Args:
        labels: P, labels in a batch and modality.
        paired: labels that both modalities have.
        visible: visible clusters without partner.
        infrared: infrared clusters without partner.

    Returns:
        How many of the P labels are paired, unmatched visible and unmatched infrared ones; the
        larger unmatched side fills the batch. At least two are paired where there are two. A
        portion of one unmatched cluster is none, since nothing can be told apart from it.

    >>> portions(10, 40, 10, 5), portions(10, 40, 0, 0), portions(10, 0, 20, 10)
    ((8, 2, 1), (10, 0, 0), (0, 10, 5))
    """
    visible, infrared = (count if count > 1 else 0 for count in (visible, infrared))
    most = max(visible, infrared)
    if not most or (paired < 2 and not min(visible, infrared)):
        return labels, 0, 0
    kept = 0 if paired < 2 else min(labels, max(2, round(labels * paired / (paired + most))))
    rest = labels - kept
    return kept, round(rest * visible / most), round(rest * infrared / most)
