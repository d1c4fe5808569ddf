"""What is added to a store -> embedded images, a batch after the other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.data.find_images import find_images
from vireid.errors import ConfigError
from vireid.gallery.adding import BATCH, Added, Adding
from vireid.gallery.applying import (
    check_centre_of,
    check_embeddings,
    check_images,
    check_no_network,
)
from vireid.gallery.given_rows import GivenRows
from vireid.gallery.head import Made
from vireid.gallery.incoming import KEY, contents_of, incoming
from vireid.gallery.levelling import levelled
from vireid.gallery.options import NOT_OWN, AddOptions, Embeds
from vireid.gallery.tables import is_embedded, read_table
from vireid.ranking import Gallery, load_gallery
from vireid.types import Images, Int


def additions(
    source: Gallery | Images | Path | str,
    embedder: Embeds | None,
    options: AddOptions,
    adding: Adding,
) -> Iterator[tuple[int, Added]]:
    """Add what a source holds, a batch after the other.

    Args:
        source: as for ``Store.add``.
        embedder: embeds images.
        options: what is said of them.
        adding: puts rows into the store.

    Yields:
        How many images there are, and what has become of some of them.

    Raises:
        ConfigError: images are given without an embedder, or options that do not apply.
        DataError: what is given cannot be read or does not fit, or the store cannot be written to.
    """
    if isinstance(source, Images):
        check_images(source, options)
        given: GivenRows | Images = source
    else:
        given = GivenRows(source) if isinstance(source, Gallery) else opened(Path(source), options)
    if isinstance(given, GivenRows):
        check_embeddings(embedder, options)
        yield from _of_embeddings(given, options, adding)
        return
    if embedder is None:
        raise ConfigError(
            "images are given and nothing that embeds them; say by which run (--run; Python: "
            "embedder=Embedder(run))"
        )
    for part in image_additions(given, embedder, options, adding):
        yield len(given), part


def image_additions(
    images: Images, embedder: Embeds, options: AddOptions, adding: Adding
) -> Iterator[Added]:
    """Embed images and add them, a batch after the other.

    Args:
        images: N images.
        embedder: embeds them.
        options: what is said of them.
        adding: puts rows into the store.

    Yields:
        What has become of each batch, in the order of the images.

    Raises:
        ConfigError: they would be centred otherwise than the store's.
        DataError: they do not fit the store, or it cannot be written to.
    """
    made = adding.storage.head().made
    check_centre_of(made, options)
    images = levelled(images, embedder, made.levels_value(), options.levels)
    for start in range(0, len(images), options.batch):
        rows = np.arange(start, min(start + options.batch, len(images)))
        yield add_images(images.subset(rows), embedder, options, adding)


def opened(path: Path, options: AddOptions) -> GivenRows | Images:
    """Return the embeddings or the images that a path stands for.

    Args:
        path: a file of embeddings, a data set, a plain folder, an image or a manifest.
        options: what is said of them.

    Returns:
        What is there.

    Raises:
        ConfigError: an option does not apply.
        DataError: nothing of that kind is there.
    """
    npz = path.suffix.lower() == ".npz"
    if not npz and not is_embedded(path):
        check_no_network(options)
        return find_images(path, options.modality, options.part, camera=options.camera)
    if not npz:
        return read_table(path)
    return GivenRows(load_gallery(path), made=path.stat().st_mtime)


def _of_embeddings(
    given: GivenRows, options: AddOptions, adding: Adding
) -> Iterator[tuple[int, Added]]:
    """Add embeddings that are there already."""
    if options.network is not None:
        gallery = given.gallery
        if gallery.network not in (None, options.network):
            raise ConfigError(
                f"--network {options.network}: the embeddings say that they are of "
                f"{gallery.made_by()}; leave the option out"
            )
        given = replace(given, gallery=replace(gallery, network=options.network))
    if options.terms.keep is not None:
        given = replace(given, expires=None)
    for start in range(0, len(given), BATCH):
        rows = np.arange(start, min(start + BATCH, len(given)))
        yield len(given), adding.put(given.part(rows))


def add_images(images: Images, embedder: Embeds, options: AddOptions, adding: Adding) -> Added:
    """Embed some images and add them, those left out that are there already.

    Args:
        images: N images, as many as are held in memory at once.
        embedder: embeds them.
        options: what is said of them.
        adding: puts rows into the store.

    Returns:
        What has become of them.

    Raises:
        ConfigError: they would be centred by their own means.
        DataError: they do not fit the store, or it cannot be written to.
    """
    contents = contents_of(images)
    new = adding.missing([content[:KEY] for content in contents])
    if not new:
        return Added(present=len(images))
    made = adding.storage.head().made
    gallery, kept, problems = _embedded(images.subset(new), embedder, options, made)
    rows = incoming(gallery, [contents[new[place]] for place in kept.tolist()])
    done = adding.put(rows) if len(rows) else Added()
    return done.plus(Added(present=len(images) - len(new), unreadable=problems))


def _embedded(
    images: Images, embedder: Embeds, options: AddOptions, made: Made
) -> tuple[Gallery, Int, tuple[str, ...]]:
    """Embed images as those of the store."""
    first, centre = made.size is None, options.centre
    if not first:
        centre = made.statistics_value() or "none"
    gallery, kept, problems = embedder.embed_readable(images, centre=centre)
    if first and gallery.statistics is not None and gallery.statistics.of == "own":
        raise ConfigError(NOT_OWN)
    return gallery, kept, problems
