"""Every setting of a recipe in a list: its name, meaning, type and value."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any, get_args

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.labelling import Labeller
from vireid.recipes.classes import PARTS, TERMS
from vireid.recipes.explained import (
    REQUIRED,
    explained,
    losses,
    said,
    shown,
    space_choices,
    summary,
    type_words,
    without_none,
)
from vireid.terms import Term

WIDTH = 92
"""Characters of a line, its indent apart."""
TERM = "stages.NAME.terms.TERM"
Places = Sequence[tuple[str, Any]]
"""Parts of a recipe, each with what it is called in it."""


def list_settings(recipe: Recipe | None = None, name: str = "") -> str:
    """List every setting that can be changed by its name, those of all terms that ship included.

    Args:
        recipe: whose values are shown; the defaults of the classes where not given.
        name: of the recipe.

    Returns:
        Names, each above its meaning, type, choices and value.
    """
    return "".join(f"{line}\n" for line in _List(recipe, name).lines())


class _List:
    """Yields the lines of the list.

    Args:
        recipe: whose values are shown, if any.
        name: of the recipe.
    """

    def __init__(self, recipe: Recipe | None, name: str) -> None:
        standard = PARTS[Labeller]
        assert standard is not None
        self.recipe, self.name = recipe, name
        self.spaces = (standard() if recipe is None else recipe.labelling).spaces()

    def lines(self) -> Iterator[str]:
        """Yield everything: settings of the recipe, of its stages, of their terms."""
        given = [] if self.recipe is None else [self.recipe]
        stages = [(stage.name, stage) for recipe in given for stage in recipe.stages]
        steps = [(f"{name} {i}", step) for name, one in stages for i, step in enumerate(one.then)]
        yield from self.settings(Recipe, [("", recipe) for recipe in given], "")
        yield "of a stage; NAME is its name, or * for all stages:"
        yield from self.settings(StageConfig, stages, "stages.NAME.")
        yield "of a further step of a stage; NUMBER counts from 0:"
        yield from self.settings(StepConfig, steps, "stages.NAME.then.NUMBER.")
        terms = [(f"{name}.{key}", t) for name, one in stages for key, t in one.terms.items()]
        terms += [(f"{name}.{key}", t) for name, one in steps for key, t in one.terms.items()]
        yield from self.terms(terms)

    def terms(self, places: Places) -> Iterator[str]:
        """Yield the settings of terms: those of all, then those of each that ships."""
        yield "of a term; TERM is its name in the stage, or * for all that have the setting:"
        whole = "A whole term, as {loss: triplet, labels: matched}: adds it, replaces it or, null, "
        yield from _entry(TERM, f"{whole}takes it out. What loss may be:", losses())
        yield from self.settings(Term, places, f"{TERM}.")
        shared = explained(Term)
        for loss, kind in TERMS.items():
            alone = "" if set(explained(kind)) - set(shared) else " (no setting of its own)"
            yield f"of a term with loss {loss}{alone}:"
            yield from (f"  {line}" for line in said(summary(kind), "", WIDTH))
            those = [(place, term) for place, term in places if type(term) is kind]
            yield from self.settings(kind, those, f"{TERM}.", leave=shared)

    def settings(
        self,
        kind: type,
        places: Places,
        prefix: str,
        usual: Any = None,
        leave: Collection[str] = (),
    ) -> Iterator[str]:
        """Yield the settings of a class.

        Args:
            kind: a dataclass.
            places: its instances in the recipe.
            prefix: what stands before the names.
            usual: an instance that holds the defaults; those of the class where not given.
            leave: settings to be left out.

        Yields:
            Lines.
        """
        for name, setting in explained(kind).items():
            if name in leave or _is_listed_below(setting.hint):
                continue
            default = setting.default if usual is None else getattr(usual, name)
            values = [(place, getattr(one, name)) for place, one in places]
            inner = _group(setting.hint)
            if inner is None:
                choices = space_choices(kind, name, self.spaces)
                words = f"one of {', '.join(choices)}" if choices else type_words(setting.hint)
                facts = f"[{words}; {self.value(values, default)}]"
                yield from _entry(f"{prefix}{name}", setting.meaning, facts)
            else:
                those = [(place, value) for place, value in values if type(value) is inner]
                usually = default if type(default) is inner else None
                yield from self.settings(inner, those, f"{prefix}{name}.", usually)

    def value(self, values: Places, default: Any) -> str:
        """Say what a setting is: in the recipe, where it is there, else by default."""
        texts = [(place, shown(value)) for place, value in values]
        if not texts:
            return "required" if default is REQUIRED else f"default {shown(default)}"
        most, count = Counter(text for _, text in texts).most_common(1)[0]
        if count == 1 and len(texts) > 1:
            each = [text if place == text else f"{place} {text}" for place, text in texts]
            return f"{self.name}: {', '.join(each)}"
        others = [f"{place} {text}" for place, text in texts if text != most]
        return f"{self.name}: {most}" + (f", but {', '.join(others)}" if others else "")


def _group(hint: Any) -> type | None:
    """Return the class whose settings stand below a setting's name."""
    bare = without_none(hint)
    found = PARTS.get(bare) if bare in PARTS else bare
    return found if dataclasses.is_dataclass(found) and isinstance(found, type) else None


def _is_listed_below(hint: Any) -> bool:
    """Tell whether a setting is a list or a mapping of settings, which are listed on their own."""
    return any(dataclasses.is_dataclass(inner) for inner in get_args(hint)) and not _group(hint)


def _entry(name: str, meaning: str, bracketed: str) -> Iterator[str]:
    """Yield a name and what is said of it."""
    yield f"  {name}"
    yield from (f"      {line}" for line in said(meaning, bracketed, WIDTH - 6))
