"""Gallery and query: find a person in a collection of embedded images."""

from vireid.ranking.exact import search
from vireid.ranking.gallery import Gallery, load_gallery, save_gallery

__all__ = ["Gallery", "load_gallery", "save_gallery", "search"]
