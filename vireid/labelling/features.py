"""Features of any origin -> cluster labels, as a training makes them of its embeddings."""

import warnings
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from vireid.cluster import Search, balanced_neighbours, modal_neighbours, nearest_neighbours
from vireid.cluster.rows import checked_modality
from vireid.errors import ConfigError, DataError
from vireid.labelling.clustering import BALANCED, ClusteringConfig, cluster_rows
from vireid.labelling.doubts import doubts
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.settings import read_settings
from vireid.labelling.sized import sized
from vireid.labelling.usable import usable_rows
from vireid.types import (
    NOISE,
    Embeddings,
    Float,
    Int,
    Known,
    Labelling,
    Modality,
    PseudoLabels,
)

MATCHED = "matched"


@dataclass(frozen=True)
class Found:
    """What a clustering of N features gave."""

    labels: Int
    """[N] 0 .. C-1, -1 for noise and for images that were not clustered."""
    chosen: Int
    """[M] which of the N were clustered."""
    embeddings: Embeddings
    """Of the M; all visible where the modality is unknown."""
    labelling: Labelling
    """Label spaces over the M, without trust: the one wanted, and those it was matched from."""
    config: ClusteringConfig
    """Neighbours and DBSCAN, as they were used."""


def label(
    vectors: Embeddings | Float,
    modality: Int | None = None,
    *,
    only: Modality | None = None,
    match: bool = False,
    settings: MultiMemoryMatching | None = None,
    k1: int | None = None,
    k2: int | None = None,
    eps: float | None = None,
    min_samples: int | None = None,
    normalise: bool = False,
    search: Search | None = None,
) -> Int:
    """Cluster features: k-reciprocal Jaccard distance and DBSCAN, without an N x N matrix.

    Neighbours that are not given are those of the settings, lowered where the images are few
    (``labelling.sized``): 30 and 6 suit the 22,258 visible images of SYSU-MM01, and make one heap
    of a thousand.

    Args:
        vectors: [N, D] rows of unit length, or embeddings or a gallery, which know their
            modality; not modified.
        modality: [N] 0 visible, 1 infrared, where known; with both in it, each image's
            neighbours are sought in either modality.
        only: cluster the images of one modality, which is then to be known.
        match: cluster each modality by itself and join clusters of both as a training does, by
            the matching of the settings; both modalities are then to be there.
        settings: of a training; those that a gallery carries, or those of the literature, where
            not given.
        k1: reciprocal neighbours, at least 1.
        k2: neighbours whose distances are averaged, at least 1.
        eps: largest distance of neighbours of DBSCAN, in (0, 1); 0.6 if nothing else is set.
        min_samples: images that make a cluster's core, at least 1; 4 if nothing else is set.
        normalise: bring rows to unit length instead of refusing others.
        search: backend, device, threads and progress of the neighbour search.

    Returns:
        Labels [N] int64, 0 .. C-1, and -1 for noise and for images of the other modality. What is
        doubtful in them, such as a single cluster, is a warning.

    Raises:
        DataError: rows that are not finite or not of unit length, or a modality that does not fit.
        ConfigError: a setting is out of range, or ``only`` or ``match`` lack a modality.

    >>> rows = np.eye(2)[[0, 0, 0, 1, 1, 1]]
    >>> label(rows, k1=3, k2=1, min_samples=2)
    array([0, 0, 0, 1, 1, 1])
    """
    found = find_labels(
        vectors, modality, only=only, match=match, settings=settings, k1=k1, k2=k2, eps=eps,
        min_samples=min_samples, normalise=normalise, search=search,
    )  # fmt: skip
    labels, rows = found.labels[found.chosen], found.embeddings.vectors
    for doubt in doubts(labels, found.config, rows=rows, matched=match):
        warnings.warn(doubt, stacklevel=2)
    return found.labels


