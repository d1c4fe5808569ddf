"""Which numbers new images get, beside known ones that keep theirs."""

import os
from collections.abc import Iterator, Sequence

import numpy as np

from vireid.cluster import Search, track_groups
from vireid.labelling.assigning import nearest_clusters
from vireid.labelling.features import find_labels
from vireid.labelling.given import given
from vireid.labelling.tracks import tracks_of
from vireid.observers import Progress
from vireid.ranking import Gallery
from vireid.ranking.labelled import Labelled
from vireid.ranking.limits import Limit
from vireid.types import NOISE, Embeddings, Images, Int, Modality


def go_on_numbering(
    before: Sequence[Labelled],
    new: Gallery,
    limits: tuple[Limit, ...],
    progress: Progress,
) -> Int:
    """Number new images, so that no number that was given before changes.

    Args:
        before: known images with their numbers, embedded as the new ones.
        new: M embedded images.
        limits: from which similarity on two images match.
        progress: shows how far the clustering of what matches nothing is.

    Returns:
        [M] numbers: of a known image those it has, else that of the known cluster that it matches,
        else one above all known ones; -1 for noise.
    """
    labels = np.concatenate([one.labels for one in before])
    found = _kept(before, new)
    rest = np.flatnonzero(found == NOISE)
    if rest.size:
        vectors = np.concatenate([one.gallery.vectors for one in before])
        side = np.concatenate([one.gallery.embeddings.modality for one in before])
        found[rest] = nearest_clusters(
            new.embeddings.subset(rest),
            _groups(new.subset(rest)),
            Embeddings(vectors, side),
            labels,
            dict(_both_ways(limits)),
        )
    rest = np.flatnonzero(found == NOISE)
    if rest.size > 1:
        left = new.subset(rest)
        both = len(np.unique(left.embeddings.modality)) == len(Modality)
        with progress("clustering") as bar:
            features = given(left, None)  # type: ignore[arg-type]  # a gallery knows its images
            search = Search("exact", "cpu", progress=bar)
            own = find_labels(features, match=both, search=search).labels
        found[rest] = np.where(own == NOISE, NOISE, own + labels.max() + 1)
    return found


def _kept(before: Sequence[Labelled], new: Gallery) -> Int:
    """Return the numbers [M] of images that are known already, by their files; -1 for others."""
    there = {
        file: int(label)
        for one in before
        for file, label in zip(_files(one.gallery.images), one.labels, strict=True)
    }
    return np.array([there.get(file, NOISE) for file in _files(new.images)], dtype=np.int64)


def _files(images: Images) -> Iterator[str]:
    return (os.path.realpath(images.root / path) for path in images.paths)


def _groups(new: Gallery) -> Int:
    """Return the number [M] of the track, or of the image by itself, that is compared as one."""
    known = new.images.known()
    track = tracks_of(known)
    if track is None:
        return np.arange(len(known))
    return np.asarray(track_groups(known.modality, known.camera, track))


def _both_ways(
    limits: tuple[Limit, ...],
) -> Iterator[tuple[tuple[Modality, Modality], float]]:
    """Yield each limit by its modalities in both orders."""
    for limit in limits:
        one, other = limit.modalities
        yield (one, other), limit.similarity
        yield (other, one), limit.similarity
