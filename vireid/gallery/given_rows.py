"""Embeddings that come from a file or from memory, and what is known of them beside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.gallery.incoming import Incoming, contents_of, incoming
from vireid.ranking import Gallery
from vireid.types import Int


@dataclass(frozen=True)
class GivenRows:
    """N embeddings that are added as they are."""

    gallery: Gallery
    """The embeddings, and where their images lie."""
    keys: tuple[str, ...] | None = None
    """N keys, as a dump has them."""
    contents: tuple[str, ...] | None = None
    """N digests of the files that were embedded, as a dump has them; empty where unknown."""
    expires: NDArray[np.float64] | None = None
    """[N] when each expires, seconds since 1970 in UTC, as a dump has it; NaN where it does
    not say it."""
    made: float | None = None
    """When the file of the embeddings was written: image files that are younger are not what was
    embedded. None where the images' files are as they were."""

    def __len__(self) -> int:
        return len(self.gallery)

    def part(self, rows: Int) -> Incoming:
        """Return some rows on their way into a store.

        Args:
            rows: [M] which.

        Returns:
            M rows. Where no dump says what their files held, the files at hand are digested.
        """
        gallery, chosen = self.gallery.subset(rows), rows.tolist()
        if self.contents is None:
            contents = contents_of(gallery.images, self.made)
        else:
            contents = [self.contents[row] for row in chosen]
        keys = None if self.keys is None else [self.keys[row] for row in chosen]
        return incoming(
            gallery, contents, keys, None if self.expires is None else self.expires[rows]
        )
