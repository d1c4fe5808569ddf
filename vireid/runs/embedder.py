"""A network that is opened once and embeds one batch of images after the other."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from vireid.config.evaluation import CentreWord, check_centre
from vireid.data.pixels.decoding import Pixels
from vireid.data.pixels.place import MEMORY
from vireid.data.pixels.spans import used_levels
from vireid.observers import Progress, silent
from vireid.ranking import Gallery
from vireid.runs import Run
from vireid.runs.centring import statistics_of, warn_of_others, without_cameras
from vireid.runs.fingerprints import centred_fingerprint
from vireid.runs.leveling import LevelWords, with_levels
from vireid.runs.opened import Opened, open_model
from vireid.runs.reading import read_all, read_readable
from vireid.types import Images, Int, NamedStatistics


class Embedder:
    """Embeds images with the network of a run or of an export, which is read once.

    Args:
        run: a run, its folder, the file of a checkpoint, or the folder of an export, which needs
            no torch.
        stage: after which stage; the last finished one where not given. An export has only one.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.

    Raises:
        CheckpointError: the run or the stage is missing or damaged.
        ConfigError: the device does not exist here, or a stage is given with an export.
    """

    def __init__(
        self, run: Run | Path | str, stage: str | None = None, device: str = "auto"
    ) -> None:
        self._model = model = open_model(run, stage, device)
        self.size = model.size
        """Height and width of its images."""
        self.levels = model.levels
        """What became black and white of its training images; None where they had 8 bits."""
        self.centre = model.centre
        """What the run's recipe takes off embeddings: training, own or none."""
        self.origin = model.origin
        """Which data it was trained on, as far as known."""
        self.file = model.file
        """The checkpoint, or the file of an export."""

    def fingerprint(self, statistics: NamedStatistics | None) -> str:
        """Return what ``Gallery.network`` is of embeddings.

        Args:
            statistics: that are taken off them.

        Returns:
            The fingerprint.
        """
        return str(centred_fingerprint(self._model.network, statistics))

    def recipe_statistics(self) -> NamedStatistics | Literal["own"] | None:
        """Return what the run's recipe takes off embeddings.

        Returns:
            Statistics of the training images, ``own`` where they are to be made of the images that
            are embedded, None where nothing is taken off.
        """
        return _chosen(None, self._model)

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
        images, given = self.with_levels(images, levels), _chosen(centre, self._model)
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
        images, given = self.with_levels(images, levels), _chosen(centre, self._model)
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
            embeddings = self._model.embed(pixels, images.modality, tell)
        statistics = statistics_of(embeddings, images, "own") if given == "own" else given
        if statistics is not None:
            embeddings = without_cameras(embeddings, images, statistics)
        return Gallery(
            images,
            embeddings,
            self.fingerprint(statistics),
            self._model.words,
            self._model.labelling,
            statistics,
        )


def _chosen(centre: CentreWord, model: Opened) -> NamedStatistics | Literal["own"] | None:
    """Return the statistics that are taken off, ``own`` where they are still to be made."""
    if isinstance(centre, NamedStatistics):
        return centre
    word = model.centre if centre is None else check_centre(centre)
    if word != "training":
        return "own" if word == "own" else None
    return model.statistics(asked=centre is not None)
