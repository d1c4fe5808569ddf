"""Embeds image files by their colours: no network is needed."""

from dataclasses import replace

import numpy as np
from PIL import Image

from vireid.ranking import Gallery
from vireid.types import Embeddings, Images, Levels


class Colours:
    """Embeds images by their mean colours in a grid, turned by a matrix that is its network.

    Args:
        network: its fingerprint.
        seed: of the matrix.
    """

    def __init__(self, network: str = "colours", seed: int = 100) -> None:
        self.network = network
        self.turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(24, 24)))[0]

    def with_levels(self, images, levels=None):
        return replace(images, levels=levels if isinstance(levels, Levels) else Levels())

    def embed_readable(self, images: Images, *, levels=None, centre=None):
        assert levels is None or isinstance(levels, Levels)
        assert centre in (None, "none")
        rows, kept, problems = [], [], []
        for row, path in enumerate(images.paths):
            try:
                with Image.open(images.root / path) as picture:
                    small = np.asarray(picture.convert("RGB").resize((2, 4)), dtype=np.float64)
            except OSError as error:
                problems.append(f"{path}: {error}")
                continue
            kept.append(row)
            rows.append((small.reshape(-1) + 1) @ self.turned)
        vectors = np.array(rows).reshape(len(kept), 24)
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        found = images.subset(kept)
        embeddings = Embeddings(vectors.astype("f4"), found.modality)
        kept_rows = np.array(kept, dtype=np.int64)
        return Gallery(found, embeddings, self.network, "colours"), kept_rows, tuple(problems)
