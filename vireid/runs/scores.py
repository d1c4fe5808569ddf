"""What metrics.json holds: scores by protocol and stage; files of earlier versions are read too."""

from collections.abc import Mapping
from typing import Any

from vireid.errors import DataError, number_of

VERSION = 2
"""Of the file. The first one held one protocol alone, its stages beside its facts."""

COMMON = ("version", "seed", "seconds")
"""What the file holds beside the protocols."""
ONE = ("protocol", "draws", "data", "test_images", "queries", "runs")
"""What earlier files said of their only protocol."""


def protocol_key(name: str, draws: int | None) -> str:
    """Return the whole name of a protocol, under which its scores are kept.

    Args:
        name: with all that was done in addition to it.
        draws: how many there are; None where unknown.

    Returns:
        The name and the draws.

    >>> protocol_key("RegDB, visible-to-infrared", 1)
    'RegDB, visible-to-infrared, 1 draw'
    """
    return f"{name}, {'unknown draws' if draws is None else number_of(draws, 'draw')}"


def by_protocol(found: Mapping[str, Any]) -> dict[str, Any]:
    """Bring what metrics.json or evaluation.json holds to today's form.

    Args:
        found: what the file holds, of whatever version.

    Returns:
        ``version``, ``protocols``: by whole name, each with its facts and its ``stages``, and what
        else the file says.

    Raises:
        DataError: it holds something else.

    >>> by_protocol({"aligned": {"mAP": 5.0}, "protocol": "p", "trials": 1})["protocols"]
    {'p, 1 draw': {'protocol': 'p', 'draws': 1, 'stages': {'aligned': {'mAP': 5.0}}}}
    """
    if "protocols" in found:
        protocols = found["protocols"]
        if not isinstance(protocols, dict) or not all(map(_is_entry, protocols.values())):
            raise DataError("its protocols are no objects with facts and stages")
        return {"version": VERSION, **found}
    told = {"draws" if name == "trials" else name: value for name, value in found.items()}
    if isinstance(told.get("data"), str):
        told["data"] = told["data"].replace(", trial ", ", fold ")  # as 0.1.0 called them
    facts = {name: told[name] for name in ONE if name in told}
    common = {name: told[name] for name in COMMON if name in told}
    known = {*facts, *common, "stages"}
    stages = told.get("stages", {name: told[name] for name in told if name not in known})
    if not isinstance(stages, dict) or not all(isinstance(one, dict) for one in stages.values()):
        raise DataError("its stages are no objects with scores")
    key = protocol_key(str(facts.get("protocol", "unknown protocol")), facts.get("draws"))
    protocols = {key: {**facts, "stages": stages}} if stages else {}
    return {"version": VERSION, **common, "protocols": protocols}


def _is_entry(entry: Any) -> bool:
    """Tell whether an entry has stages with scores."""
    stages = entry.get("stages") if isinstance(entry, dict) else None
    return isinstance(stages, dict) and all(isinstance(one, dict) for one in stages.values())
