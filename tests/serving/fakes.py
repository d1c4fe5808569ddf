"""A network that is no network, images, and a service over a small gallery."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from vireid.ranking import Gallery
from vireid.types import Embeddings, Images, Levels, NamedStatistics


@contextmanager
def released(event: threading.Event) -> Iterator[None]:
    """Let what waits for an event go on at the end, also where a test fails."""
    try:
        yield
    finally:
        event.set()


COLOURS = {"red": (200, 30, 30), "green": (30, 180, 60), "blue": (40, 60, 210)}
DAY = 1_700_000_000.0


@dataclass
class FakeEmbedding:
    """Embeds a picture by its mean colours in four stripes."""

    size: tuple[int, int] = (16, 8)
    levels: Levels | None = None
    made: str = "fake"
    batches: list[int] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event | None = None
    """What it waits for, where there is one."""

    def first_statistics(self) -> NamedStatistics | None:
        return None

    def network(self, statistics: NamedStatistics | None) -> str:
        assert statistics is None
        return self.made

    def embed(
        self, pixels: np.ndarray, images: Images, statistics: NamedStatistics | None
    ) -> Gallery:
        assert statistics is None
        self.batches.append(len(pixels))
        self.begun.set()
        assert self.go is None or self.go.wait(600)
        stripes = pixels.reshape(len(pixels), 4, 4, 8, 3).mean(axis=(2, 3)).reshape(-1, 12)
        rows = (stripes - 100).astype(np.float32) + 1e-3
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Gallery(images, Embeddings(rows, images.modality), self.made, "a fake")


def draw(colour: str = "red", number: int = 0, kind: str = "PNG", size=(20, 40)) -> bytes:
    """Return the file of an image of one colour with a little noise."""
    noise = np.random.default_rng((sum(map(ord, colour)), number)).normal(0, 12, (*size[::-1], 3))
    pixels = (np.array(COLOURS[colour]) + noise).clip(0, 255).astype(np.uint8)
    written = BytesIO()
    Image.fromarray(pixels).save(written, kind)
    return written.getvalue()


def fill(folder: Path) -> Images:
    """Write nine images of three people and return them: cameras, tracks and times are known."""
    folder.mkdir(parents=True)
    paths = []
    for colour in COLOURS:
        for number in range(3):
            paths.append(f"{colour} {number}.png")
            (folder / paths[-1]).write_bytes(draw(colour, number))
    person, number = np.divmod(np.arange(9), 3)
    return Images(
        folder,
        tuple(paths),
        np.where(number == 2, 1, 0),
        number + 1,
        track=person * 3 + np.minimum(number, 1),
        time=DAY + 60.0 * np.arange(9),
        levels=Levels(),
        cameras={1: "<b>gate</b>", 2: "yard", 3: "night'; DROP TABLE rows; --"},
    )


def pixels_of(images: Images, size: tuple[int, int]) -> np.ndarray:
    """Return the images as the network takes them."""
    from vireid.data import load_pixels

    return load_pixels(images, size, workers=1)
