"""Matchers that ship, against the released codes and on images that form clusters."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.cluster import normalise_rows
from vireid.labelling import (
    MATCHERS,
    ClusteringConfig,
    Matcher,
    MultiMemoryMatching,
    Rounds,
    Transport,
    Votes,
    label_spaces,
)
from vireid.types import Embeddings, Modality, PseudoLabels

DRAWS = np.random.default_rng(0)


def of_centres(*sides, there=False):
    """Return embeddings with an image for each centre, and the clusters of both modalities."""
    rows = normalise_rows(np.concatenate(sides))
    modality = np.repeat([0, 1], [len(side) for side in sides])
    labels = []
    for side, own in zip(sides, Modality, strict=True):
        numbers = np.full(len(rows), -1)
        numbers[modality == own] = np.arange(len(side))
        labels.append(PseudoLabels(numbers, modality=own))
    resident = torch.tensor(rows) if there else None
    return Embeddings(rows, modality, resident=resident), *labels


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("case", ["more", "fewer", "equal"])
def test_transport_is_that_of_rpnr(golden, case, there) -> None:
    arrays = golden("rpnr_matching")
    sides = (arrays[f"{case}_centres_{side}"] for side in ("vis", "ir"))
    matcher = Transport(float(arrays[f"{case}_reg"]))
    found = matcher.match(*of_centres(*sides, there=there), generator=DRAWS)
    assert np.array_equal(found.partner, arrays[f"{case}_r2i"])
    assert np.array_equal(found.to_visible, arrays[f"{case}_i2r"])


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("case", ["equal", "more", "twice", "over_twice", "fewer"])
@pytest.mark.parametrize("method", ["pgm", "nulc", "pclhd"])
def test_rounds_are_those_of_pgm_n_ulc_and_pclhd(golden, method, case, there) -> None:
    arrays = golden(f"{method}_matching")
    sides = (arrays[f"{case}_centres_{side}"] for side in ("vis", "ir"))
    found = Rounds().match(*of_centres(*sides, there=there), generator=DRAWS)
    larger = found.to_visible if case == "fewer" else found.partner
    assert np.array_equal(larger, arrays[f"{case}_full"])


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_votes_are_those_of_unit_embeddings(seed, there) -> None:
    generator = np.random.default_rng(seed)
    people, modality = np.repeat(np.arange(6), 8), np.tile([0, 1], 24)
    rows = generator.normal(size=(48, 16)) + 1.5 * generator.normal(size=(6, 16))[people]
    rows = normalise_rows(rows.astype(np.float32))
    turned = np.array([3, 4, 5, 0, 1, 2])[people]
    sides = [
        PseudoLabels(np.where(modality == own, numbers, -1), modality=own)
        for own, numbers in ((0, people), (1, turned))
    ]
    resident = torch.tensor(rows) if there else None
    embeddings = Embeddings(rows, modality, resident=resident)
    found = Votes(0.4).match(embeddings, *sides, generator=DRAWS)
    assert found.partner.tolist() == [3, 4, 5, 0, 1, 2]
    assert found.to_visible.tolist() == [3, 4, 5, 0, 1, 2]
    none = Votes(1.0).match(embeddings, *sides, generator=DRAWS)
    assert none.partner.tolist() == [-1] * 6
    assert none.to_visible.tolist() == [-1] * 6


def test_rounds_may_end_early() -> None:
    centres = np.random.default_rng(0).normal(size=(9, 5))
    given = of_centres(centres[:6], centres[6:])
    assert sorted(Rounds(1).match(*given, generator=DRAWS).partner.tolist()) == [
        -1,
        -1,
        -1,
        0,
        1,
        2,
    ]
    assert (Rounds(2).match(*given, generator=DRAWS).partner >= 0).all()


@pytest.mark.parametrize("kind", MATCHERS)
@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("counts", [(0, 3), (3, 0), (0, 0), (1, 1)])
def test_without_clusters_there_is_no_partner(kind, counts, there) -> None:
    rows = np.eye(4, dtype=np.float32)
    embeddings = Embeddings(
        rows, np.array([0, 0, 1, 1]), resident=torch.tensor(rows) if there else None
    )
    sides = []
    for place, count in zip((0, 2), counts, strict=True):
        labels = np.full(4, -1)
        if count:
            labels[place] = 0
        sides.append(PseudoLabels(labels))
    found = kind().match(embeddings, *sides, generator=DRAWS)
    assert len(found.partner) == sides[0].clusters
    assert len(found.to_visible) == sides[1].clusters
    if 0 in counts:
        assert (found.partner == -1).all()
        assert (found.to_visible == -1).all()


@pytest.mark.parametrize("kind", MATCHERS)
def test_matchers_serve_a_labeller(kind) -> None:
    assert isinstance(kind(), Matcher)
    assert not list(kind().problems())
    generator = np.random.default_rng(1)
    people, modality = np.repeat(np.arange(5), 12), np.tile(np.repeat([0, 1], 6), 5)
    rows = generator.normal(size=(5, 12))[people] + generator.normal(0, 0.1, (60, 12))
    labeller = MultiMemoryMatching(
        single=ClusteringConfig(k1=6, k2=2, min_samples=3),
        mixed=ClusteringConfig(k1=12, k2=4, min_samples=3),
        matcher=kind(),
    )
    found = label_spaces(Embeddings(normalise_rows(rows), modality), labeller=labeller)
    matched = found.spaces["matched"]
    assert matched.clusters == 5
    assert len(set(zip(people, matched.labels, strict=True))) == 5
    again = replace(labeller, matcher=kind())
    assert again == labeller


def test_settings_that_cannot_be_are_named() -> None:
    wrong = [Votes(1.5), Votes(-0.1), Rounds(0), Transport(0.0), Transport(np.inf)]
    told = [next(iter(matcher.problems())) for matcher in wrong]
    assert [line.split(" is ")[0] for line in told] == [
        "labelling.matcher.threshold",
        "labelling.matcher.threshold",
        "labelling.matcher.rounds",
        "labelling.matcher.regularisation",
        "labelling.matcher.regularisation",
    ]
    labeller = MultiMemoryMatching(matcher=Rounds(-1))
    assert list(labeller.problems()) == ["labelling.matcher.rounds is -1; expected at least 1"]
