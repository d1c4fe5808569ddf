"""A gallery over HTTP, with a page; needs the extra ``serve``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vireid.serving.settings import Limits, Listening, Places

if TYPE_CHECKING:
    from vireid.serving.app import make_app
    from vireid.serving.embedding import Embedding, RunEmbedding
    from vireid.serving.service import Service

__all__ = [
    "Embedding", "Limits", "Listening", "Places", "RunEmbedding", "Service", "make_app",
]  # fmt: skip

_HOME = {
    "Embedding": "embedding",
    "RunEmbedding": "embedding",
    "Service": "service",
    "make_app": "app",
}


def __getattr__(name: str) -> Any:
    """Import what needs the extra, or torch, only when it is used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.serving.{_HOME[name]}"), name)
