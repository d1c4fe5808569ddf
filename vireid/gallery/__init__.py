"""A store of embedded images that grows and forgets, on a folder or on object storage."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vireid.gallery.found import Found
from vireid.gallery.where import Where
from vireid.gallery.wishes import Wish

if TYPE_CHECKING:
    from vireid.gallery.expecting import expected_matches
    from vireid.gallery.incoming import Terms
    from vireid.gallery.opening import create_gallery, open_gallery
    from vireid.gallery.options import AddOptions
    from vireid.gallery.store import Store

__all__ = [
    "AddOptions",
    "Found",
    "Store",
    "Terms",
    "Where",
    "Wish",
    "create_gallery",
    "expected_matches",
    "open_gallery",
]

_HOME = {
    "AddOptions": "options",
    "Store": "store",
    "Terms": "incoming",
    "create_gallery": "opening",
    "expected_matches": "expecting",
    "open_gallery": "opening",
}


def __getattr__(name: str) -> Any:
    """Import what needs the extra, or torch, only when it is used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.gallery.{_HOME[name]}"), name)
