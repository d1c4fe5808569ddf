"""Set one of the settings of a recipe by its dotted name."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from vireid.errors import ConfigError, meant
from vireid.recipes.classes import TERMS
from vireid.recipes.former import named_terms

EVERY = "*"
"""In place of a name: all stages, or all terms that have the setting or could have it."""


def change(settings: dict[str, Any], name: str, value: Any) -> None:
    """Change settings in place; stages and terms go by their own names.

    Args:
        settings: of a recipe, as YAML has them.
        name: such as ``seed``, ``labelling.mixed.eps``, ``stages.joint.epochs`` or
            ``stages.aligned.terms.inter.weight``. ``*`` stands for every stage or term.
        value: the new one; None takes a term out.

    Raises:
        ConfigError: there is no such place.
    """
    parts = name.split(".")
    if parts[0] != "stages":
        _set(settings, parts, name, value)
        return
    stages = settings.get("stages")
    listed = stages if isinstance(stages, list) else []
    found = {str(stage.get("name")): stage for stage in listed if isinstance(stage, dict)}
    if len(parts) < 3 or parts[1] not in (*found, EVERY):
        near = meant(parts[1], found) if len(parts) > 1 else ""
        raise ConfigError(
            f"setting {name}: expected stages.NAME.FIELD with NAME one of {', '.join(found)}{near}"
        )
    chosen = list(found.values()) if parts[1] == EVERY else [found[parts[1]]]
    done = [_change_stage(stage, parts[2:], name, value, parts[1] == EVERY) for stage in chosen]
    if not any(done):
        raise ConfigError(f"setting {name}: no term has that setting")


def _change_stage(
    stage: dict[str, Any], parts: list[str], name: str, value: Any, lenient: bool
) -> bool:
    """Change one stage; tell whether there was anything to change."""
    if parts[0] != "terms" or len(parts) == 1:
        _set(stage, parts, name, named_terms(value) if parts == ["terms"] else value)
        return True
    terms = stage.setdefault("terms", {})
    if not isinstance(terms, dict):
        raise ConfigError(f"setting {name}: the terms of stage {stage.get('name')} have no names")
    if len(parts) == 2:
        _replace(terms, parts[1], value, name)
        return True
    chosen = list(_terms(terms, parts[1], parts[2], name, lenient))
    for term in chosen:
        inner = "init_args" if "class_path" in term and parts[2] != "init_args" else None
        _set(term, [*([inner] if inner else []), *parts[2:]], name, value)
    return bool(chosen)


def _replace(terms: dict[str, Any], term: str, value: Any, name: str) -> None:
    """Add a term, replace it where it stands, or take it out."""
    if value is not None:
        terms[term] = value
    elif term in terms:
        del terms[term]
    else:
        raise ConfigError(f"setting {name}: {_no_term(term, terms)}")


def _terms(
    terms: Mapping[str, Any], term: str, field: str, name: str, lenient: bool
) -> Iterator[dict[str, Any]]:
    """Yield the terms that are meant."""
    if term == EVERY:
        yield from (one for one in terms.values() if _takes(one, field))
    elif term in terms:
        if not isinstance(terms[term], dict):
            raise ConfigError(f"setting {name}: {term} holds no other settings")
        yield terms[term]
    elif not lenient:
        raise ConfigError(f"setting {name}: {_no_term(term, terms)}")


def _takes(term: Any, field: str) -> bool:
    """Tell whether a term has a setting."""
    if not isinstance(term, dict):
        return False
    if "class_path" in term:
        return field in (term.get("init_args") or {})
    kind = TERMS.get(str(term.get("loss")))
    return kind is not None and field in kind.__dataclass_fields__


def _no_term(term: str, terms: Mapping[str, Any]) -> str:
    return f"there is no term {term}; expected one of {', '.join(terms)}{meant(term, terms)}"


def _set(place: Any, parts: list[str], name: str, value: Any) -> None:
    """Set a value below a mapping; lists go by number, or by the names in them."""
    for part, following in pairwise(parts):
        if isinstance(place, dict):
            if place.get(part) is None:
                place[part] = {}
            place = place[part]
        elif isinstance(place, list) and part.isdecimal() and int(part) < len(place):
            place = place[int(part)]
        else:
            break
        if not isinstance(place, dict | list):
            raise ConfigError(f"setting {name}: {part} holds no other settings")
        if isinstance(place, list) and not following.isdecimal():
            raise ConfigError(f"setting {name}: {part} is a list; expected {part}.NUMBER")
    last = parts[-1]
    if isinstance(place, dict):
        place[last] = value
    elif isinstance(place, list) and last.isdecimal() and int(last) < len(place):
        place[int(last)] = value
    else:
        raise ConfigError(f"setting {name}: there is no such place")
