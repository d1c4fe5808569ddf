"""Named random generators, all derived from the one seed of a run."""

import hashlib

import numpy as np


def derive(seed: int, *names: str | int) -> int:
    """Return a 63-bit seed that depends on the run's seed and on the names.

    Args:
        seed: the run's seed, any integer.
        names: what the generator is for, such as ``"sampling", 3``; other names give
            independent streams.

    Returns:
        An integer in [0, 2**63).

    >>> derive(0, "sampling", 1) == derive(0, "sampling", 1)
    True
    >>> derive(0, "sampling", 1) == derive(0, "sampling", 2)
    False
    """
    text = "\x1f".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the NumPy generator of that name.

    Args:
        seed: the run's seed, any integer.
        names: what the generator is for.

    Returns:
        A fresh ``numpy.random.Generator``.

    >>> bool(generator(0, "a").random() == generator(0, "a").random())
    True
    """
    return np.random.default_rng(derive(seed, *names))
