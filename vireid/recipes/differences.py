"""In what two recipes differ."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import yaml

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.errors import ConfigError
from vireid.labelling import MultiMemoryMatching
from vireid.recipes.classes import TERMS
from vireid.recipes.former import modernise
from vireid.recipes.plain import flat, plain
from vireid.recipes.values import usual_value
from vireid.recipes.yaml_text import read_yaml

ABSENT = "absent"
"""Stands for a setting that a recipe lacks."""
NOTHING: tuple[Any, ...] = (ABSENT, None, [], "")
"""Values that say the same: a setting that an earlier version lacked, and its being empty."""
LATER = ("labelling.cameras", "labelling.use_cameras", "labelling.tracks", "labelling.use_tracks")
"""Settings that the first versions lacked, whose labels are those of the defaults."""
INNER = ("name", "terms", "then")
"""What a stage or a step holds that does not stand in its own line."""


def recipe_differences(one: Recipe | str, other: Recipe | str) -> list[str]:
    """List the settings in which two recipes differ.

    Args:
        one: a recipe, or the text of one, whose classes are then not needed.
        other: another one.

    Returns:
        A line for each setting, such as ``labelling.memories is 2, was 4``; ``is`` belongs to the
        other recipe and ``was`` to the first. A stage, a further step or a term that only one of
        them has is one line, with what is not its default. Empty where they are equal.
    """
    values = [_values(recipe) for recipe in (one, other)]
    here, there = (dict(_groups(value)) for value in values)
    both = here.keys() & there.keys()
    alone = {name: text for name, text in (here | there).items() if name not in both}
    before, after = (_folded(_settled(dict(flat(value))), alone) for value in values)
    names = list(dict.fromkeys([*before, *after]))
    return [
        f"{name} is {after.get(name, ABSENT)}, was {before.get(name, ABSENT)}"
        for name in names
        if not _alike(before.get(name, ABSENT), after.get(name, ABSENT))
    ]


def _groups(values: Any) -> Iterator[tuple[str, str]]:
    """Yield each stage, further step and term by its dotted name, with what is not its default."""
    for stage in _mappings(values.get("stages")):
        name = f"stages.{stage.get('name')}"
        steps = {
            f"{name}.then.{number}": one for number, one in enumerate(_mappings(stage.get("then")))
        }
        yield name, _unusual(stage, StageConfig)
        yield from ((place, _unusual(step, StepConfig)) for place, step in steps.items())
        for place, step in {name: stage, **steps}.items():
            terms = step.get("terms")
            for term, settings in terms.items() if isinstance(terms, dict) else ():
                if isinstance(settings, dict):
                    kind = TERMS.get(str(settings.get("loss")))
                    yield f"{place}.terms.{term}", _unusual(settings, kind)


def _mappings(value: Any) -> list[dict[str, Any]]:
    """Return a list of groups of settings; nothing where it is something else."""
    whole = isinstance(value, list) and all(isinstance(part, dict) for part in value)
    return value if whole else []


def _unusual(settings: dict[str, Any], kind: type | None) -> str:
    """Return the settings of a group that are not the default of its class, in one line."""
    usual = {one.name: plain(usual_value(None, one)) for one in fields(kind)} if kind else {}
    told = {
        name: value
        for name, value in settings.items()
        if name not in INNER and (name not in usual or usual[name] != value)
    }
    return yaml.safe_dump(told, default_flow_style=True, sort_keys=False, width=10**6).strip()


def _folded(settings: dict[str, Any], alone: dict[str, str]) -> dict[str, Any]:
    """Return settings by dotted name, those of groups that stand alone as one."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        parts = name.removesuffix(" in order").split(".")
        groups = [".".join(parts[:count]) for count in range(len(parts), 1, -1)]
        group = next((group for group in groups if group in alone), None)
        found |= {name: value} if group is None else {group: alone[group]}
    return found


def _settled(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings by dotted name, with the defaults of those that came later."""
    if not any(name.startswith("labelling.single.") for name in settings):
        return settings  # a labeller of one's own
    usual = dict(flat(plain(MultiMemoryMatching()), "labelling"))
    return {name: usual[name] for name in usual if name.startswith(LATER)} | settings


def _alike(one: Any, other: Any) -> bool:
    return one == other or (one in NOTHING and other in NOTHING)


def _values(recipe: Recipe | str) -> Any:
    if isinstance(recipe, Recipe):
        return plain(recipe)
    found = read_yaml(recipe, "recipe")
    if not isinstance(found, dict):
        raise ConfigError("the recipe holds no settings; expected lines such as `height: 96`")
    modernise(found)
    return found
