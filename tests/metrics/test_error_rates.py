"""Error rates of comparisons, against counts of one pair after the other."""

from itertools import combinations, product

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.metrics import Seen, error_rates
from vireid.metrics import compared as module
from vireid.types import Modality

V, R = Modality.VISIBLE, Modality.INFRARED
PAIRS = [(V, V), (V, R), (R, R)]


@pytest.fixture(scope="module")
def made():
    """Return embeddings, modalities, three labellings, and tracks of 60 images of 6 people."""
    generator = np.random.default_rng(0)
    people = np.repeat(np.arange(6), 10)
    rows = generator.normal(size=(6, 8))[people] + generator.normal(size=(60, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labellings = np.stack([people, people, people])
    labellings[1][generator.random(60) < 0.2] = 0  # some are wrong
    labellings[2][generator.random(60) < 0.3] = -1  # some are not known
    track = np.arange(60) // 2
    place = generator.integers(-1, 2, 30)[track]
    begin = generator.integers(0, 20, 30)[track].astype(float)
    return rows, generator.integers(0, 2, 60), labellings, Seen(track, place, begin, begin + 5)


def share_of(labellings, seen, i, j):
    """Return the share of labellings by which a pair is one person; None where unknown."""
    if seen.track[i] == seen.track[j]:
        return None
    met = seen.begin[i] <= seen.end[j] and seen.begin[j] <= seen.end[i]
    if met and seen.place[i] == seen.place[j] != -1:
        return 0.0
    votes = [one[i] == one[j] for one in labellings if one[i] >= 0 and one[j] >= 0]
    return np.mean(votes) if votes else None


@pytest.mark.parametrize("pair", PAIRS)
def test_rates_are_those_of_counting_pairs(made, pair, monkeypatch):
    rows, side, labellings, seen = made
    monkeypatch.setattr(module, "CELLS", 7 * 60)  # several blocks
    found = error_rates(rows, side, labellings, pair, seen=seen)
    one, other = (np.flatnonzero(side == kind) for kind in pair)
    every = combinations(one, 2) if pair[0] == pair[1] else product(one, other)
    told = [(float(rows[i] @ rows[j]), share_of(labellings, seen, i, j)) for i, j in every]
    value, share = np.array([pair for pair in told if pair[1] is not None]).T
    assert found.different == (share == 0).sum()
    assert found.same == (share == 1).sum()
    assert found.disputed == len(share) - found.different - found.same
    for row in range(150, 400, 25):
        match = value >= found.similarity[row]
        assert found.fmr[row] == pytest.approx(((1 - share) * match).sum() / (1 - share).sum())
        same = share > 0.5 if pair[0] == pair[1] else share
        assert found.fnmr[row] == pytest.approx((same * ~match).sum() / same.sum())
    for name in ("fmr", "fnmr"):
        low, middle, high = (getattr(found, name + end) for end in ("_low", "", "_high"))
        assert ((low <= middle) & (middle <= high)).all()


def test_the_interval_holds_the_true_rate_where_labels_are_right():
    generator = np.random.default_rng(0)
    people, inside, cases = np.repeat(np.arange(30), 6), 0, 20
    mean = np.zeros(6)
    mean[0] = 1.0  # people are alike, so that there are false matches

    def drawn(count):
        rows = mean + generator.normal(size=(count, 6))[np.repeat(np.arange(count), 6)] * 0.7
        rows += 0.3 * generator.normal(size=rows.shape)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    many = drawn(250)
    who = np.repeat(np.arange(250), 6)
    near = (many @ many.T)[who[:, None] != who]
    truth = (near >= 0.9).mean()
    side = np.zeros(180, dtype=np.int64)
    for _ in range(cases):
        found = error_rates(drawn(30), side, people[None], (V, V))
        row = found.row(0.9)
        inside += found.fmr_low[row] <= truth <= found.fmr_high[row]
    assert inside >= 0.85 * cases


def test_upper_bounds_of_rare_matches_hold_where_a_few_pairs_make_most_of_them():
    generator = np.random.default_rng(0)

    def drawn(count, each):
        mean = generator.normal(size=(count, 16)) * 0.4
        mean *= generator.uniform(0, 1.3, size=(count, 1)) ** 0.5  # some look like many
        mean[:, 0] += 1
        rows = np.repeat(mean, each, axis=0)
        rows += 0.1 * generator.normal(size=rows.shape)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    many, who, people = drawn(750, 2), np.arange(1500) // 2, np.repeat(np.arange(30), 10)
    near = np.sort((many @ many.T)[who[:, None] < who])
    held = []
    for _ in range(30):
        found = error_rates(drawn(30, 10), np.zeros(300, dtype=np.int64), people[None], (V, V))
        rows = found.row(near[[int((1 - rate) * len(near)) for rate in (1e-3, 3e-4)]])
        behind = rows[found.similarity[rows] > found.supported]
        held += [found.fmr_high[row] >= (near >= found.similarity[row]).mean() for row in behind]
    assert len(held) >= 50
    assert np.mean(held) >= 0.95  # each is one of 97.5%


def test_pairs_of_clusters_count_at_their_most_similar_comparison(made):
    rows, side, labellings, seen = made
    one, other = (np.flatnonzero(side == kind) for kind in (V, R))
    found = module.compared(rows, labellings, (one, other), seen)
    best: dict[frozenset[int], float] = {}
    for i, j in product(one, other):
        pair = frozenset({int(labellings[0][i]), int(labellings[0][j])})
        if len(pair) == 2 and share_of(labellings, seen, i, j) is not None:
            best[pair] = max(best.get(pair, -1.0), float(rows[i] @ rows[j]))
    value = np.array(list(best.values()))
    steps = module.similarities()
    left = found.nearest[::-1].cumsum()[::-1]
    assert left.tolist() == [(value >= step - 1e-9).sum() for step in steps]


def test_clusters_that_are_not_compared_tell_nothing_of_a_variance():
    generator = np.random.default_rng(0)
    people = np.repeat(np.arange(12), 5)
    rows = np.eye(12)[people] + 0.5 * generator.normal(size=(60, 12)) + 0.3
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    side = (people >= 4).astype(np.int64)  # people of one modality each
    own = side == V
    alone = error_rates(rows[own], side[own], people[None, own], (V, V))
    among = error_rates(rows, side, people[None], (V, V))
    for name in ("fmr", "fmr_low", "fmr_high", "fnmr_low", "fnmr_high"):
        np.testing.assert_array_equal(getattr(among, name), getattr(alone, name))


def test_what_no_comparison_tells_is_an_upper_bound():
    rows = np.eye(40, dtype=np.float32)[np.repeat(np.arange(40), 3)]
    labels = np.repeat(np.arange(40), 3)
    found = error_rates(rows, np.zeros(120, dtype=np.int64), labels[None], (V, V))
    assert found.supported == 0.0
    rate, bounded = found.false_match_rate([-0.5, 0.0, 0.5, np.nan])
    assert rate[:2].tolist() == [1.0, 1.0]
    assert bounded.tolist() == [False, False, True, False]
    assert 0 < rate[2] < 0.01  # 780 pairs of people, none of them alike
    assert np.isnan(rate[3])
    assert found.least == rate[2]


def test_without_clusters_nothing_is_told():
    rows = np.eye(3, dtype=np.float32)
    found = error_rates(rows, [0, 0, 0], np.full((1, 3), -1), (V, V))
    assert (found.different, found.same, found.supported) == (0, 0, None)
    assert found.false_match_rate(0.9)[0] == 1.0


def test_lengths_that_differ_are_refused():
    with pytest.raises(DataError, match="expected \\(N, D\\), \\(N,\\) and \\(R, N\\)"):
        error_rates(np.eye(3, dtype=np.float32), [0, 0], np.zeros((1, 3), dtype=np.int64), (V, V))
