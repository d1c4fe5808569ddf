"""Whose statistics of cameras are taken off the embeddings of test images."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vireid.config import Centre
from vireid.config.evaluation import check_centre
from vireid.errors import ConfigError
from vireid.recipes import Outline
from vireid.runs.centring import statistics_of, training_statistics
from vireid.runs.opened_export import OpenedExport
from vireid.scoring.centred_names import CENTRED, centred_words
from vireid.types import Embeddings, Images, NamedStatistics


@dataclass(frozen=True)
class Centring:
    """Whose statistics are taken off embeddings, and where they are from."""

    centre: Centre = "none"
    """Whose they are; ``own`` are those of all test images."""
    kept: Mapping[str, NamedStatistics] = field(default_factory=dict)
    """Those of the training images, by the name of the network."""
    done: NamedStatistics | None = None
    """What has been taken off embeddings before they were given; None where nothing has."""

    def words(self, images: Images) -> str:
        """Return what the name of a protocol says of it.

        Args:
            images: the test images.

        Returns:
            A phrase behind a comma, or nothing.
        """
        return CENTRED[self.centre] if self.done is None else centred_words(self.done, images)

    def statistics(
        self, name: str, embeddings: Embeddings, images: Images
    ) -> NamedStatistics | None:
        """Return what is to be taken off embeddings.

        Args:
            name: of the network.
            embeddings: [N, D] of the test images by that network.
            images: the N test images.

        Returns:
            Statistics of the cameras; None where nothing is to be taken off.
        """
        if self.centre == "none" or self.done is not None:
            return None
        return self.kept[name] if self.kept else statistics_of(embeddings, images, "own")


PLAIN = Centring()
"""Nothing is taken off."""


def network_centring(asked: Centre | None, outline: Outline, files: Mapping[str, Path]) -> Centring:
    """Return whose statistics are taken off the embeddings of a run, or of weights.

    Args:
        asked: what the user wants; as the recipe says where None.
        outline: of its recipe.
        files: the checkpoints that are evaluated, by stage.

    Returns:
        It; nothing where the recipe wants statistics that the training could not know.

    Raises:
        ConfigError: the word is unknown.
        CheckpointError: what is asked for is not kept.
    """
    centre = outline.centre if asked is None else check_centre(asked)
    if centre != "training":
        return Centring(centre)
    kept = training_statistics(files, asked=asked is not None)
    return Centring(centre, kept) if kept else PLAIN


def export_centring(asked: Centre | None, export: OpenedExport) -> Centring:
    """Return whose statistics are taken off the embeddings of an export.

    Args:
        asked: what the user wants; as the recipe of its network says where None.
        export: the export.

    Returns:
        It.

    Raises:
        ConfigError: the word is unknown.
        CheckpointError: what is asked for was not exported.
    """
    centre = export.centre if asked is None else check_centre(asked)
    if centre != "training":
        return Centring(centre)
    found = export.statistics(asked=asked is not None)
    return PLAIN if found is None else Centring(centre, {export.stage: found})


def features_centring(asked: Centre | None, name: str, given: NamedStatistics | None) -> Centring:
    """Return whose statistics are taken off features, or have been.

    Args:
        asked: what the user wants; nothing more where None.
        name: what the features are called, for messages.
        given: the statistics that have been taken off; None where none have.

    Returns:
        It.

    Raises:
        ConfigError: the word is unknown, the features are centred otherwise, or are to be centred
            by what only a run knows.
    """
    centre = asked if asked is None else check_centre(asked)
    if given is not None:
        if centre not in (None, given.of):
            raise ConfigError(
                f"--centre {centre}: {name} is centred already, by {given.words}: leave the option "
                "out, or embed again"
            )
        return Centring(given.of, done=given)
    if centre == "training":
        raise ConfigError(
            f"--centre training: {name} holds no statistics of training images: give the run in "
            "its place, or say --centre training to `vireid embed`"
        )
    return Centring(centre or "none")
