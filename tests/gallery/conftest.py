"""Embedded images that need no network, and stores of them."""

from pathlib import Path

import numpy as np
import pytest

from tests.gallery.fake_embedder import Colours
from tests.people import two_folders
from vireid.ranking import Gallery
from vireid.types import Embeddings, Images

SIZE = 16


def embedded(root: Path, count: int, *, seed: int = 100, network: str = "one") -> Gallery:
    """Return embeddings of images of several people, cameras and tracks, without files.

    Args:
        root: the folder below which the images would lie.
        count: how many.
        seed: of the embeddings.
        network: that is said to have made them.

    Returns:
        The images and their embeddings.
    """
    rng = np.random.default_rng(seed)
    person, camera = np.arange(count) // 4, np.arange(count) % 3
    vectors = rng.normal(size=(count // 4 + 1, SIZE))[person] + rng.normal(size=(count, SIZE)) / 2
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("f4")
    images = Images(
        root,
        tuple(f"secret-place/picture-{row:05d}.png" for row in range(count)),
        (camera == 2).astype(np.int64),
        camera,
        track=np.where(camera == 0, -1, np.arange(count) // 8),
        time=np.where(camera == 1, np.nan, 1e9 + 3600.0 * np.arange(count)),
        cameras={1: "gate's", 2: "Süd"},
        tracks={0: "first"},
    )
    return Gallery(images, Embeddings(vectors, images.modality), network, "by hand")


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Return 60 embedded images."""
    return embedded(tmp_path / "nowhere", 60)


@pytest.fixture
def store(tmp_path: Path, gallery: Gallery):
    """Return a store of these images in a folder."""
    pytest.importorskip("lancedb", reason="stores need the extra gallery")
    from vireid.gallery import create_gallery

    made = create_gallery(tmp_path / "store")
    made.add(gallery)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data set of 12 image files."""
    return two_folders(tmp_path / "people", people=3, shots=2)


@pytest.fixture
def seen(tmp_path: Path, folder: Path):
    """Return a store of these images, embedded by their colours."""
    pytest.importorskip("lancedb", reason="stores need the extra gallery")
    from vireid.gallery import AddOptions, create_gallery

    made = create_gallery(tmp_path / "seen")
    made.add(folder, Colours(), options=AddOptions(batch=5))
    return made
