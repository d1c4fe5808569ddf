"""What turns pictures into embeddings: a small protocol, and a run's network."""

from pathlib import Path
from typing import Protocol

from vireid.data.pixels.decoding import Pixels
from vireid.errors import ConfigError
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.embedder import Embedder
from vireid.types import Images, Levels, NamedStatistics


class Embedding(Protocol):
    """A network that embeds pictures; called by one thread."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of its images."""
        ...

    @property
    def levels(self) -> Levels | None:
        """What became black and white of its training images; None where they had 8 bits."""
        ...

    def first_statistics(self) -> NamedStatistics | None:
        """Return what is taken off the first images of an empty gallery."""
        ...

    def network(self, statistics: NamedStatistics | None) -> str:
        """Return the fingerprint of embeddings.

        Args:
            statistics: that are taken off them.

        Returns:
            As ``Gallery.network``.
        """
        ...

    def embed(self, pixels: Pixels, images: Images, statistics: NamedStatistics | None) -> Gallery:
        """Embed pictures.

        Args:
            pixels: [N, H, W, 3] uint8.
            images: what is known of them.
            statistics: what is taken off.

        Returns:
            The images with their embeddings.

        Raises:
            DataError: an embedding is not finite, or statistics do not know a modality.
        """
        ...


class RunEmbedding:
    """The network of a run.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        stage: after which stage; the last finished one where not given.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.

    Raises:
        CheckpointError: the run or the stage is missing or damaged.
        ConfigError: the device does not exist here.
    """

    def __init__(
        self, run: Run | Path | str, stage: str | None = None, device: str = "auto"
    ) -> None:
        self._embedder = Embedder(run, stage, device)
        self.size, self.levels = self._embedder.size, self._embedder.levels

    def first_statistics(self) -> NamedStatistics | None:
        """Return what is taken off the first images of an empty gallery: as the recipe says.

        Raises:
            ConfigError: the recipe centres images by their own means, which one by one have none.
        """
        found = self._embedder.recipe_statistics()
        if found == "own":
            raise ConfigError(
                "the run's recipe centres images by their own means, and the gallery is empty; add "
                "the first ones by: vireid gallery add --centre training (or none)"
            )
        return found

    def network(self, statistics: NamedStatistics | None) -> str:
        """Return the fingerprint of embeddings; see ``Embedding``.

        Args:
            statistics: that are taken off them.
        """
        return self._embedder.fingerprint(statistics)

    def embed(self, pixels: Pixels, images: Images, statistics: NamedStatistics | None) -> Gallery:
        """Embed pictures; see ``Embedding``.

        Args:
            pixels: [N, H, W, 3] uint8.
            images: what is known of them.
            statistics: what is taken off.
        """
        return self._embedder.embed_pixels(pixels, images, statistics)
