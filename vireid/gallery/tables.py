"""Embeddings in a Parquet file: whether there are some, and reading and writing them."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import ConfigError, DataError, VireidError
from vireid.files import whole_file
from vireid.gallery.columns import numbered, texts_in, times_in, vectors_in
from vireid.gallery.given_rows import GivenRows
from vireid.gallery.incoming import KEY
from vireid.ranking import Gallery
from vireid.types import Embeddings, Images, Levels, Modality, NamedStatistics

SAID = b"vireid"
"""Where a file says what made its embeddings, as JSON."""
NEEDED = ("vector", "modality", "path")
"""Columns that are always there; camera, time and track may be."""
_HEX = re.compile(r"[0-9a-f]*")


def is_embedded(path: Path) -> bool:
    """Tell whether a path is a Parquet file with embeddings, and no manifest.

    Args:
        path: of a file or folder.

    Returns:
        True where it has a column ``vector``.
    """
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return False
    return "vector" in _parquet(path).schema_arrow.names


def _parquet(path: Path) -> Any:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise ConfigError(
            f"{path} needs the package pyarrow, which cannot be imported ({error}); install it by: "
            "pip install 'vireid[gallery]'"
        ) from error
    try:
        return parquet.ParquetFile(path)
    except (OSError, ArrowException) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}") from error


def read_table(path: Path) -> GivenRows:
    """Read embeddings of a Parquet file.

    Args:
        path: with the columns ``vector`` (lists of D numbers, of unit length), ``modality``
            (visible or infrared) and ``path``, and, where they are known, ``camera``, ``track``
            (names), ``time`` (seconds since 1970 in UTC, or timestamps) and ``network``. A dump of
            a store also says keys, digests, and when rows expire.

    Returns:
        The embeddings with what is known of them.

    Raises:
        DataError: a column is missing or holds something else.
    """
    from pyarrow import ArrowException

    try:
        table = _parquet(path).read()
        missing = [name for name in NEEDED if name not in table.column_names]
        if missing:
            raise DataError(f"it lacks the columns {', '.join(missing)}; expected {NEEDED}")
        said = json.loads((table.schema.metadata or {}).get(SAID, b"{}"))
        gallery = Gallery(_images(table, said.get("levels")), *_made(table, said))
        return _as_dumped(table, gallery) if said else GivenRows(gallery, made=path.stat().st_mtime)
    except VireidError as error:
        raise DataError(f"{path}: {error}") from error
    except (OSError, ArrowException, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path} cannot be read as embeddings: {reason}") from error


def _images(table: Any, levels: str | None) -> Images:
    """Return what the images of a table show."""
    kinds = [str(kind).lower() for kind in table.column("modality").to_pylist()]
    wrong = sorted(set(kinds) - {"visible", "infrared"})
    if wrong:
        raise DataError(f"modality is {wrong[0]!r}; expected visible or infrared")
    cameras, camera_names = numbered(table, "camera", first=1, none=0)
    tracks, track_names = numbered(table, "track", first=0, none=-1)
    return Images(
        Path(),
        tuple(texts_in(table, "path")),
        np.array([kind == "infrared" for kind in kinds], dtype=np.int64),
        cameras,
        track=tracks,
        time=times_in(table, "time"),
        cameras=camera_names,
        tracks=track_names,
        levels=None if levels is None else Levels.from_json(levels),
    )


def _made(table: Any, said: dict[str, Any]) -> tuple[Any, ...]:
    """Return the embeddings of a table, and what made them."""
    kinds = [str(kind).lower() == "infrared" for kind in table.column("modality").to_pylist()]
    rows = table.column("network").to_pylist() if "network" in table.column_names else []
    networks: set[str | None] = {str(one) for one in rows if one} or {said.get("network")}
    if len(networks) > 1:
        raise DataError(f"it holds rows of {len(networks)} networks; expected one")
    taken = said.get("statistics")
    statistics = None if taken is None else NamedStatistics.from_json(taken)
    embeddings = Embeddings(vectors_in(table), np.array(kinds, dtype=np.int64))
    return embeddings, networks.pop(), said.get("source"), None, statistics


def _as_dumped(table: Any, gallery: Gallery) -> GivenRows:
    """Return rows with what a dump of a store says of them."""
    keys, contents = (tuple(texts_in(table, name)) for name in ("key", "content"))
    for name, texts, length in (("key", keys, {KEY}), ("content", contents, {0, 2 * KEY})):
        wrong = [one for one in texts if not _HEX.fullmatch(one) or len(one) not in length]
        if wrong:
            raise DataError(f"{name} is {wrong[0]!r}; expected {max(length)} hexadecimal digits")
    return GivenRows(gallery, keys, contents, times_in(table, "expires"))


def write_table(path: Path, rows: Any, said: dict[str, str | None]) -> None:
    """Write rows of a store to a Parquet file, whole or not at all.

    Args:
        path: the file.
        rows: an arrow table of rows.
        said: what made the embeddings.

    Raises:
        DataError: the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    kinds = pa.array([Modality(kind).name.lower() for kind in rows.column("modality").to_pylist()])
    rows = rows.set_column(rows.schema.get_field_index("modality"), "modality", kinds)
    for name in ("camera", "track", "path"):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, _as_text(rows.column(name)))
    for name in ("time", "expires"):
        values = rows.column(name).to_numpy()
        known = pa.array(values, pa.float64(), mask=np.isnan(values))
        rows = rows.set_column(rows.schema.get_field_index(name), name, known)
    rows = rows.drop_columns(["id"]).replace_schema_metadata({SAID: json.dumps(said)})
    with whole_file(path) as whole:
        parquet.write_table(rows, whole)


def _as_text(column: Any) -> Any:
    """Return names as text; as bytes where one of them is no UTF-8, which are read again, too."""
    import pyarrow as pa

    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return column
