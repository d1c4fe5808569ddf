"""What is said of images that are added to a store, and who embeds them."""

from dataclasses import dataclass, field
from typing import Protocol

from vireid.config.evaluation import CentreWord
from vireid.errors import ConfigError
from vireid.gallery.incoming import Terms
from vireid.ranking import Gallery
from vireid.runs.leveling import LevelWords
from vireid.types import Images, Int

NOT_OWN = (
    "centre is own, and a store that grows has no images of its own to centre by once and for all; "
    "say training or none, or add embeddings that are centred already"
)


class Embeds(Protocol):
    """Turns images into embeddings, such as ``runs.embedder.Embedder``."""

    def with_levels(self, images: Images, levels: LevelWords = None) -> Images:
        """Return images that know what becomes black and white.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.

        Returns:
            The images with their levels.
        """
        ...

    def embed_readable(
        self, images: Images, *, levels: LevelWords = None, centre: CentreWord = None
    ) -> tuple[Gallery, Int, tuple[str, ...]]:
        """Embed the images that can be read.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.
            centre: as for ``vireid.embed``.

        Returns:
            Those that can be read, embedded, in their order; which M of the N they are, ascending;
            and why each of the others cannot.
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
    """As for ``vireid.embed``; those of the store come first."""
    centre: CentreWord = None
    """What is taken off the first images of a store, as for ``vireid.embed`` but never ``own``; all
    others are centred as these."""
    terms: Terms = field(default_factory=Terms)
    """When rows expire, and what stands before the names of tracks."""
    batch: int = 256
    """Images that are embedded, and become part of the store, at once."""

    def __post_init__(self) -> None:
        """Refuse what cannot be done."""
        if self.batch < 1:
            raise ConfigError(f"batch is {self.batch}; expected at least 1")
        if self.centre == "own":
            raise ConfigError(NOT_OWN)


DEFAULT = AddOptions()
"""Nothing is said."""
