"""Words for a modality that mean one thing only."""

from functools import lru_cache

from vireid.types import Modality

WORDS = {
    Modality.VISIBLE: ("visible", "visible light", "vis", "rgb"),
    Modality.INFRARED: (
        "infrared", "ir", "near infrared", "nir", "swir", "mwir", "lwir", "fir", "tir", "thermal",
    ),
}  # fmt: skip
"""What each modality may be called, in any case; day and night are none of them, as visible cameras
work at night and infrared ones by day."""

_MEANT = {word: kind for kind, words in WORDS.items() for word in words}


@lru_cache(maxsize=256)
def modality_of(word: str) -> Modality | None:
    """Return the modality that a word means.

    Args:
        word: in any case; underlines and hyphens are spaces.

    Returns:
        The modality; None where the word is none of ``WORDS``.

    >>> modality_of("Near-Infrared"), modality_of("RGB"), modality_of("night")
    (<Modality.INFRARED: 1>, <Modality.VISIBLE: 0>, None)
    """
    return _MEANT.get(" ".join(word.lower().replace("_", " ").replace("-", " ").split()))
