"""A place -> the store that lies there, or a new one."""

from collections.abc import Mapping
from pathlib import Path

from vireid.errors import ConfigError, DataError
from vireid.gallery.events import note
from vireid.gallery.head import EXACT, Head, Made
from vireid.gallery.incoming import check_keep
from vireid.gallery.lease import LOCK
from vireid.gallery.schema import EVENTS, events_schema
from vireid.gallery.storage import Storage
from vireid.gallery.store import Store
from vireid.gallery.table_names import FIRST


def create_gallery(
    place: Path | str,
    *,
    keep: float | None = None,
    exact: int = EXACT,
    storage: Mapping[str, str] | None = None,
    who: str = "",
) -> Store:
    """Make a store of embedded images; the first ones that are added decide on its network.

    Args:
        place: a folder that is empty or not there, or a URI such as s3://bucket/folder.
        keep: days after which rows expire, from the time of their image, or from when they were
            added where that is unknown; None for never.
        exact: rows up to which a search compares all vectors; above, it takes an index where there
            is one.
        storage: options of an object storage, as LanceDB has them (``endpoint``, ``region`` ...).
        who: who does this, for the audit log.

    Returns:
        The store, which is empty.

    Raises:
        ConfigError: the extra ``gallery`` is not installed, or a number is out of range.
        DataError: the place holds something, or cannot be written to.
    """
    check_keep(keep)
    if exact < 0:
        raise ConfigError(f"exact is {exact}; expected at least 0")
    made = Storage(str(place), storage or {})
    if made.folder is not None and made.folder.is_file():
        raise DataError(f"{place} is a file; expected a folder")
    made.begin()
    with made.writing():
        if made.exists():
            raise DataError(f"{place} holds a store already; add to it, or choose another place")
        for leftover in made.names():
            if leftover == EVENTS:  # of a creation that was killed
                made.drop(leftover)
            elif leftover != LOCK:
                raise DataError(f"{place} holds tables of another kind; choose another place")
        made.create(EVENTS, events_schema().empty_table())
        made.save_head(Head(Made(FIRST), keep=keep, exact=exact))
        note(made, "create", 0, who)
    return Store(made, who)


def open_gallery(
    place: Path | str, *, storage: Mapping[str, str] | None = None, who: str = ""
) -> Store:
    """Open a store of embedded images.

    Args:
        place: the folder, or a URI such as s3://bucket/folder.
        storage: options of an object storage, as LanceDB has them.
        who: who uses it, for the audit log.

    Returns:
        The store.

    Raises:
        ConfigError: the extra ``gallery`` is not installed.
        DataError: there is no store, or it is of a later version.
    """
    found = Storage(str(place), storage or {})
    if not found.exists():
        raise DataError(
            f"{place} holds no store; make one by: vireid gallery create {place} (Python: "
            "create_gallery)"
        )
    found.head()
    return Store(found, who)
