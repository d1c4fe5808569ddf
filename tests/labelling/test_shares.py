"""A share of the images is drawn for one label space, all others are left for another."""

import numpy as np
import pytest

from vireid.cluster import nearest_neighbours
from vireid.labelling import ClusteringConfig, cluster_rows
from vireid.labelling.shares import clustered_together, first_share


@pytest.mark.parametrize("count", [0, 1, 2, 7, 50])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("names", [("visible",), ("mixed", "infrared"), ("visible", "mixed")])
def test_groups_are_those_of_a_slow_draw(count, share, names):
    modality = np.random.default_rng(count).integers(0, 2, count)
    groups = list(clustered_together(modality, names, share, np.random.default_rng(5)))
    visible = [i for i in range(count) if modality[i] == 0]
    order = np.random.default_rng(5).permutation(len(visible)).tolist()
    drawn = [visible[i] for i in order][: int(len(visible) * share)]
    if share == 1 or "mixed" not in names:
        assert [(rows.tolist(), one) for rows, one in groups] == [(list(range(count)), [*names])]
        return
    expected = []
    if "visible" in names:
        expected.append((drawn, ["visible"]))
    rest = [name for name in names if name != "visible"]
    if rest:
        expected.append(([i for i in range(count) if i not in drawn], rest))
    assert [(rows.tolist(), one) for rows, one in groups] == expected


def subsets(order, share):
    """Return the groups of the released code: int(1 / share) of them, one share after the other."""
    size = int(len(order) * share)
    turned = [np.roll(order, -number * size) for number in range(int(1 / share))]
    return [first_share(one, share)[0] for one in turned]


@pytest.mark.parametrize("case", ["half", "third"])
def test_subsets_and_their_labels_equal_the_released_code(golden, case):
    arrays = golden("bmil_subset")
    features, order = arrays["features"], arrays[f"{case}_perm"]
    ratio = float(arrays[f"{case}_ratio"])
    config = ClusteringConfig(
        k1=int(arrays["k1"]), k2=int(arrays["k2"]), eps=float(arrays["eps"]), min_samples=4
    )
    groups = subsets(order, ratio)
    for number, rows in enumerate(groups):
        assert np.array_equal(rows, arrays[f"{case}_subset{number}"])
    assert f"{case}_subset{len(groups)}" not in arrays
    counted = groups[: 1 if arrays[f"{case}_only_first"] else None]
    member = np.full(len(features), -1)
    for number, rows in enumerate(counted):
        member[rows] = number
    assert np.array_equal(member, arrays[f"{case}_subset_of"])
    labels, clusters = np.full(len(features), -1), 0
    for rows in counted:
        near = nearest_neighbours(features[rows], config.k1)
        found = cluster_rows(features[rows], config, near)
        labels[rows] = np.where(found >= 0, found + clusters, -1)
        clusters += found.max() + 1
    assert np.array_equal(labels, arrays[f"{case}_labels"])


@pytest.mark.parametrize("count", [7, 130, 131])
def test_no_image_is_left_out_as_the_released_code_does(count):
    """Of an odd number of images its halves leave one out; here it is one of the others."""
    order = np.random.default_rng(count).permutation(count)
    halves = subsets(order, 0.5)
    left = set(range(count)) - set(np.concatenate(halves).tolist())
    assert len(left) == count % 2
    first, others = first_share(order, 0.5)
    assert set(others) == set(halves[1]) | left
    assert set(first) | set(others) == set(range(count))
