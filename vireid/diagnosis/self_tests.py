"""Three small computations whose results are known otherwise: search, network, compiled loops."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from vireid.diagnosis.places import without_places

ROWS, NUMBERS, NEAR = 300, 32, 10
FEW = 60
"""Rows whose distances are computed by sets."""


@dataclass(frozen=True)
class SelfTest:
    """What became of one of them."""

    name: str
    """What was tried."""
    problem: str | None
    """What is wrong, in one line; None where the result is right."""
    seconds: float
    """How long it took."""


def run_self_tests() -> Iterator[SelfTest]:
    """Run all of them on the CPU, and the search and the network also on the first GPU.

    Yields:
        What became of each; an error of any kind is a problem, and the others go on.
    """
    yield _tried("search", _search)
    yield _tried("network", _network)
    yield _tried("compiled loops", _loops)
    if _has_gpu():
        yield _tried("search on cuda:0", lambda: _search("cuda:0"))
        yield _tried("network on cuda:0", lambda: _network("cuda:0"))


def _tried(name: str, test: Callable[[], str | None]) -> SelfTest:
    start = perf_counter()
    try:
        problem = test()
    except Exception as error:  # whatever is broken here is what we are asked for
        problem = f"{type(error).__name__}: {without_places(str(error))}"
    return SelfTest(name, problem, perf_counter() - start)


def _has_gpu() -> bool:
    try:
        import torch
    except Exception:  # the test of the network has told it
        return False
    return torch.cuda.is_available()


def _rows() -> np.ndarray:
    rows = np.random.default_rng(0).normal(size=(ROWS, NUMBERS))
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _search(device: str = "cpu") -> str | None:
    """Compare the nearest neighbours with those of a sorted matrix."""
    from vireid.cluster import Search, nearest_neighbours

    rows = _rows().astype(np.float32)
    found, _ = nearest_neighbours(rows, NEAR, search=Search(device=device))
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(products, 2)
    expected = np.argsort(-products, axis=1)[:, :NEAR]
    wrong = int((found != expected).any(axis=1).sum())
    return f"neighbours of {wrong} of {ROWS} rows are not the nearest" if wrong else None


def _network(device: str = "cpu") -> str | None:
    """Embed images in two orders, and look at the gradient of the network."""
    import torch

    from vireid.models import build_network
    from vireid.models.extract import extract
    from vireid.types import Modality

    network = build_network("test_efficientnet").to(device)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 64, 32, 3), dtype=np.uint8)
    modality = np.repeat([Modality.VISIBLE, Modality.INFRARED], 4)
    there = extract(network, pixels, modality).vectors
    back = extract(network, pixels[::-1].copy(), modality[::-1].copy()).vectors[::-1]
    apart = float(np.abs(there - back).max())
    if not np.isfinite(there).all() or apart > 1e-2:
        return f"embeddings of the same images are {apart:.2g} apart"
    images = torch.rand(4, 3, 64, 32, device=device)
    network(images, torch.tensor([0, 0, 1, 1], device=device)).embedding.square().sum().backward()
    slopes = [value.grad for value in network.parameters() if value.grad is not None]
    finite = all(bool(torch.isfinite(slope).all()) for slope in slopes)
    return None if slopes and finite else "the gradient of the network is not finite"


def _loops() -> str | None:
    """Compare the Jaccard distance, without averaging, with one of Python's sets."""
    from vireid.cluster import jaccard_distance

    rows = _rows()[:FEW]
    entries = jaccard_distance(rows, k1=NEAR, k2=1).tocoo()
    found = np.ones((FEW, FEW))
    found[entries.row, entries.col] = entries.data
    wrong = int((np.abs(found - _distances_by_sets(rows)) > 1e-5).sum())
    return f"{wrong} of {FEW * FEW} distances are not those of the definition" if wrong else None


def _distances_by_sets(rows: np.ndarray) -> np.ndarray:
    """Return the Jaccard distances [N, N] of k-reciprocal neighbours, by their definition."""
    products = rows @ rows.T
    ranks = np.argsort(-(products + 2 * np.eye(len(rows))), axis=1)[:, :NEAR]

    def mutual(i: int, k: int) -> set[int]:
        return {j for j in ranks[i, :k].tolist() if i in ranks[j, :k]}

    weights = np.zeros(products.shape)
    for i in range(len(rows)):
        own = mutual(i, NEAR)
        halves = [mutual(j, NEAR // 2 + 1) for j in own]
        near = [half for half in halves if len(half & own) > 2 / 3 * len(half)]
        members = sorted(own.union(*near))
        powers = np.exp(2 * products[i, members] - 2)
        weights[i, members] = powers / powers.sum()
    shared = np.array([np.minimum(row, weights).sum(axis=1) for row in weights])
    distances: np.ndarray = np.maximum(1 - shared / (2 - shared), 0)
    return distances
