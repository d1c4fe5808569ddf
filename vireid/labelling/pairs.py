"""Pairs of clusters -> labels that both modalities share."""

import numpy as np

from vireid.types import NOISE, Int, Matching, PseudoLabels


def matched_labels(matching: Matching, visible: PseudoLabels, infrared: PseudoLabels) -> Int:
    """Give visible images the label of their cluster's infrared partner: Y_v := Q Y_r.

    Infrared clusters that join a visible cluster get that cluster's label too, so that a label
    is a group of clusters which are connected by pairs.

    Args:
        matching: the partner of each visible cluster.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.

    Returns:
        [N] labels without gaps, in the order of the infrared clusters, which are the labels where
        none joins another; -1 for noise and for unmatched visible clusters.
    """
    assert matching.visible_partner is not None
    joined = matching.visible_partner
    first = np.where(joined == NOISE, np.arange(len(joined)), _look_up(matching.partner, joined))
    label = np.unique(first, return_inverse=True)[1].astype(np.int64)
    of_visible = _look_up(label, _look_up(matching.partner, visible.labels))
    return np.where(infrared.labels != NOISE, _look_up(label, infrared.labels), of_visible)


def _look_up(values: Int, indices: Int) -> Int:
    """Return the values at the indices; -1 where the index is -1."""
    return np.append(values, NOISE)[indices]
