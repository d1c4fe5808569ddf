"""Lines on what a labelling of features found."""

import numpy as np

from vireid.labelling.features import find_labels
from vireid.runs.labels_told import quality, summary


def test_a_summary_of_nothing_and_of_noise():
    assert (
        summary(np.array([], int)) == "0 images, 0 clusters, 0.0% noise, largest cluster 0 images"
    )
    assert summary(np.array([-1, -1])).endswith(
        "0 clusters, 100.0% noise, largest cluster 0 images"
    )


def test_quality_says_the_settings_and_what_is_known():
    rows = np.eye(4)[np.repeat([0, 1], 6)]
    alone = quality(find_labels(rows, k1=3, k2=1, min_samples=2, eps=0.5))
    assert alone.startswith("k1 3, k2 1, eps 0.5, min_samples 2; margin ")
    assert "pairs" not in alone
    both = quality(find_labels(rows, np.tile([0, 1], 6), match=True, k1=3, k2=1, min_samples=2))
    assert "; pairs " in both
    assert " clarity " in both
