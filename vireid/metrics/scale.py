"""What clarity says: which values went with which labels on drawn people."""

CLEAR, FAIR = 0.35, 0.2
"""Clarity from which labels count as clear, and as fair; docs/results/neighbours.md measures it."""
SCALE = f"clear from {CLEAR:g}, doubtful below {FAIR:g}"
"""The scale in a few words."""


def clarity_word(clarity: float) -> str:
    """Say what a clarity is like, by labels of drawn people whose identities are known.

    Half of the clear labels had an adjusted Rand index above 0.8, half of the fair ones above 0.4
    to 0.7, and nearly all doubtful ones one below 0.4. Other networks and people have another
    scale.

    Args:
        clarity: margin times the share of the images that are no noise, in [-2, 2].

    Returns:
        clear, fair or doubtful.

    >>> clarity_word(0.41), clarity_word(0.3), clarity_word(0.1)
    ('clear', 'fair', 'doubtful')
    """
    if clarity >= CLEAR:
        return "clear"
    return "fair" if clarity >= FAIR else "doubtful"
