"""What is added to a store -> embedded images, a batch after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from vireid.config.evaluation import CentreWord
from vireid.data.digests import digest_file
from vireid.data.find_images import find_images
from vireid.errors import ConfigError
from vireid.gallery.adding import Added, Adding
from vireid.gallery.head import Head
from vireid.gallery.incoming import Terms, incoming
from vireid.ranking import Gallery, load_gallery
from vireid.runs.leveling import LevelWords
from vireid.types import Images


class Embeds(Protocol):
    """Turns images into embeddings; see ``runs.Embedder``."""

    def embed_readable(
        self, images: Images, *, levels: LevelWords = None, centre: CentreWord = None
    ) -> tuple[Gallery, tuple[str, ...]]:
        """Embed the images that can be read.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.
            centre: as for ``vireid.embed``.

        Returns:
            Those that can be read, embedded; and why the others cannot.
        """
        ...


@dataclass(frozen=True)
class AddOptions:
    """What is said of images that are added."""

    modality: str | None = None
    """Visible or infrared: what a plain folder or an image shows."""
    camera: str | None = None
    """The name of the camera of a plain folder or an image."""
    part: str = "all"
    """all, train or test: which part of a data set."""
    network: str | None = None
    """The network of embeddings that do not say it."""
    levels: LevelWords = None
    """As for ``vireid.embed``; those of the store where it has some."""
    centre: CentreWord = None
    """As for ``vireid.embed``; as the store where it has rows."""
    terms: Terms = field(default_factory=Terms)
    """When rows expire, and what stands before the names of tracks."""
    batch: int = 512
    """Images that are embedded, and become part of the store, at once."""


DEFAULT = AddOptions()


def additions(
    source: Gallery | Images | Path | str,
    embedder: Embeds | None,
    options: AddOptions,
    head: Callable[[], Head],
    adding: Adding,
) -> Iterator[tuple[int, Added]]:
    """Add what a source holds, a batch after the other.

    Args:
        source: as for ``Store.add``.
        embedder: embeds images.
        options: what is said of them.
        head: what the store says of itself now.
        adding: puts rows into the store.

    Yields:
        How many images there are, and what has become of some of them.
    """
    if not isinstance(source, Gallery | Images):
        source = _found(Path(source), options)
    if isinstance(source, Gallery):
        for start in range(0, len(source), CHUNK):
            rows = np.arange(start, min(start + CHUNK, len(source)))
            part = source.subset(rows)
            for done in adding.put(incoming(part, contents_of(part.images))):
                yield len(source), done
        return
    raise ConfigError("images are not yet added")


def _found(path: Path, options: AddOptions) -> Gallery | Images:
    if path.suffix.lower() == ".npz":
        return load_gallery(path)
    return find_images(path, options.modality, options.part, camera=options.camera)


CHUNK = 8192


def contents_of(images: Images) -> list[str]:
    """Return the digests of the files of images, empty where there is none."""
    if not images.root.is_dir() or images.root == Path():
        return [""] * len(images)
    found = []
    for path in images.paths:
        try:
            found.append(digest_file(images.root / path).hex())
        except OSError:
            found.append("")
    return found
