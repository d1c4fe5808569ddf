"""Recipes of earlier versions, brought to the form of today."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from vireid.errors import ConfigError
from vireid.recipes.classes import TERMS, takes

MOVED = {
    "temperature": "stages.*.terms.*.temperature and labelling.temperature",
    "momentum": "stages.*.terms.*.momentum",
    "memory_update": "stages.*.terms.*.memory_update",
    "margin": "stages.*.terms.*.margin",
}
"""Settings of the whole recipe that became settings of terms, and their names now."""
UNUSED = {"norm": "squared_l2", "features": "pooled"}
"""Settings that every term had, with what they held where they did not apply."""


def is_former(settings: Mapping[str, Any]) -> bool:
    """Tell whether settings have the form of version 0.1.0: terms are a list.

    Args:
        settings: of a recipe, as YAML has them.

    Returns:
        True where a stage has a list of terms.
    """
    stages = settings.get("stages")
    if not isinstance(stages, list):
        return False
    return any(isinstance(s, Mapping) and isinstance(s.get("terms"), list) for s in stages)


def modernise(settings: dict[str, Any]) -> None:
    """Name the terms that are a list, and hand settings that moved to them; in place.

    Args:
        settings: of a recipe, as YAML has them.
    """
    former, stages = is_former(settings), settings.get("stages")
    for stage in stages if isinstance(stages, list) else ():
        if isinstance(stage, dict):
            stage["terms"] = named_terms(stage.get("terms"))
    if former:
        for name in [name for name in MOVED if name in settings]:
            push_down(settings, name, settings.pop(name))


def named_terms(terms: Any) -> Any:
    """Give terms of a list a name: that of the label space for ClusterNCE, else of the class.

    Args:
        terms: a list, or what they are today.

    Returns:
        Terms by name, in the order of the list; whatever is no list stays as it is.
    """
    if not isinstance(terms, list) or not all(isinstance(term, Mapping) for term in terms):
        return terms
    plain = [_word(term) for term in terms]
    counts = Counter(plain)
    full = [
        name if counts[name] == 1 else f"{term.get('loss')}_{term.get('labels')}"
        for name, term in zip(plain, terms, strict=True)
    ]
    found: dict[str, Any] = {}
    for name, term in zip(full, map(_without_unused, terms), strict=True):
        number = 1 + sum(other.rpartition("_")[0] == name or other == name for other in found)
        found[name if name not in found else f"{name}_{number}"] = term
    return found


def _without_unused(term: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a term of 0.1.0 held without having a use for it."""
    kind = TERMS.get(str(term.get("loss")))
    known = {} if kind is None else kind.__dataclass_fields__
    return {
        name: value
        for name, value in term.items()
        if name in known or name not in UNUSED or value != UNUSED[name]
    }


def _word(term: Mapping[str, Any]) -> str:
    """Return what a term of a list is called."""
    if "class_path" in term:
        return str(term["class_path"]).rpartition(".")[2].lower()
    return str(term.get("labels" if term.get("loss") == "cluster_nce" else "loss") or "term")


def push_down(settings: dict[str, Any], name: str, value: Any, *, replace: bool = False) -> None:
    """Hand a setting of the whole recipe to what has it today, where it says nothing itself.

    Args:
        settings: of a recipe; changed in place.
        name: one of ``MOVED``.
        value: the value.
        replace: also where it says something itself.
    """
    stages = [one for one in settings.get("stages") or () if isinstance(one, dict)]
    steps = [step for stage in stages for step in [stage, *(stage.get("then") or [])]]
    places = [step.get("terms") for step in steps if isinstance(step, dict)]
    holders = [
        term
        for terms in places
        if isinstance(terms, dict)
        for term in terms.values()
        if (kind := TERMS.get(str(term.get("loss")))) is not None and takes(kind, name)
    ]
    labelling = settings.setdefault("labelling", {}) if name == "temperature" else None
    if labelling is not None and "class_path" not in labelling:
        holders.append(labelling)
    for holder in holders:
        if replace or name not in holder:
            holder[name] = value


def check_moved(settings: Mapping[str, Any]) -> None:
    """Refuse a setting of the whole recipe that moved, and name its place.

    Args:
        settings: of a recipe, in the form of today.

    Raises:
        ConfigError: one of ``MOVED`` is among them.
    """
    for name, place in MOVED.items():
        if name in settings:
            raise ConfigError(f"no such setting: {name}; it moved to {place}")
