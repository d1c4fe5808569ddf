"""The parts in examples/ against the released code of their methods, or a slow computation."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch

from vireid.cluster import normalise_rows
from vireid.models import Output
from vireid.terms import Kept
from vireid.types import Embeddings, Known, Modality, PseudoLabels

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DRAWS = np.random.default_rng(0)


@pytest.fixture
def example(monkeypatch):
    """Return a function that imports an example."""
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module


@pytest.mark.parametrize("case", ["plain", "easy"])
def test_the_hybrid_memory_is_that_of_pclhd(example, golden, case):
    arrays = golden("pclhd_memory")
    term = example("hybrid_memory").HybridMemory(
        "mixed",
        temperature=float(arrays["temp"]),
        momentum=float(arrays["momentum"]),
        slack=float(arrays["margin"]),
    )
    mean, hard = torch.tensor(arrays[f"{case}_memory"]).float().chunk(2)
    kept = Kept({"mean": mean, "hard": hard})
    for step in (1, 2):
        rows = torch.tensor(arrays[f"{case}_embeddings{step}"]).float().requires_grad_()
        unit = torch.nn.functional.normalize(rows)
        labels = torch.tensor(arrays[f"{case}_targets{step}"])
        plan = {"rows": torch.arange(len(rows)), "labels": labels}
        loss = term.values(kept, Output(unit, unit, unit), plan).mean()
        loss.backward()
        assert loss.item() == pytest.approx(arrays[f"{case}_loss{step}"], abs=1e-6)
        assert rows.grad.numpy() == pytest.approx(arrays[f"{case}_grad{step}"], abs=1e-6)
        term.update(kept, Output(*[unit.detach()] * 3), plan)
        after = torch.cat([kept["mean"], kept["hard"]]).numpy()
        assert after == pytest.approx(arrays[f"{case}_memory_after{step}"], abs=1e-6)


def clustered(generator, clusters, images=40):
    """Return embeddings of both modalities, and the clusters of each."""
    modality = np.arange(images) % 2
    rows = normalise_rows(generator.normal(size=(images, 5)).astype(np.float32))
    sides = []
    for side, count in enumerate(clusters):
        numbers = np.full(images, -1)
        own = np.flatnonzero(modality == side)[3:]
        numbers[own] = np.arange(len(own)) % count if count else -1
        sides.append(PseudoLabels(numbers, modality=Modality(side)))
    return Embeddings(rows, modality), *sides


@pytest.mark.parametrize("least", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("clusters", [(1, 1), (4, 4), (6, 3), (3, 6), (0, 2), (2, 0)])
def test_pairs_are_those_of_plain_loops(example, clusters, least):
    embeddings, *sides = clustered(np.random.default_rng(sum(clusters)), clusters)
    middle = [
        [embeddings.vectors[side.labels == number].mean(axis=0) for number in range(side.clusters)]
        for side in sides
    ]
    cosines = {
        (one, other): a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        for one, a in enumerate(middle[0])
        for other, b in enumerate(middle[1])
    }
    expected, taken = [-1] * clusters[0], set()
    for one, other in sorted(cosines, key=lambda pair: -cosines[pair]):
        if expected[one] == -1 and other not in taken and cosines[one, other] >= least:
            expected[one] = other
            taken.add(other)
    found = example("nearest_pairs").NearestPairs(least).match(embeddings, *sides, generator=DRAWS)
    assert found.partner.tolist() == expected
    assert found.infrared_clusters == clusters[1]
    for one, other in enumerate(expected):
        price = np.nan if other == -1 else 1 - cosines[one, other]
        assert found.cost[one] == pytest.approx(price, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.35, 0.99])
def test_the_edge_of_each_cluster_is_left_out(example, share):
    embeddings, _, labels = clustered(np.random.default_rng(7), (2, 3), images=90)
    rows = embeddings.vectors
    expected = labels.labels.tolist()
    for cluster in range(3):
        group = np.flatnonzero(labels.labels == cluster)
        density = {i: np.mean([rows[i] @ rows[j] for j in group]) for i in group}
        for i in sorted(group, key=lambda i: density[i])[: int(share * len(group))]:
            expected[i] = -1
    refiner = example("dense_cores").DenseCores(share)
    known = Known(embeddings.modality)
    found = refiner.refine(labels, embeddings, known, generator=DRAWS)
    assert found.labels.tolist() == expected
    assert (found.clusters, found.modality) == (3, labels.modality)
    nothing = PseudoLabels(np.full(90, -1))
    assert refiner.refine(nothing, embeddings, known, generator=DRAWS).clusters == 0


@pytest.mark.parametrize(
    ("module", "name", "setting", "value"),
    [("nearest_pairs", "NearestPairs", "least", 1.5), ("dense_cores", "DenseCores", "share", 1.0)],
)
def test_settings_that_cannot_be_are_told_of(example, module, name, setting, value):
    assert not list(getattr(example(module), name)().problems())
    (message,) = getattr(example(module), name)(value).problems()
    assert f"{setting} is {value}" in message


def test_what_a_camera_adds_to_all_its_images_does_not_count(example):
    people, camera = np.repeat(np.arange(4), 12), np.tile(np.repeat([1, 2, 3], 4), 4)
    cast = 5 * np.random.default_rng(1).normal(size=(4, 8))[camera]
    noise = 0.01 * DRAWS.normal(size=(48, 8))
    rows = normalise_rows((np.eye(8)[people] + cast + noise).astype(np.float32))
    modality = (camera == 3).astype(int)
    labeller = example("camera_centred").CameraCentred(4)
    found = labeller.label(
        Embeddings(rows, modality), Known(modality, camera), ["mixed", "infrared"],
        generator=DRAWS, search=None,
    )  # fmt: skip
    mixed, infrared = (found.spaces[name] for name in ("mixed", "infrared"))
    assert len(set(zip(people, mixed.labels.tolist(), strict=True))) == 4
    assert infrared.modality == 1
    assert ((infrared.labels == -1) == (modality == 0)).all()