def find_labels(
    vectors: Embeddings | Float,
    modality: Int | None = None,
    *,
    only: Modality | None = None,
    match: bool = False,
    settings: MultiMemoryMatching | None = None,
    k1: int | None = None,
    k2: int | None = None,
    eps: float | None = None,
    min_samples: int | None = None,
    normalise: bool = False,
    search: Search | None = None,
) -> Found:
    """Cluster features as ``label`` does, and tell what the labels were made of.

    Args:
        vectors: as for ``label``.
        modality: as for ``label``.
        only: as for ``label``.
        match: as for ``label``.
        settings: as for ``label``.
        k1: as for ``label``.
        k2: as for ``label``.
        eps: as for ``label``.
        min_samples: as for ``label``.
        normalise: as for ``label``.
        search: as for ``label``.

    Returns:
        Labels, label spaces and settings.

    Raises:
        DataError: as for ``label``.
        ConfigError: as for ``label``.
    """
    rows, modality, carried = _given(vectors, modality)
    modality = None if modality is None else _whole(modality, len(rows))
    chosen = _chosen(len(rows), modality, only)
    side = None if modality is None else modality[chosen]
    both = side is not None and len(np.unique(side)) == len(Modality)
    if match and not both:
        raise ConfigError("matching joins visible and infrared clusters; expected images of both")
    settings = settings or (read_settings(carried) if carried else MultiMemoryMatching())
    usual = settings.mixed if both and not match else settings.single
    largest = int(np.bincount(side).max()) if match and side is not None else len(chosen)
    given = {"k1": k1, "k2": k2, "eps": eps, "min_samples": min_samples}
    config = _config(usual, given, largest, mixed=both and not match)
    known = np.zeros(len(chosen), dtype=np.int64) if side is None else side
    embeddings = Embeddings(usable_rows(rows, chosen, normalise=normalise), known)
    how = search or Search()
    if match:
        labelling = _matched(embeddings, replace(settings, single=config), how)
    else:
        labelling = _clustered(embeddings, config, how, both=both, only=only)
    labels = np.full(len(rows), NOISE, dtype=np.int64)
    labels[chosen] = list(labelling.spaces.values())[-1].labels
    return Found(labels, chosen, embeddings, labelling, config)


def _given(
    vectors: Embeddings | Float, modality: Int | None
) -> tuple[Float, Int | None, str | None]:
    """Return rows, their modality, and the settings of labelling that a gallery carries."""
    given = getattr(vectors, "embeddings", vectors)  # of a gallery, which knows its images too
    if isinstance(given, Embeddings):
        return given.vectors, given.modality, getattr(vectors, "labelling", None)
    if isinstance(given, np.ndarray):
        return given, modality, None
    raise DataError(
        f"features are of type {type(given).__name__}; expected an array [N, D], embeddings or "
        "a gallery"
    )


def _whole(modality: Int, count: int) -> Int:
    """Return a modality as whole numbers, whatever kind of numbers it is given as."""
    given = np.asarray(modality)
    if given.dtype.kind not in "biuf":
        raise DataError(
            f"modality is of type {given.dtype}; expected 0 (visible) or 1 (infrared) for each of "
            f"{count} rows"
        )
    return checked_modality(given, count).astype(np.int64)


def _chosen(count: int, modality: Int | None, only: Modality | None) -> Int:
    """Return which of N images are clustered [M]."""
    if only is None:
        return np.arange(count)
    if modality is None:
        raise ConfigError(f"only {only.name.lower()} images are wanted; expected their modality")
    return np.flatnonzero(modality == only)


def _config(
    usual: ClusteringConfig, given: dict[str, float | None], count: int, *, mixed: bool
) -> ClusteringConfig:
    """Return the settings of a clustering: what is given, else what is usual for so many images."""
    usual = sized(usual, count, mixed=mixed) if given["k1"] is None else usual
    said = {name: value for name, value in given.items() if value is not None}
    return replace(usual, **said)  # type: ignore[arg-type]


def _clustered(
    embeddings: Embeddings,
    config: ClusteringConfig,
    search: Search,
    *,
    both: bool,
    only: Modality | None,
) -> Labelling:
    """Cluster all rows together."""
    rows, modality = embeddings.vectors, embeddings.modality if both else None
    if modality is not None and config.neighbours == BALANCED:
        near = balanced_neighbours(rows, modality, config.k1, search=search)
    else:
        near = nearest_neighbours(rows, config.k1, search=search)
    labels = cluster_rows(rows, config, near, modality)
    name = "mixed" if only is None else only.name.lower()
    return Labelling({name: PseudoLabels(labels, modality=only)})


def _matched(embeddings: Embeddings, settings: MultiMemoryMatching, search: Search) -> Labelling:
    """Cluster each modality by itself, all of its images, and join the clusters as a training."""
    return replace(settings, subset=1.0).label(
        embeddings,
        Known(embeddings.modality),
        {MATCHED: replace(settings.spaces()[MATCHED], confidence=False)},
        generator=np.random.default_rng(0),
        search=partial(modal_neighbours, search=search),
    )
