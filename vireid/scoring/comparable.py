"""What earlier scores must share with new ones to stand beside them in a file."""

import hashlib
from collections.abc import Mapping
from typing import Any

from vireid.data import DataFolder
from vireid.errors import number_of
from vireid.runs.fingerprints import fingerprint
from vireid.scoring.choice import known_truth
from vireid.scoring.networks import Scored


def facts_of(scored: Scored, data: DataFolder) -> dict[str, Any]:
    """Return what scores depend on beside the network.

    Args:
        scored: the scores.
        data: what was evaluated on; its test images are there.

    Returns:
        The protocol with what was done beside it, the number of draws, the data's name, and a
        text that changes when the test images, their identities or roles do.
    """
    return {
        "protocol": scored.name,
        "draws": len(scored.protocol.draws),
        "data": data.name,
        "test_images": _test_images(data),
    }


def _test_images(data: DataFolder) -> str:
    people = hashlib.sha256(known_truth(data).identities.tobytes())
    people.update(repr(data.roles).encode())
    return f"{fingerprint(data.test)}, people {people.hexdigest()[:8]}"


def renamed(earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Bring what version 0.1.0 wrote of scores to the words of today.

    Args:
        earlier: what a file holds of scores.

    Returns:
        The same, with draws and folds in place of trials.

    >>> renamed({"trials": 10, "data": "RegDB, trial 3"})
    {'draws': 10, 'data': 'RegDB, fold 3'}
    """
    found = {"draws" if name == "trials" else name: value for name, value in earlier.items()}
    if isinstance(found.get("data"), str):
        found["data"] = found["data"].replace(", trial ", ", fold ")
    return found


def alike(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether earlier scores can stand beside new ones.

    Args:
        earlier: what a file holds of them.
        facts: of the new ones, as ``facts_of`` returns them.

    Returns:
        True where all facts are the same.

    >>> alike({"protocol": "p", "draws": 1}, {"protocol": "p", "draws": 10})
    False
    """
    return all(earlier.get(name) == value for name, value in facts.items())


def described(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Say what earlier scores were of, where a line names those that are replaced.

    Args:
        earlier: what a file holds of them.
        facts: of the new ones.

    Returns:
        Protocol, data, number of draws where known, and whether other images were tested.

    >>> described({"protocol": "p", "data": "d", "draws": 1}, {"draws": 10})
    'p; d; 1 draw'
    """
    words = [str(earlier[name]) for name in ("protocol", "data") if name in earlier]
    if "draws" in earlier:
        words.append(number_of(earlier["draws"], "draw"))
    if earlier.get("data") == facts.get("data") and earlier.get("test_images") != facts.get(
        "test_images"
    ):
        words.append("other test images" if "test_images" in earlier else "unknown test images")
    return "; ".join(words)
