"""Shared fixtures."""

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from vireid.config import Recipe
    from vireid.training import TrainingImages

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"


CORE = (
    "cluster", "labelling", "losses", "matching", "metrics", "scoring", "terms", "training",
)  # fmt: skip
"""Folders of tests that cover the core by themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests: beside them, other processes go through all the others.

    Only tests of the core are traced where coverage is measured; it slows the others down by half.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    folder = Path(__file__).parent
    core = {folder / room for room in CORE}
    other = {
        path: folder in path.parents and core.isdisjoint(path.parents)
        for path in {item.path for item in items}
    }
    for item in items:
        if other[item.path]:
            item.add_marker("no_cover")


@pytest.fixture
def golden() -> Callable[[str], Mapping[str, np.ndarray]]:
    """Return a loader of the parity vectors, or skip where they are absent."""

    def load(name: str) -> Mapping[str, np.ndarray]:
        path = GOLDEN / f"{name}.npz"
        if not path.is_file():
            pytest.skip(f"parity vectors are not beside this checkout: {path.name} not found")
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)

    return load


TREE = {"train": range(1, 7), "val": range(7, 9), "test": range(9, 13)}
"""Identities of the fake people by list."""


def draw_person(identity: int, camera: int, number: int) -> Image.Image:
    """Draw a person as two flat colours, grey for an infrared camera, with a little noise."""
    colours = np.random.default_rng(identity).integers(0, 256, (2, 3))
    pixels = np.empty((32, 16, 3))
    pixels[:] = colours[0]
    pixels[identity % 4 * 8 :][:8] = colours[1]
    if camera in {3, 6}:
        pixels[:] = pixels.mean(axis=2, keepdims=True)
    noise = np.random.default_rng((identity, camera, number)).normal(0, 3, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def draw_tree(root: Path, cameras: tuple[int, ...] = (1, 2, 3, 6), images: int = 4) -> Path:
    """Write eight people to train on and four to test on in SYSU-MM01's layout."""
    (root / "exp").mkdir(parents=True)
    for part, identities in TREE.items():
        line = ",".join(str(identity) for identity in identities)
        (root / "exp" / f"{part}_id.txt").write_text(line + "\n")
        for identity, camera in product(identities, cameras):
            folder = root / f"cam{camera}" / f"{identity:04d}"
            folder.mkdir(parents=True)
            for number in range(images):
                image = draw_person(identity, camera, number)
                image.save(folder / f"{number:04d}.jpg", quality=95)
    return root


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of fake people in SYSU-MM01's layout, to be read only."""
    return draw_tree(tmp_path_factory.mktemp("data") / "people")


@pytest.fixture(scope="session")
def draw() -> Callable[..., Path]:
    """Return the function that writes such a folder, for tests that damage it."""
    return draw_tree


TINY = """
height: 32
width: 16
network: {backbone: test_efficientnet, weights: none}
labelling:
  single: {k1: 8, k2: 3, eps: 0.6, min_samples: 3}
  mixed: {k1: 16, k2: 6, eps: 0.7, min_samples: 3}
  memories: 2
augmentation: {padding: 1, exposure: 0.1}
batch_labels: 4
batch_images: 2
stages:
- name: joint
  epochs: 1
  iterations: 2
  terms:
    visible: {loss: cluster_nce, labels: visible}
    infrared: {loss: cluster_nce, labels: infrared}
    mixed: {loss: cluster_nce, labels: mixed}
- name: aligned
  epochs: 2
  iterations: 2
  sample_by: matched
  terms:
    matched: {loss: cluster_nce, labels: matched, confidence: true}
    triplet: {loss: triplet, labels: matched}
    intra: {loss: intra, labels: matched, weight: 0.5, start: 0.5}
    inter: {loss: inter, labels: matched, weight: 0.05, start: 0.5}
"""
"""A recipe that clusters the fake people with random weights, in two seconds."""


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the tiny recipe."""
    path = tmp_path_factory.mktemp("recipe") / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def tiny_text() -> str:
    """Return the text of the tiny recipe."""
    return TINY


@pytest.fixture(scope="session")
def tiny() -> "Recipe":
    """Return the tiny recipe."""
    from vireid.recipes import parse_recipe

    return parse_recipe(TINY)


@pytest.fixture(scope="session")
def crops(people: Path) -> "TrainingImages":
    """Return the training images of the fake people, in the size of the tiny recipe."""
    from vireid.data import load_pixels, open_data
    from vireid.training import TrainingImages

    train = open_data(people).train
    return TrainingImages(load_pixels(train, (32, 16)), train.modality)


@pytest.fixture(scope="session")
def reranking_oracle() -> Callable[[np.ndarray, int], np.ndarray]:
    """Return a slow re-ranking in double precision, set by set from the paper's equations."""

    def compare(rows: np.ndarray, queries: int) -> np.ndarray:
        """Return 1 - d* of the first rows to the others."""
        count, k1, k2, weight = len(rows), 20, 6, 0.3
        products = rows @ rows.T
        np.fill_diagonal(products, 2)
        lists = np.argsort(-products, axis=1, kind="stable")

        def reciprocal(i: int, k: int) -> set[int]:
            return {j for j in lists[i, : k + 1].tolist() if i in lists[j, : k + 1]}

        soft = np.zeros((count, count))
        for i in range(count):
            wide = reciprocal(i, k1)
            expanded = set(wide)
            for j in wide:
                half = reciprocal(j, round(k1 / 2))
                if len(half & wide) > 2 / 3 * len(half):
                    expanded |= half
            members = sorted(expanded)
            soft[i, members] = np.exp(-(2 - 2 * rows[i] @ rows[members].T))
            soft[i] /= soft[i].sum()
        soft = np.array([soft[lists[i, :k2]].mean(axis=0) for i in range(count)])
        result = np.empty((queries, count - queries))
        for i in range(queries):
            for j in range(queries, count):
                jaccard = (
                    1 - np.minimum(soft[i], soft[j]).sum() / np.maximum(soft[i], soft[j]).sum()
                )
                cosine = 1 - rows[i] @ rows[j]
                result[i, j - queries] = 1 - (1 - weight) * jaccard - weight * cosine
        return result

    return compare
