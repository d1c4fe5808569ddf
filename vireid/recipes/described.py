"""A recipe as YAML with a comment over each key."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args

import yaml

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.labelling import Labeller
from vireid.labelling.kinds import KINDS
from vireid.recipes.classes import PARTS, TERMS
from vireid.recipes.explained import (
    explained,
    facts,
    kinds_words,
    losses,
    said,
    space_choices,
    summary,
    without_none,
)
from vireid.recipes.former import modernise
from vireid.recipes.plain import foreign_classes, plain
from vireid.recipes.yaml_text import read_yaml
from vireid.terms import Term
from vireid.types import LabelSpace

WIDTH = 86
"""Characters of a line of comment, what it is indented by apart."""


def describe_recipe(recipe: Recipe | str) -> str:
    """Return a recipe as YAML, over each key what it means, may be and is by default.

    Args:
        recipe: a recipe; or the text of one whose foreign classes are not to be imported, whose
            settings then have no comments.

    Returns:
        Text that ``parse_recipe`` reads back to an equal recipe.

    Raises:
        ConfigError: the text holds no settings.
    """
    if isinstance(recipe, Recipe):
        page = _Page(foreign_classes(recipe), recipe.labelling.spaces())
        return "".join(f"{line}\n" for line in page.settings(Recipe, plain(recipe)))
    settings = read_yaml(recipe, "recipe")
    if not isinstance(settings, dict):
        raise ConfigError("the recipe holds no settings; expected lines such as `height: 96`")
    modernise(settings)
    standard = PARTS[Labeller]
    assert standard is not None
    known = "class_path" not in (settings.get("labelling") or ())
    page = _Page({}, standard().spaces() if known else {})
    return "".join(f"{line}\n" for line in page.settings(Recipe, settings))


class _Page:
    """Yields lines of YAML; what lies deeper is indented by whoever asked for it.

    Args:
        classes: foreign classes by their path, as far as they are known.
        spaces: the label spaces that the labeller offers; empty where they are not known.
    """

    def __init__(self, classes: Mapping[str, type], spaces: Mapping[str, LabelSpace]) -> None:
        self.classes, self.spaces = classes, spaces

    def settings(self, kind: type, given: Mapping[str, Any], default: Any = None) -> Iterator[str]:
        """Yield the settings of a class, each under its comment.

        Args:
            kind: a dataclass.
            given: its settings, plain values.
            default: an instance that holds the defaults; those of the class where not given.

        Yields:
            Lines.
        """
        known = explained(kind)
        for name, value in given.items():
            if name not in known:
                yield from _written(name, value)
                continue
            setting = known[name]
            usual = setting.default if default is None else getattr(default, name)
            choices = space_choices(kind, name, self.spaces)
            yield from _comment(setting.meaning, facts(setting.hint, usual, choices))
            yield from self._entry(name, value, setting.hint, usual)

    def _entry(self, name: str, value: Any, hint: Any, usual: Any) -> Iterator[str]:
        """Yield a key with its value."""
        bare = without_none(hint)
        if isinstance(value, Mapping) and value:
            yield f"{name}:"
            yield from _indented(self._inside(bare, value, usual))
        elif get_args(bare) and isinstance(value, list) and _are_mappings(value):
            yield f"{name}:"
            for part in value:
                yield from _indented(_dashed(self._inside(get_args(bare)[0], part, None)))
        else:
            yield from _written(name, value)

    def _inside(self, hint: Any, value: Mapping[str, Any], usual: Any) -> Iterator[str]:
        """Yield what a mapping holds."""
        if hint in PARTS:
            yield from self._part(hint, value, usual)
        elif is_dataclass(hint):
            usual = usual if type(usual) is hint else None
            yield from self.settings(hint, value, usual)  # type: ignore[arg-type]
        else:  # terms
            for name, term in value.items():
                if not isinstance(term, Mapping):
                    yield from _written(name, term)
                    continue
                kind = self._kind(term)
                yield from _comment(summary(kind) if kind else "A term that is not known here.")
                yield f"{name}:"
                yield from _indented(self._part(Term, term, None))

    def _part(self, part: Any, value: Mapping[str, Any], usual: Any) -> Iterator[str]:
        """Yield a part that may be of a foreign class."""
        if "class_path" not in value:
            yield from self._shipped(part, dict(value), usual)
            return
        kind = self.classes.get(str(value["class_path"]))
        known = summary(kind) if kind else "Not imported here; what its settings mean is not known."
        yield from _comment(known, "[MODULE.CLASS]")
        yield from _written("class_path", value["class_path"])
        inner = value.get("init_args") or {}
        if kind is None or not inner:
            yield from _written("init_args", inner)
        else:
            yield "init_args:"
            yield from _indented(self.settings(kind, inner))

    def _shipped(self, part: Any, rest: dict[str, Any], usual: Any) -> Iterator[str]:
        """Yield a part of a class that ships."""
        kind = self._kind(rest) if part is Term else PARTS[part]
        if part is Term and "loss" in rest:
            yield from _comment("What the term computes.", losses())
            yield from _written("loss", rest.pop("loss"))
        elif part in KINDS and "kind" in rest:
            kind = KINDS[part].get(str(rest["kind"]))
            known = summary(kind) if kind else "Not known here."
            yield from _comment(known, kinds_words(part))
            yield from _written("kind", rest.pop("kind"))
        if kind is None:  # a run of another version may have it
            for name, value in rest.items():
                yield from _written(name, value)
        else:
            yield from self.settings(kind, rest, usual if type(usual) is kind else None)

    def _kind(self, term: Mapping[str, Any]) -> type | None:
        """Return the class of a term; None where it is not known."""
        if "class_path" in term:
            return self.classes.get(str(term["class_path"]))
        return TERMS.get(str(term.get("loss")))


def _comment(meaning: str, bracketed: str = "") -> list[str]:
    return [f"# {line}" for line in said(meaning, bracketed, WIDTH)]


def _are_mappings(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def _written(name: str, value: Any) -> list[str]:
    """Return a key with a value as YAML writes it, short lists in one line."""
    flow = None if isinstance(value, list | dict) else False
    text = yaml.safe_dump({name: value}, sort_keys=False, default_flow_style=flow, width=WIDTH)
    return text.splitlines()


def _indented(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines)


def _dashed(lines: Iterable[str]) -> Iterator[str]:
    """Yield an entry of a list; comments of its first key stand above the dash."""
    begun = False
    for line in lines:
        if begun or line.startswith("#"):
            yield f"  {line}" if begun else line
        else:
            yield f"- {line}"
            begun = True
