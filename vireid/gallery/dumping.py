"""A store -> a file that other programs read."""

import os
import time
from pathlib import Path, PurePath

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.head import Made
from vireid.gallery.known import first_of_each
from vireid.gallery.reading import read_columns
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.gallery.tables import write_table
from vireid.ranking import Gallery, save_gallery
from vireid.types import Embeddings, Float, Images, Levels

ENDINGS = (".npz", ".parquet")
"""Of the files that a store can be written to."""


def dump(storage: Storage, made: Made, path: Path) -> int:
    """Write the rows of a store that have not expired to a file, whole or not at all.

    Args:
        storage: of the store.
        made: what made its embeddings.
        path: of an npz file, which ``load_gallery`` reads, or of a Parquet file, which also has
            keys, digests of the images' files, and when rows were added and expire.

    Returns:
        How many rows they are.

    Raises:
        ConfigError: the name ends otherwise.
        DataError: there are none, or the file cannot be written.
    """
    check_ending(path)
    if made.size is None:
        raise DataError(f"{storage.place} holds no rows; add some first")
    rows = read_columns(storage, made.table, (*COLUMNS, "network", "vector"))
    facts = facts_of(rows)
    kept = first_of_each(facts)
    rows = rows.take(kept[facts.subset(kept).alive(time.time())])
    if not rows.num_rows:
        raise DataError(f"all rows of {storage.place} have expired")
    if path.suffix.lower() == ".npz":
        save_gallery(gallery_of(made, facts_of(rows), vectors_of(rows)), path)
    else:
        names = ("network", "source", "levels", "statistics")
        write_table(path, rows, {name: getattr(made, name) for name in names})
    return int(rows.num_rows)


def check_ending(path: Path) -> None:
    """Refuse a file of another kind.

    Args:
        path: of the file.

    Raises:
        ConfigError: its name ends otherwise.
    """
    if path.suffix.lower() not in ENDINGS:
        raise ConfigError(f"{path}: expected a name that ends in {' or '.join(ENDINGS)}")


def gallery_of(made: Made, facts: Facts, vectors: Float) -> Gallery:
    """Return rows of a store as a gallery.

    Args:
        made: what made their embeddings.
        facts: of N rows.
        vectors: [N, D].

    Returns:
        The images, below the folder that they have in common, and their embeddings.
    """
    images, embeddings = images_of(facts, made.levels_value()), Embeddings(vectors, facts.modality)
    return Gallery(images, embeddings, made.network, made.source, None, made.statistics_value())


def images_of(facts: Facts, levels: Levels | None) -> Images:
    """Return the images of rows of a store.

    Args:
        facts: of N rows.
        levels: what became black and white of them.

    Returns:
        N images below the folder that they have in common.
    """
    paths = facts.paths(np.arange(len(facts)))
    root = common_folder(paths)
    unknown = [code for code, name in enumerate(facts.cameras) if not name]
    none = [code for code, name in enumerate(facts.tracks) if not name]
    return Images(
        root,
        tuple(os.path.relpath(path, root) if root != Path() else path for path in paths),
        facts.modality,
        np.where(np.isin(facts.camera, unknown), 0, facts.camera + 1),
        track=np.where(np.isin(facts.track, none), -1, facts.track),
        time=None if np.isnan(facts.time).all() else facts.time,
        cameras={code + 1: name for code, name in enumerate(facts.cameras) if name},
        tracks={code: name for code, name in enumerate(facts.tracks) if name},
        levels=levels,
    )


def common_folder(paths: list[str]) -> Path:
    """Return the folder that paths have in common; an empty one where they have none.

    Args:
        paths: N paths.

    Returns:
        The folder.

    >>> str(common_folder(["/a/b/1.png", "/a/c/2.png"]))
    '/a'
    """
    if not paths or not all(PurePath(path).is_absolute() for path in paths):
        return Path()
    return Path(os.path.commonpath([str(PurePath(path).parent) for path in paths]))
