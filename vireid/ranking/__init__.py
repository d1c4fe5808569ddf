"""Gallery and query: find a person in a collection of embedded images."""

from vireid.ranking.exact import search
from vireid.ranking.features import Features, read_features, write_labels
from vireid.ranking.gallery import Gallery, load_gallery, save_gallery

__all__ = [
    "Features",
    "Gallery",
    "load_gallery",
    "read_features",
    "save_gallery",
    "search",
    "write_labels",
]
