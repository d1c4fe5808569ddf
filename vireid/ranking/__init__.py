"""Gallery and query: find a person in a collection of embedded images."""

from vireid.ranking.exact import search
from vireid.ranking.features import Features, read_features, write_labels
from vireid.ranking.gallery import Gallery, load_gallery, save_gallery
from vireid.ranking.usual import usual_similarity

__all__ = [
    "Features",
    "Gallery",
    "load_gallery",
    "read_features",
    "save_gallery",
    "search",
    "usual_similarity",
    "write_labels",
]
