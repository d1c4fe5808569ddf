"""A network that is opened once and embeds one batch of images after the other."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from vireid.config.evaluation import CentreWord, check_centre
from vireid.data.pixels.decoding import Pixels
from vireid.data.pixels.place import MEMORY
from vireid.data.pixels.spans import used_levels
from vireid.models.extract import extract
from vireid.models.passing import KeptFold, Passing
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.carried import carried_settings
from vireid.runs.centring import (
    statistics_of,
    training_statistics,
    warn_of_others,
    without_cameras,
)
from vireid.runs.fingerprints import centred_fingerprint, network_fingerprint
from vireid.runs.leveling import LevelWords, with_levels
from vireid.runs.machine import find_device
from vireid.runs.networks import Weights, open_network
from vireid.runs.reading import read_all, read_readable
from vireid.types import Images, Int, NamedStatistics


class Embedder:
    """Embeds images with the network of a run, which is read once.

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
        self._network = found.network.to(find_device(device)).eval()
        self.size = found.recipe.height, found.recipe.width
        """Height and width of its images."""
        self.levels = found.levels
        """What became black and white of its training images; None where they had 8 bits."""
        self.centre = found.recipe.centre
        """What the run's recipe takes off embeddings: training, own or none."""
        self.origin = found.origin
        """Which data it was trained on, as far as known."""
        self.file = found.file
        """The checkpoint."""
        self._where = run.folder if isinstance(run, Run) else run
        self._how = Passing(fold=KeptFold())
        self._made = network_fingerprint(self._network.state_dict(), self.size, found.levels)

    @cached_property
    def _settings(self) -> str | None:
        """What embeddings carry of the run's recipe."""
        return carried_settings(self._found.text, f"the recipe of {self._where}")

    def fingerprint(self, statistics: NamedStatistics | None) -> str:
        """Return what ``Gallery.network`` is of embeddings.

        Args:
            statistics: that are taken off them.

        Returns:
            The fingerprint.
        """
        return str(centred_fingerprint(self._made, statistics))

    def recipe_statistics(self) -> NamedStatistics | Literal["own"] | None:
        """Return what the run's recipe takes off embeddings.

        Returns:
            Statistics of the training images, ``own`` where they are to be made of the images that
            are embedded, None where nothing is taken off.
        """
        return _chosen(None, self._found)

    def with_levels(self, images: Images, levels: LevelWords = None) -> Images:
        """Return images that know what becomes black and white, found in the files where needed.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.

        Returns:
            The images with their levels.

        Raises:
            ConfigError: a word is unknown, or a camera is not there.
        """
        return with_levels(images, levels, self.levels)

    def embed(
        self,
        images: Images,
        *,
        levels: LevelWords = None,
        centre: CentreWord = None,
        cache: Path | str | None = None,
        progress: Progress = silent,
        train: Images | None = None,
    ) -> Gallery:
        """Embed images, all of which can be read.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.
            centre: as for ``vireid.embed``.
            cache: as for ``vireid.embed``.
            progress: shows how many images are read and embedded.
            train: the training images of the same data, where known.

        Returns:
            As ``vireid.embed``.

        Raises:
            DataError: an image cannot be read.
            CheckpointError: the run keeps no statistics.
        """
        images, given = self.with_levels(images, levels), _chosen(centre, self._found)
        pixels = read_all(images, self.size, cache, progress=progress)
        return self._embedded(images, pixels, given, progress, train)

    def embed_readable(
        self, images: Images, *, levels: LevelWords = None, centre: CentreWord = None
    ) -> tuple[Gallery, Int, tuple[str, ...]]:
        """Embed the images that can be read.

        Args:
            images: N images.
            levels: as for ``vireid.embed``.
            centre: as for ``vireid.embed``.

        Returns:
            The M images that can be read, embedded; which of the N they are, ascending; and why
            each of the others cannot.

        Raises:
            CheckpointError: the run keeps no statistics.
        """
        images, given = self.with_levels(images, levels), _chosen(centre, self._found)
        read = read_readable(images, self.size, MEMORY)
        gallery = self._embedded(images.subset(read.kept), read.pixels, given, silent)
        return gallery, np.asarray(read.kept, dtype=np.int64), read.problems

    def _embedded(
        self,
        images: Images,
        pixels: Pixels,
        given: NamedStatistics | Literal["own"] | None,
        progress: Progress,
        train: Images | None = None,
    ) -> Gallery:
        """Return images with what the network makes of their pixels."""
        found = self.embed_pixels(
            pixels, replace(images, levels=used_levels(images)), given, progress
        )
        if found.statistics is not None:
            warn_of_others(found.statistics, images, train)
        return found

    def embed_pixels(
        self,
        pixels: Pixels,
        images: Images,
        given: NamedStatistics | Literal["own"] | None,
        progress: Progress = silent,
    ) -> Gallery:
        """Embed images that are decoded already.

        Args:
            pixels: [N, H, W, 3] uint8 of the network's size.
            images: what is known of them.
            given: what is taken off their embeddings; ``own`` makes it of these.
            progress: shows how many are embedded.

        Returns:
            The images with their embeddings.

        Raises:
            DataError: an embedding is not finite, or statistics do not know a modality.
        """
        with progress("embedding") as tell:
            how, modality = self._how, images.modality
            embeddings = extract(self._network, pixels, modality, how=how, progress=tell)
        statistics = statistics_of(embeddings, images, "own") if given == "own" else given
        if statistics is not None:
            embeddings = without_cameras(embeddings, images, statistics)
        stage, (high, wide) = self._found.stage, self.size
        return Gallery(
            images,
            embeddings,
            self.fingerprint(statistics),
            f"{self._where}, stage {stage}, {high}x{wide}",
            self._settings,
            statistics,
        )


def _chosen(centre: CentreWord, found: Weights) -> NamedStatistics | Literal["own"] | None:
    """Return the statistics that are taken off, ``own`` where they are still to be made."""
    if isinstance(centre, NamedStatistics):
        return centre
    word = found.recipe.centre if centre is None else check_centre(centre)
    if word != "training":
        return "own" if word == "own" else None
    return training_statistics({"": found.file}, asked=centre is not None).get("")
