"""Settings of labelling that were set, and that no stage has a use for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vireid.config import Recipe
from vireid.labelling import MultiMemoryMatching
from vireid.labelling.needed import unused
from vireid.recipes.plain import flat
from vireid.recipes.yaml_text import read_yaml

PLACE = "labelling."
"""What the names of these settings begin with."""


def names_set(overrides: Iterable[str]) -> Iterator[str]:
    """Yield the names of the settings that overrides name, those inside of groups too.

    Args:
        overrides: settings such as ``seed=3``.

    Yields:
        Dotted names.

    >>> list(names_set(["labelling.mixed={k1: 3, eps: 0.5}", "seed=1"]))
    ['labelling.mixed.k1', 'labelling.mixed.eps', 'seed']
    """
    parts = [text.partition("=") for text in overrides]
    yield from _names({name: read_yaml(value, name) for name, _, value in parts})


def names_changed(text: str) -> Iterator[str]:
    """Yield the names of the settings that a recipe on a base changes.

    Args:
        text: YAML of a recipe.

    Yields:
        Dotted names; none of a recipe without a base.
    """
    yield from _names(read_yaml(text, "recipe").get("changes") or {})


def _names(changes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in changes.items():
        yield from (inner for inner, _ in flat(value, str(name)))


def unused_settings(recipe: Recipe, names: Iterable[str]) -> Iterator[str]:
    """Say of settings that were set that they change nothing, since no stage has a use for them.

    A setting that came with the base of a recipe, and that its stages have no use for, is nobody's
    mistake: only names of what was set are to be given.

    Args:
        recipe: with these settings.
        names: dotted names of what was set; those of labelling are looked at, where the labeller
            is the one that ships.

    Yields:
        A line for each setting that changes nothing.
    """
    labelling = recipe.labelling
    if type(labelling) is not MultiMemoryMatching:  # one that derives from it may use them all
        return
    offered = labelling.spaces()
    found = {stage.name: unused(labelling, stage.asked(offered)) for stage in recipe.stages}
    for name in dict.fromkeys(name for name in names if name.startswith(PLACE)):
        own = name.removeprefix(PLACE)
        whys = {stage: _reason(own, reasons) for stage, reasons in found.items()}
        if all(whys.values()):
            yield f"setting {name} changes nothing: {_said(whys)}; leave it out"


def _reason(name: str, reasons: Mapping[str, str]) -> str:
    """Return why a setting has no use; nothing where it has one."""
    return next(
        (why for one, why in reasons.items() if name == one or name.startswith(f"{one}.")), ""
    )


def _said(whys: Mapping[str, str]) -> str:
    """Return the reasons, with the stages that each is of where there are several."""
    different = list(dict.fromkeys(whys.values()))
    if len(different) == 1:
        return different[0]
    parts = [(why, [stage for stage, one in whys.items() if one == why]) for why in different]
    return ", ".join(f"{why} in {' and '.join(stages)}" for why, stages in parts)
