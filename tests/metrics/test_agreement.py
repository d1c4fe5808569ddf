"""Agreement of labels with identities against scikit-learn and against plain loops."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from vireid.errors import DataError
from vireid.metrics import Agreement, adjusted_rand, pair_precision, pair_recall, stability
from vireid.types import Matching


def matching(partner, infrared_clusters):
    """Return a matching with costs that do not matter."""
    cost = np.where(np.array(partner) < 0, np.nan, 1.0).astype(np.float32)
    return Matching(np.array(partner, dtype=np.int64), infrared_clusters, cost)


@pytest.mark.filterwarnings("ignore:The number of unique classes")
@pytest.mark.parametrize("seed", range(20))
def test_adjusted_rand_is_that_of_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    size = generator.integers(2, 80)
    identities = generator.integers(-3, generator.integers(-2, 20), size)
    mistaken = generator.random(size) < generator.choice([0, 0.3, 1.0])
    labels = np.where(mistaken, generator.integers(-1, 9, size), identities + 3)
    labels[0] = 2
    agreement = adjusted_rand(identities, labels)
    kept = labels != -1
    alone = np.where(kept, labels, 1000 + np.arange(size))
    assert agreement.ari == pytest.approx(adjusted_rand_score(identities[kept], labels[kept]))
    assert agreement.ari_noise_as_singletons == pytest.approx(
        adjusted_rand_score(identities, alone)
    )
    assert agreement.coverage == pytest.approx(kept.sum() / size)


@pytest.mark.parametrize(
    ("identities", "labels", "expected"),
    [
        ([], [], Agreement(0.0, 0.0, 0.0)),
        ([4, 4, 5], [-1, -1, -1], Agreement(0.0, 0.0, 0.0)),
        ([4], [0], Agreement(1.0, 1.0, 1.0)),
        ([4, 4, 4], [2, 2, 2], Agreement(1.0, 1.0, 1.0)),
        ([1, 2, 3], [2, 1, 0], Agreement(1.0, 1.0, 1.0)),
        ([1, 1, 1, 1], [0, 1, 2, 3], Agreement(0.0, 0.0, 1.0)),
        ([1, 1, 2, 2], [0, 0, -1, -1], Agreement(1.0, 4 / 7, 0.5)),
    ],
)
def test_degenerate_agreement(identities, labels, expected):
    found = adjusted_rand(identities, labels)
    assert found.ari == pytest.approx(expected.ari)
    assert found.ari_noise_as_singletons == pytest.approx(expected.ari_noise_as_singletons)
    assert found.coverage == expected.coverage


def test_large_sets_do_not_overflow():
    labels = np.repeat(np.arange(2), 100_000)
    assert adjusted_rand(labels, 1 - labels).ari == 1.0


def precision_oracle(partner, visible, infrared, visible_ids, infrared_ids):
    """Return the share of pairs with one majority, cluster after cluster."""

    def majority(labels, identities, cluster):
        counts = Counter(i for i, label in zip(identities, labels, strict=True) if label == cluster)
        return min(counts, key=lambda identity: (-counts[identity], identity), default=None)

    right = []
    for cluster, other in enumerate(partner):
        if other >= 0:
            first = majority(visible, visible_ids, cluster)
            right.append(first is not None and first == majority(infrared, infrared_ids, other))
    return sum(right) / len(right) if right else 0.0


@pytest.mark.parametrize("seed", range(20))
def test_pair_precision_is_that_of_the_oracle(seed):
    generator = np.random.default_rng(seed)
    visible = generator.integers(-1, 6, 40)
    infrared = generator.integers(-1, 4, 30)
    # identities follow the labels now and then, and are negative at times
    visible_ids = np.where(generator.random(40) < 0.6, visible, generator.integers(-2, 5, 40))
    infrared_ids = np.where(generator.random(30) < 0.6, infrared, generator.integers(-2, 5, 30))
    partner = generator.integers(-1, 5, 7)  # cluster 6 (visible) and 4 (infrared) are empty
    expected = precision_oracle(partner, visible, infrared, visible_ids, infrared_ids)
    found = pair_precision(matching(partner, 5), visible, infrared, visible_ids, infrared_ids)
    assert found == pytest.approx(expected)


def test_a_right_pair_counts_and_a_tie_goes_to_the_smaller_identity():
    assert pair_precision(matching([0], 1), [0, 0], [0], [9, 3], [3]) == 1.0
    assert pair_precision(matching([0], 1), [0, 0], [0], [9, 3], [9]) == 0.0


def test_nothing_matched_is_no_precision():
    assert pair_precision(matching([-1], 1), [0], [0], [1], [1]) == 0.0
    assert pair_precision(matching([], 0), [], [], [], []) == 0.0


def test_two_empty_clusters_are_no_right_pair():
    assert pair_precision(matching([0], 1), [-1], [-1], [1], [1]) == 0.0


@pytest.mark.parametrize(
    ("identities", "labels", "message"),
    [
        ([1, 2], [0], "expected one length N"),
        ([[1]], [[0]], "expected one length N"),
        ([1.5], [0], "identities has type float64"),
        ([1], [0.5], "labels has type float64"),
    ],
)
def test_bad_labels_are_named(identities, labels, message):
    with pytest.raises(DataError, match=message):
        adjusted_rand(identities, labels)


def test_labels_outside_the_matching_are_named():
    with pytest.raises(DataError, match=r"infrared_labels must lie in -1\.\.0"):
        pair_precision(matching([0], 1), [0], [1], [1], [1])


def slow_rand(first, second):
    """Return the adjusted Rand index from all pairs of samples, one by one."""
    counts = {(one, other): 0 for one in (0, 1) for other in (0, 1)}
    for i, j in combinations(range(len(first)), 2):
        counts[first[i] == first[j], second[i] == second[j]] += 1
    a, b, c, d = (counts[cell] for cell in ((1, 1), (1, 0), (0, 1), (0, 0)))
    return 2 * (a * d - b * c) / ((a + b) * (b + d) + (a + c) * (c + d))


@pytest.mark.parametrize("seed", range(5))
def test_stability_is_the_rand_index_with_every_noise_sample_alone(seed) -> None:
    generator = np.random.default_rng(seed)
    previous, labels = generator.integers(-1, 4, (2, 30))
    labels[:12] = previous[:12]
    alone = [
        [f"alone {i}" if label < 0 else int(label) for i, label in enumerate(side)]
        for side in (previous, labels)
    ]
    assert stability(previous, labels) == pytest.approx(slow_rand(*alone))
    assert stability(labels, previous) == pytest.approx(slow_rand(*alone))


def test_stability_knows_no_names_of_clusters() -> None:
    labels = np.array([0, 0, 1, 1, 2, -1])
    assert stability(labels, np.array([5, 5, 0, 0, 1, -1])) == 1.0
    assert stability(labels, np.array([0, 0, 1, 1, -1, 2])) == 1.0, "one alone is one alone"
    assert stability(labels, np.array([0, 0, -1, -1, 2, 1])) < 1.0, "a cluster became noise"
    assert stability([], []) == 1.0
    assert stability([-1, -1], [-1, -1]) == 1.0


def test_stability_wants_the_same_samples() -> None:
    with pytest.raises(DataError, match="one length"):
        stability([0, 1], [0])


VISIBLE_LABELS, VISIBLE_IDS = [0, 0, 0, 1, 2, 3, -1], [5, 5, 6, 8, 5, 9, 7]
INFRARED_LABELS, INFRARED_IDS = [0, 1, 2, 2, -1], [5, 8, 7, 7, 9]
SIDES = (VISIBLE_LABELS, INFRARED_LABELS, VISIBLE_IDS, INFRARED_IDS)
"""Visible clusters of 5, 8, 5, 9 and infrared ones of 5, 8, 7: the first three could be found."""


@pytest.mark.parametrize(
    ("partner", "visible_partner", "precision", "recall"),
    [
        ([0, 1, 0, -1], None, 1.0, 1.0),
        ([0, 1, 0, 2], None, 3 / 4, 1.0),
        ([0, -1, -1, -1], None, 1.0, 1 / 3),
        ([1, -1, -1, -1], None, 0.0, 0.0),
        ([-1, -1, -1, -1], None, 0.0, 0.0),
        ([0, 0, 0, 0], [-1, 1, 3], 3 / 6, 3 / 3),
        ([0, 0, 0, 0], [-1, 3, 3], 2 / 6, 2 / 3),
    ],
)
def test_pairs_of_both_directions_count(partner, visible_partner, precision, recall) -> None:
    matching = Matching(partner, 3, np.ones(4), visible_partner=visible_partner)
    assert pair_precision(matching, *SIDES) == pytest.approx(precision)
    assert pair_recall(matching, *SIDES) == pytest.approx(recall)


def test_nothing_to_find_is_no_recall() -> None:
    matching = Matching([0], 1, [0.5])
    assert pair_recall(matching, [0, 0], [0], [1, 1], [2]) == 0.0
    assert pair_recall(Matching([], 0, []), [-1], [-1], [1], [1]) == 0.0
