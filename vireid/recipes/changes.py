"""Set one of the settings of a recipe by its dotted name."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any

from vireid.errors import ConfigError, meant, number_of
from vireid.recipes.classes import TERMS, takes
from vireid.recipes.former import MOVED, check_moved, named_terms
from vireid.recipes.yaml_text import read_yaml
from vireid.terms import Term

EVERY = "*"
"""In place of a name: all stages, or all terms that have the setting. Of a term from outside the
package these are the settings that all terms have, and those that the recipe names."""
CLASS = ("class_path", "init_args")
"""What is said of a part of any class; its settings are the ``init_args``."""


def override(settings: dict[str, Any], text: str) -> None:
    """Change one setting in place, given as ``name=value``.

    Args:
        settings: of a recipe, as YAML has them.
        text: the name, dotted, and the value as YAML has it; a mapping changes those settings of a
            group that it names.

    Raises:
        ConfigError: it is no such text, or there is no such place.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"setting {text}: expected name=value, such as seed=3")
    if name in MOVED:
        check_moved({name: value})
    change(settings, name, read_yaml(value, f"setting {text}"), merge=True)


def change(settings: dict[str, Any], name: str, value: Any, *, merge: bool = False) -> None:
    """Change settings in place; stages and terms go by their own names.

    Args:
        settings: of a recipe, as YAML has them.
        name: such as ``seed``, ``labelling.mixed.eps``, ``stages.joint.epochs`` or
            ``stages.aligned.terms.inter.weight``. ``*`` stands for every stage or term. ``stages``
            alone replaces all stages.
        value: the new one; None takes a term out, and a further step of its stage whose only term
            it is.
        merge: a mapping changes those settings of a group that it names, and leaves the others.

    Raises:
        ConfigError: there is no such place.
    """
    parts = name.split(".")
    if parts[0] != "stages":
        _set(settings, parts, name, value, merge)
        return
    if parts == ["stages"]:
        settings["stages"] = value
        return
    stages = settings.get("stages")
    listed = stages if isinstance(stages, list) else []
    found = {str(stage.get("name")): stage for stage in listed if isinstance(stage, dict)}
    if len(parts) < 3 or parts[1] not in (*found, EVERY):
        near = meant(parts[1], found) if len(parts) > 1 and parts[1] not in found else ""
        raise ConfigError(
            f"setting {name}: expected stages.NAME.FIELD with NAME one of {', '.join(found)}{near}"
        )
    chosen = list(found.values()) if parts[1] == EVERY else [found[parts[1]]]
    done = [_change_stage(stage, parts[2:], name, value, parts[1] == EVERY) for stage in chosen]
    if not any(done):
        known = {field.name for kind in TERMS.values() for field in fields(kind)}
        near = "" if parts[-1] in known else meant(parts[-1], known)
        raise ConfigError(f"setting {name}: no stage has a term with it{near}")


def _change_stage(
    stage: dict[str, Any], parts: list[str], name: str, value: Any, lenient: bool
) -> bool:
    """Change one stage; tell whether there was anything to change."""
    number, of_step = _step(parts)
    if of_step[0] != "terms" or len(of_step) == 1:
        _set(stage, parts, name, named_terms(value) if parts == ["terms"] else value)
        return True
    places = _term_places(stage, name)
    if number is None:
        done = _change_terms(places, of_step[1:], name, value, lenient)
        stage["then"] = [s for s in stage.get("then") or [] if s.get("terms") != {}]
        return done
    if number + 1 >= len(places):
        raise ConfigError(f"setting {name}: then has {number_of(len(places) - 1, 'step')}")
    return _change_terms([places[number + 1]], of_step[1:], name, value, lenient)


def _step(parts: list[str]) -> tuple[int | None, list[str]]:
    """Part ``then.NUMBER`` from what follows it; None where the parts name no further step."""
    if parts[0] == "then" and len(parts) > 2 and parts[1].isdecimal():
        return int(parts[1]), parts[2:]
    return None, parts


def _change_terms(
    places: list[dict[str, Any]], parts: list[str], name: str, value: Any, lenient: bool
) -> bool:
    """Change terms of some steps, or a setting of them; tell whether there was any to change."""
    if len(parts) == 1:
        here = next((terms for terms in places if parts[0] in terms), places[0])
        return _replace(here, parts[0], value, name, lenient)
    terms = {key: term for place in places for key, term in place.items()}
    chosen = list(_terms(terms, parts[0], parts[1], name, lenient))
    for term in chosen:
        _set(term, parts[1:], name, value)
    return bool(chosen)


def _term_places(stage: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return where the terms of a stage stand: its own, then those of its further steps."""
    further = stage.get("then") or []
    steps = [stage, *(step for step in further if isinstance(step, dict))]
    places = [step.setdefault("terms", {}) for step in steps]
    if not all(isinstance(terms, dict) for terms in places):
        raise ConfigError(f"setting {name}: the terms of stage {stage.get('name')} have no names")
    return places


def _replace(terms: dict[str, Any], term: str, value: Any, name: str, lenient: bool) -> bool:
    """Add a term, replace it where it stands, or take it out; tell whether that was possible."""
    if value is not None:
        terms[term] = value
    elif term in terms:
        del terms[term]
    elif lenient:
        return False
    else:
        raise ConfigError(f"setting {name}: {_no_term(term, terms)}")
    return True


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
    """Tell whether a term has a setting; of a foreign one, what all have and what is given."""
    if not isinstance(term, dict):
        return False
    if "class_path" in term:
        return takes(Term, field) or field in (term.get("init_args") or {})
    kind = TERMS.get(str(term.get("loss")))
    return kind is not None and takes(kind, field)


def _no_term(term: str, terms: Mapping[str, Any]) -> str:
    return f"there is no term {term}; expected one of {', '.join(terms)}{meant(term, terms)}"


def _set(place: Any, parts: list[str], name: str, value: Any, merge: bool = False) -> None:
    """Set a value below a mapping; lists go by number."""
    for part, following in pairwise(parts):
        place = _settings(place, part)
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
    place = _settings(place, last)
    if isinstance(place, dict):
        there = place.get(last)
        place[last] = _merged(there, value) if merge else value
    elif isinstance(place, list) and last.isdecimal() and int(last) < len(place):
        place[int(last)] = value
    else:
        raise ConfigError(f"setting {name}: there is no such place")


def _merged(there: Any, value: Any) -> Any:
    """Return a group of settings with some of them changed; any other value takes the place."""
    groups = isinstance(there, dict) and isinstance(value, dict)
    if not groups or "class_path" in there or "class_path" in value:
        return value
    if "kind" in value and there.get("kind") != value["kind"]:
        return value
    return there | {key: _merged(there.get(key), inner) for key, inner in value.items()}


def _settings(place: Any, part: str) -> Any:
    """Return where a setting lies: with a class_path, among the arguments of the class."""
    if isinstance(place, dict) and "class_path" in place and part not in CLASS:
        if place.get("init_args") is None:
            place["init_args"] = {}
        return place["init_args"]
    return place
