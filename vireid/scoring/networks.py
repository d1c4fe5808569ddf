"""Networks + test images + protocol -> scores: every image is embedded once by each network."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vireid.config import Centre, Recipe
from vireid.data import DataFolder
from vireid.exporting.exported import Exported
from vireid.models import CrossModalNetwork
from vireid.models.extract import extract, extract_both, extract_with_mirror
from vireid.models.mirrored import averaged_rows
from vireid.observers import Progress, silent
from vireid.recipes import Outline
from vireid.runs.centring import without_cameras
from vireid.runs.fingerprints import network_fingerprint
from vireid.runs.machine import find_device
from vireid.runs.reading import Reading, read_all, read_training
from vireid.scoring.centred_names import CENTRED
from vireid.scoring.centring import PLAIN, Centring
from vireid.scoring.choice import known_truth
from vireid.scoring.contents import pixel_digests
from vireid.scoring.options import EvaluationOptions, Flip
from vireid.scoring.protocol import Protocol
from vireid.scoring.protocols import regdb
from vireid.scoring.scores import ProtocolScores, score
from vireid.scoring.tally import demand_matches
from vireid.types import Embeddings, Int, Levels, Modality, NamedStatistics, Tell


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
    """These statistics, of the last network; None where nothing was taken off."""

    @property
    def name(self) -> str:
        """The protocol's name, with what was done beside it."""
        return self.last.protocol

    @property
    def last(self) -> ProtocolScores:
        """Scores of the last network."""
        return list(self.results.values())[-1]


def score_networks(
    networks: Iterable[tuple[str, CrossModalNetwork | Exported]],
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

    Without and with mirror images, where both are asked for, an image is embedded as often as with
    them alone.

    Args:
        networks: names and networks or exports, at least one; taken one after the other.
        recipe: says the size of the images.
        data: its test part is embedded, every image once for each network.
        protocols: queries and galleries, at least one.
        options: mirror images, re-ranking, the device and the cache of decoded images.
        centring: whose statistics of cameras are taken off the embeddings.
        levels: of the training, for the fingerprint of the networks.
        progress: shows how far the reading and the embedding are.

    Returns:
        The scores of each protocol; where both are asked for, first all without mirror images.

    Raises:
        VireidError: a network or the data cannot be used.
    """
    truth, device = known_truth(data), find_device(options.device)
    for protocol in protocols:
        demand_matches(protocol, truth)
    size = (recipe.height, recipe.width)
    pixels = read_all(data.test, size, options.cache, progress=progress)
    asked = [(flip, protocol) for flip in options.flips() for protocol in protocols]
    results: list[dict[str, ProtocolScores]] = [{} for _ in asked]
    fingerprints: dict[str, str] = {}
    statistics: dict[bool, NamedStatistics | None] = {}
    for name, network in networks:
        fingerprints[name] = _fingerprint(network, size, levels)
        with progress(f"embedding, {name}") as tell:
            embedded = _embed(_on(network, device), pixels, data.test.modality, options.flip, tell)
        for flip, found in embedded.items():
            statistics[flip] = taken = centring.statistics(name, found, data.test)
            if taken is not None:
                embedded[flip] = without_cameras(found, data.test, taken)
        for (flip, protocol), scores in zip(asked, results, strict=True):
            named = replace(protocol, name=scored_name(protocol, flip=flip, centre=centring.centre))
            scores[name] = score(embedded[flip], truth, named, rerank=options.rerank)
    digests = pixel_digests(pixels)
    return [
        Scored(
            protocol,
            found,
            embedded[flip],
            fingerprints,
            digests,
            flip,
            options.rerank,
            centring.centre,
            statistics[flip],
        )
        for (flip, protocol), found in zip(asked, results, strict=True)
    ]


def scored_name(protocol: Protocol, *, flip: bool, centre: Centre = "none") -> str:
    """Return the name of a protocol with what is done to embeddings.

    Args:
        protocol: queries and galleries.
        flip: whether embeddings are averaged with those of mirror images.
        centre: whose statistics of cameras are taken off them.

    Returns:
        The name.
    """
    return f"{protocol.name}{', flip-averaged' * flip}{CENTRED[centre]}"


def _embed(
    network: CrossModalNetwork | Exported, pixels: Any, modality: Int, flip: Flip, tell: Tell
) -> dict[bool, Embeddings]:
    """Embed images; the embeddings lie under whether mirror images count."""
    if isinstance(network, Exported):
        plain = network.embed(pixels, modality, tell)
        if not flip:
            return {False: plain}
        averaged = averaged_rows(plain, network.embed(pixels[:, :, ::-1], modality, tell))
        return {False: plain, True: averaged}
    if flip == "both":
        plain, averaged = extract_both(network, pixels, modality, progress=tell)
        return {False: plain, True: averaged}
    embed = extract_with_mirror if flip else extract
    return {flip: embed(network, pixels, modality, progress=tell)}


def _on(network: CrossModalNetwork | Exported, device: str) -> CrossModalNetwork | Exported:
    """Bring a network to a device; an export is where it was opened."""
    return network if isinstance(network, Exported) else network.to(device)


def _fingerprint(
    network: CrossModalNetwork | Exported, size: tuple[int, int], levels: Levels | None
) -> str:
    """Return what tells a network from others; an export bears that of its network."""
    if isinstance(network, Exported):
        return network.facts.network
    return network_fingerprint(network.state_dict(), size, levels)


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
