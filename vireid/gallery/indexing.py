"""An index over the rows of a store, for searches among more than are compared one by one."""

from vireid.gallery.head import IndexFacts, Made
from vireid.gallery.storage import Storage


def make_index(storage: Storage, made: Made, probes: int) -> IndexFacts:
    """To come."""
    raise NotImplementedError
