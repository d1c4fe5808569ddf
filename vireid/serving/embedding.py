"""What turns pictures into embeddings: a small protocol, and a run's network."""

from pathlib import Path
from typing import Protocol

from vireid.config.evaluation import check_centre
from vireid.data.pixels.decoding import Pixels
from vireid.errors import ConfigError
from vireid.models.extract import extract
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.centring import training_statistics, without_cameras
from vireid.runs.fingerprints import centred_fingerprint, network_fingerprint
from vireid.runs.machine import find_device
from vireid.runs.networks import open_network
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
        self._found = found = open_network(run, stage)
        self._network = found.network.to(find_device(device))
        self.size = found.recipe.height, found.recipe.width
        self.levels = found.levels
        self._made = network_fingerprint(self._network.state_dict(), self.size, found.levels)
        where = run.folder if isinstance(run, Run) else run
        self._source = f"{where}, stage {found.stage}, {self.size[0]}x{self.size[1]}"

    def first_statistics(self) -> NamedStatistics | None:
        """Return what is taken off the first images of an empty gallery: as the recipe says.

        Raises:
            ConfigError: the recipe centres images by their own means, which one by one have none.
        """
        word = check_centre(self._found.recipe.centre)
        if word == "own":
            raise ConfigError(
                "the run's recipe centres images by their own means, and the gallery is empty; add "
                "the first ones by: vireid gallery add --centre training (or none)"
            )
        if word == "none":
            return None
        return training_statistics({"": self._found.file}, asked=False).get("")

    def network(self, statistics: NamedStatistics | None) -> str:
        """Return the fingerprint of embeddings; see ``Embedding``.

        Args:
            statistics: that are taken off them.
        """
        return str(centred_fingerprint(self._made, statistics))

    def embed(self, pixels: Pixels, images: Images, statistics: NamedStatistics | None) -> Gallery:
        """Embed pictures; see ``Embedding``.

        Args:
            pixels: [N, H, W, 3] uint8.
            images: what is known of them.
            statistics: what is taken off.
        """
        embeddings = extract(self._network, pixels, images.modality)
        if statistics is not None:
            embeddings = without_cameras(embeddings, images, statistics)
        made = self.network(statistics)
        return Gallery(images, embeddings, made, self._source, None, statistics)
