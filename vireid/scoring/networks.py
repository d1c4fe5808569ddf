"""Networks + test images + protocol -> scores: every image is embedded once by each network."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.models import CrossModalNetwork
from vireid.models.extract import extract, extract_with_mirror
from vireid.observers import Progress, silent
from vireid.recipes import Outline
from vireid.runs.machine import find_device
from vireid.runs.reading import Reading, read_all, read_training
from vireid.scoring.choice import known_truth
from vireid.scoring.options import EvaluationOptions
from vireid.scoring.protocol import Protocol
from vireid.scoring.protocols import regdb
from vireid.scoring.scores import ProtocolScores, score
from vireid.types import Embeddings, Modality


@dataclass(frozen=True)
class Scored:
    """Scores of one network or several."""

    protocol: Protocol
    """Under its whole name."""
    results: dict[str, ProtocolScores]
    """By the name of the network, at least one."""
    embeddings: Embeddings
    """Of the last network."""

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
    protocol: Protocol,
    options: EvaluationOptions,
    *,
    progress: Progress = silent,
) -> Scored:
    """Embed the test images with each network, and score them.

    Args:
        networks: names and networks, at least one; taken one after the other.
        recipe: says the size of the images.
        data: its test part is embedded, every image once for each network.
        protocol: queries and galleries.
        options: mirror images, re-ranking, the device and the cache of decoded images.
        progress: shows how far the reading and the embedding are.

    Returns:
        The scores.

    Raises:
        VireidError: a network or the data cannot be used.
    """
    truth, device = known_truth(data), find_device(options.device)
    pixels = read_all(data.test, (recipe.height, recipe.width), options.cache, progress=progress)
    if options.flip:
        protocol = replace(protocol, name=f"{protocol.name}, flip-averaged")
    embed = extract_with_mirror if options.flip else extract
    results: dict[str, ProtocolScores] = {}
    for name, network in networks:
        with progress(f"embedding, {name}") as tell:
            embeddings = embed(network.to(device), pixels, data.test.modality, progress=tell)
        results[name] = score(embeddings, truth, protocol, rerank=options.rerank)
    return Scored(protocol, results, embeddings)


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
