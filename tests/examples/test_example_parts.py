"""The parts in examples/ against the released code of their methods, or a slow computation."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch

from vireid.cluster import normalise_rows
from vireid.models import Output
from vireid.terms import Kept
from vireid.types import Embeddings, Known, PseudoLabels

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


@pytest.mark.parametrize("case", ["more", "fewer", "equal"])
def test_the_transport_is_that_of_rpnr(example, golden, case):
    arrays = golden("rpnr_matching")
    sides = [normalise_rows(arrays[f"{case}_centres_{side}"]) for side in ("vis", "ir")]
    matcher = example("transport").Transport(float(arrays[f"{case}_reg"]))
    plan = matcher.plan(1 / np.exp(sides[0] @ sides[1].T))
    assert plan == pytest.approx(arrays[f"{case}_plan"], rel=1e-6)
    counts = [len(side) for side in sides]
    modality = np.repeat([0, 1], counts)
    numbers = [np.full(len(modality), -1) for _ in sides]
    for side, count in enumerate(counts):
        numbers[side][modality == side] = np.arange(count)
    found = matcher.match(
        Embeddings(np.concatenate(sides), modality), *map(PseudoLabels, numbers), generator=DRAWS
    )
    assert found.partner.tolist() == arrays[f"{case}_r2i"].tolist()
    assert found.to_visible.tolist() == arrays[f"{case}_i2r"].tolist()


def test_labels_are_corrected_as_an_obvious_computation_does(example):
    rows = normalise_rows(DRAWS.normal(size=(60, 6)) + 3 * np.eye(6)[np.repeat(np.arange(6), 10)])
    labels = np.where(DRAWS.random(60) < 0.2, -1, DRAWS.integers(0, 4, 60))
    prototypes = []
    for cluster in range(4):
        group = np.flatnonzero(labels == cluster)
        density = [sum(np.sign(rows[i] @ rows[j] - 0.5) for j in group) for i in group]
        densest = sorted(range(len(group)), key=lambda i: (-density[i], i))[:5]
        middle = np.mean([rows[group[i]] for i in densest], axis=0)
        prototypes.append(middle / np.linalg.norm(middle))
    nearest = [int(np.argmax([row @ one for one in prototypes])) for row in rows]
    kept = sorted({new for new, old in zip(nearest, labels, strict=True) if old != -1})
    expected = [
        -1 if old == -1 else kept.index(new) for new, old in zip(nearest, labels, strict=True)
    ]
    refiner, sides = example("dense_prototypes").DensePrototypes(5), np.zeros(60, int)
    found = refiner.refine(
        PseudoLabels(labels), Embeddings(rows, sides), Known(sides), generator=DRAWS
    )
    assert found.labels.tolist() == expected
    nothing = PseudoLabels(np.full(60, -1))
    assert (
        refiner.refine(nothing, Embeddings(rows, sides), Known(sides), generator=DRAWS) is nothing
    )


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
