"""Which neighbour search suits how many images, and why."""

from importlib.util import find_spec

from vireid.cluster.low_precision import has_bf16
from vireid.cluster.search_options import Backend

_SECONDS = 1200
"""The exact search is chosen as long as it takes no longer than this, by a rough estimate."""
_SPEED = {True: 8e10, False: 5e10}
"""N^2 D that a core gets through in a second, in bf16 or float32; see docs/performance.md."""


def chosen_backend(count: int, size: int, device: str, cores: int) -> tuple[Backend, str]:
    """Choose the exact search wherever its time can be borne, else a graph.

    Args:
        count: N images.
        size: D, columns of the embeddings.
        device: where the exact search would multiply.
        cores: of the CPU, at least 1.

    Returns:
        The backend, and the reason in words.

    >>> chosen_backend(1_000, 320, "cuda", 2)
    ('exact', 'exact: 1,000 images on cuda')
    """
    if device != "cpu":
        return "exact", f"exact: {count:,} images on {device}"
    seconds = count * count * size / (_SPEED[has_bf16()] * cores)
    reason = f"{count:,} images need about {max(1, round(seconds / 60)):,} min on {cores} cores"
    if seconds <= _SECONDS:
        return "exact", f"exact: {reason}, at most {_SECONDS // 60} are taken"
    if find_spec("faiss") is None:
        return "exact", f"exact: {reason}; pip install 'vireid[approximate]' is sooner"
    return "hnsw", f"hnsw, approximate, as {reason}; exact finds all of them"
