"""Features of any origin -> cluster labels, as a training makes them of its embeddings."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import Neighbours, Search, modal_neighbours, nearest_neighbours
from vireid.errors import ConfigError
from vireid.labelling.clustering import ClusteringConfig
from vireid.labelling.doubts import doubts
from vireid.labelling.given import Given, given
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.settings import read_settings
from vireid.labelling.sized import sized
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
    idle: tuple[str, ...] = ()
    """What the settings ask for and cannot be had of these features, a line each."""


def label(
    vectors: Embeddings | Float,
    modality: Int | Known | None = None,
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
            modality; not modified. What was taken off those of a gallery (``embed``'s
            ``centre``) is given back first: the settings say what labels are made without.
        modality: [N] 0 visible, 1 infrared, where known, or all that is known (``types.Known``:
            cameras, tracks and times too); not beside a gallery, which knows it itself. With both
            in it, each image's neighbours are sought in either modality.
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
        doubtful in them, such as a single cluster, is a warning, and so are settings that do not
        count, as those of cameras where none is known.

    Raises:
        DataError: rows that are not finite or not of unit length, or a modality that does not fit.
        ConfigError: a setting is out of range, ``only`` or ``match`` lack a modality, or one is
            given that the features know themselves.

    >>> rows = np.eye(2)[[0, 0, 0, 1, 1, 1]]
    >>> label(rows, k1=3, k2=1, min_samples=2)
    array([0, 0, 0, 1, 1, 1])
    """
    found = find_labels(
        vectors, modality, only=only, match=match, settings=settings, k1=k1, k2=k2, eps=eps,
        min_samples=min_samples, normalise=normalise, search=search,
    )  # fmt: skip
    labels, rows = found.labels[found.chosen], found.embeddings.vectors
    for doubt in (*found.idle, *doubts(labels, found.config, rows=rows, matched=match)):
        warnings.warn(doubt, stacklevel=2)
    return found.labels


def find_labels(
    vectors: Embeddings | Float | Given,
    modality: Int | Known | None = None,
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
        vectors: as for ``label``, or what ``given.of_file`` returned.
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
    features = given(vectors, modality)
    chosen = features.chosen(only)
    known = None if features.known is None else features.known.subset(chosen)
    side = None if known is None else known.modality
    both = side is not None and len(np.unique(side)) == len(Modality)
    if match and not both:
        raise ConfigError("matching joins visible and infrared clusters; expected images of both")
    settings = settings or _carried(features)
    usual = settings.mixed if both and not match else settings.single
    largest = int(np.bincount(side).max()) if match and side is not None else len(chosen)
    said = {"k1": k1, "k2": k2, "eps": eps, "min_samples": min_samples}
    config = _config(usual, said, largest, mixed=both and not match)
    known = known or Known(np.zeros(len(chosen), dtype=np.int64))
    embeddings = Embeddings(features.unit_rows(chosen, normalise=normalise), known.modality)
    mixed = both and not match
    name = MATCHED if match else "mixed" if mixed else _side(known, only)
    changed = replace(settings, mixed=config) if mixed else replace(settings, single=config)
    labelling = replace(changed, subset=1.0, refiners=settings.refiners if match else ()).label(
        embeddings,
        known,
        {name: replace(settings.spaces()[name], confidence=False)},
        generator=np.random.default_rng(0),
        search=partial(_plain_search, how=search or Search()),
    )
    if not match:
        mine = PseudoLabels(labelling.spaces[name].labels, modality=only)
        labelling = Labelling({"mixed" if only is None else name: mine})
    plan = changed.plan(known)
    config = plan.mixed if mixed else plan.single
    labels = np.full(len(features.rows), NOISE, dtype=np.int64)
    labels[chosen] = list(labelling.spaces.values())[-1].labels
    idle = (*settings.idle(known), *_given_back(features, settings))
    return Found(labels, chosen, embeddings, labelling, config, idle)


def _carried(features: Given) -> MultiMemoryMatching:
    """Return the settings that features carry, those of the literature where they carry none."""
    text = features.carried
    return MultiMemoryMatching() if text is None else read_settings(text, features.name)


def _given_back(features: Given, settings: MultiMemoryMatching) -> Iterator[str]:
    """Say that embeddings were centred, and are labelled as if they were not."""
    if features.taken is not None and not settings.cameras.centred:
        yield (
            "the embeddings are centred by camera (--centre) and the settings label those that are "
            "not: what was taken off is given back first; labelling.cameras.centre labels centred "
            "ones"
        )


def _config(
    usual: ClusteringConfig, given: dict[str, float | None], count: int, *, mixed: bool
) -> ClusteringConfig:
    """Return the settings of a clustering: what is given, else what is usual for so many images."""
    usual = sized(usual, count, mixed=mixed) if given["k1"] is None else usual
    said = {name: value for name, value in given.items() if value is not None}
    return replace(usual, **said)  # type: ignore[arg-type]


def _side(known: Known, only: Modality | None) -> str:
    """Return the label space of images of one modality; visible where nobody knows it."""
    side = Modality(known.modality.max(initial=0)) if only is None else only
    return side.name.lower()


def _plain_search(
    embeddings: NDArray[np.floating],
    modality: NDArray[np.integer],
    *,
    k: int | None,
    own_k: int | None,
    across: bool = False,
    how: Search,
) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
    """Find neighbours as ``cluster.modal_neighbours``, in one go where one kind is wanted."""
    if k is not None and own_k is None:
        return nearest_neighbours(embeddings, k, search=how), {}
    sides = np.unique(modality)
    if k is None and own_k is not None and not across and len(sides) == 1:
        return None, {Modality(sides[0]): nearest_neighbours(embeddings, own_k, search=how)}
    return modal_neighbours(embeddings, modality, k=k, own_k=own_k, across=across, search=how)
