"""Networks + test images + protocol -> scores: every image is embedded once by each network."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vireid.config import Centre, Recipe
from vireid.data import DataFolder
from vireid.models import CrossModalNetwork
from vireid.models.extract import extract, extract_with_mirror
from vireid.observers import Progress, silent
from vireid.recipes import Outline
from vireid.runs.centring import without_cameras
from vireid.runs.fingerprints import network_fingerprint
from vireid.runs.machine import find_device
from vireid.runs.reading import Reading, read_all, read_training
from vireid.scoring.centring import PLAIN, Centring
from vireid.scoring.choice import known_truth
from vireid.scoring.contents import pixel_digests
from vireid.scoring.options import EvaluationOptions
from vireid.scoring.protocol import Protocol
from vireid.scoring.protocols import regdb
from vireid.scoring.scores import ProtocolScores, score
from vireid.scoring.tally import demand_matches
from vireid.types import Embeddings, Levels, Modality, NamedStatistics


@dataclass(frozen=True)
class Scored:
    """Scores of one network or several."""

    protocol: Protocol
    """Under its whole name."""
    results: dict[str, ProtocolScores]
    """By the name of the network, at least one."""
    embeddings: Embeddings
    """Of the last network."""
    networks: Mapping[str, str]
    """Fingerprints of the networks, or of the features, by name."""
    digests: tuple[bytes | None, ...] | None = None
    """Of the pixels of the test images; None where they were not read."""
    flip: bool = False
    """Whether embeddings are averaged with those of mirror images."""
    rerank: bool = False
    """Whether the lists are re-ranked."""
    centre: Centre = "none"
    """Whose statistics of cameras were taken off the embeddings."""
    statistics: NamedStatistics | None = None
    """These statistics, of the last network; None where nothing was taken off here."""

    @property
    def name(self) -> str:
        """The protocol's name, with what was done beside it."""
        return self.last.protocol

    @property
    def last(self) -> ProtocolScores:
        """Scores of the last network."""
        return list(self.results.values())[-1]


def score_networks(
    networks: Iterable[tuple[str, CrossModalNetwork]],
    recipe: Recipe | Outline,
    data: DataFolder,
    protocols: Sequence[Protocol],
    options: EvaluationOptions,
    *,
    centring: Centring = PLAIN,
    levels: Levels | None = None,
    progress: Progress = silent,
) -> list[Scored]:
    """Embed the test images with each network, and score them by each protocol.

    Args:
        networks: names and networks, at least one; taken one after the other.
        recipe: says the size of the images.
        data: its test part is embedded, every image once for each network.
        protocols: queries and galleries, at least one.
        options: mirror images, re-ranking, the device and the cache of decoded images.
        centring: whose statistics of cameras are taken off the embeddings.
        levels: of the training, for the fingerprint of the networks.
        progress: shows how far the reading and the embedding are.

    Returns:
        The scores of each protocol.

    Raises:
        VireidError: a network or the data cannot be used.
    """
    truth, device = known_truth(data), find_device(options.device)
    for protocol in protocols:
        demand_matches(protocol, truth)
    size = (recipe.height, recipe.width)
    pixels = read_all(data.test, size, options.cache, progress=progress)
    embed = extract_with_mirror if options.flip else extract
    results: list[dict[str, ProtocolScores]] = [{} for _ in protocols]
    fingerprints, statistics = {}, None
    more = f"{', flip-averaged' * options.flip}{centring.words}"
    for name, network in networks:
        fingerprints[name] = network_fingerprint(network.state_dict(), size, levels)
        with progress(f"embedding, {name}") as tell:
            embeddings = embed(network.to(device), pixels, data.test.modality, progress=tell)
        statistics = centring.statistics(name, embeddings, data.test)
        if statistics is not None:
            embeddings = without_cameras(embeddings, data.test, statistics)
        for protocol, found in zip(protocols, results, strict=True):
            named = replace(protocol, name=f"{protocol.name}{more}")
            found[name] = score(embeddings, truth, named, rerank=options.rerank)
    digests = pixel_digests(pixels)
    return [
        Scored(
            protocol,
            found,
            embeddings,
            fingerprints,
            digests,
            options.flip,
            options.rerank,
            centring.centre,
            statistics,
        )
        for protocol, found in zip(protocols, results, strict=True)
    ]


def training_precision(
    network: CrossModalNetwork, recipe: Recipe, data: DataFolder, *, device: str = "cpu"
) -> float | None:
    """Search for every infrared training image among all visible ones, the rule of RegDB.

    Settings may be chosen by this number, as they may not by test scores.

    Args:
        network: after a training.
        recipe: says the size of the images.
        data: its training part is embedded; unreadable images are left out.
        device: where to embed.

    Returns:
        mAP in percent; None where identities are unknown or nobody is seen in both modalities.
    """
    data, pixels = read_training(data, (recipe.height, recipe.width), Reading())
    truth, modality = data.train_truth, data.train.modality
    if truth is None:
        return None
    seen = [truth.identities[modality == side] for side in Modality]
    if not np.intersect1d(*seen).size:
        return None
    embeddings = extract(network.to(device), pixels, modality)
    protocol = regdb(data.train, truth, direction="infrared-to-visible")
    return score(embeddings, truth, protocol).table()["mAP"]
