"""Published numbers reproduced on the public data sets: runs, scores and a page of differences."""

from vireid.studies.reproduction.place import Reproduction
from vireid.studies.reproduction.published import Published, published

__all__ = ["Published", "Reproduction", "published"]
