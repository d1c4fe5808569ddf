"""Gallery and query: find a person in a collection of embedded images."""

from vireid.search.exact import search
from vireid.search.gallery import Gallery, load_gallery, save_gallery

__all__ = ["Gallery", "load_gallery", "save_gallery", "search"]
