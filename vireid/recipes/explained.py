"""What is known of the settings of a class: meaning, type, choices, default."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, Literal, Union, get_args, get_origin

import yaml
from docstring_parser import parse_from_object

from vireid.config import StageConfig, StepConfig
from vireid.config.stages import OWN
from vireid.labelling.kinds import KINDS
from vireid.recipes.classes import PARTS, TERMS, field_types
from vireid.recipes.plain import plain
from vireid.recipes.values import PLAIN, has_default, usual_value
from vireid.terms import Term
from vireid.types import LabelSpace

REQUIRED = dataclasses.MISSING
"""In place of the default of a setting that has none."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """A field of a class of settings."""

    meaning: str
    """Its docstring, in one line; its range is part of it."""
    hint: Any
    """Its type."""
    default: Any
    """Its default; ``REQUIRED`` where it has none."""


def explained(kind: type) -> dict[str, Setting]:
    """Return what is known of each setting of a class.

    Args:
        kind: a dataclass, of the package or foreign.

    Returns:
        Its settings by name, in order; those of foreign classes without docstrings have an empty
        meaning.
    """
    hints, texts = field_types(kind), _docstrings(kind)
    return {
        field.name: Setting(
            texts.get(field.name, ""),
            hints[field.name],
            usual_value(None, field) if has_default(field) else REQUIRED,
        )
        for field in dataclasses.fields(kind)
        if field.init
    }


def summary(kind: type) -> str:
    """Return the first sentences of a class's docstring, in one line.

    Args:
        kind: the class.

    Returns:
        Its first paragraph.
    """
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def facts(hint: Any, default: Any, choices: Sequence[str] = ()) -> str:
    """Say in brackets what a setting may be, and what it is where nothing is said.

    Args:
        hint: its type.
        default: its default, ``REQUIRED`` where it has none.
        choices: what text may be, where the type does not tell.

    Returns:
        Such as ``[a whole number; default 288]``; nothing for a group of settings, each of which
        has a default of its own.
    """
    if dataclasses.is_dataclass(default) and not isinstance(default, type):
        return ""
    kind = f"one of {', '.join(choices)}" if choices else type_words(hint)
    if default is REQUIRED:
        return f"[{kind}; required]"
    return f"[{kind}; default {shown(default)}]"


def said(meaning: str, bracketed: str, width: int) -> list[str]:
    """Return what is said of a setting, in lines.

    Args:
        meaning: what it means.
        bracketed: what it may be; on a line of its own where it does not fit behind the meaning.
        width: characters of a line.

    Returns:
        The lines.
    """
    whole = f"{meaning} {bracketed}".strip()
    parts = [whole] if len(whole) <= width else [meaning, bracketed]
    return [line for part in parts for line in wrap(part, width, break_long_words=False)]


def space_choices(kind: type, name: str, spaces: Mapping[str, LabelSpace]) -> tuple[str, ...]:
    """Return what a setting may be that names a label space.

    Args:
        kind: the class that has the setting.
        name: the setting.
        spaces: what the labeller offers; empty where that is not known.

    Returns:
        Its choices; nothing for other settings.
    """
    if name == "labels" and issubclass(kind, Term):
        return tuple(spaces)
    if name == "sample_by" and kind in (StageConfig, StepConfig) and spaces:
        return (OWN, *(space for space, one in spaces.items() if one.modality is None))
    return ()


def shown(value: Any) -> str:
    """Return a value as it stands in YAML, in one line.

    Args:
        value: of a setting.

    Returns:
        Its text.

    >>> shown(None), shown((0, 2)), shown("pip"), shown(True)
    ('null', '[0, 2]', 'pip', 'true')
    """
    try:
        text = yaml.safe_dump([plain(value)], default_flow_style=True, width=10**6)
    except yaml.YAMLError:  # a default of a foreign class may be anything
        return str(value)
    return text.strip()[1:-1]


def type_words(hint: Any) -> str:
    """Say what a type takes.

    Args:
        hint: the type of a setting.

    Returns:
        Such as ``a whole number, or null``.

    >>> type_words(int | None), type_words(Literal["adam", "sgd"]), type_words(tuple[float, ...])
    ('a whole number, or null', 'one of adam, sgd', 'a list of numbers')
    """
    bare, inner = without_none(hint), get_args(without_none(hint))
    if bare != hint:
        return f"{type_words(bare)}, or null"
    if bare in PARTS:
        return "settings, or a class_path" if bare not in KINDS else _kinds(bare)
    if get_origin(bare) is Literal:
        return f"one of {', '.join(map(shown, inner))}"
    if get_origin(bare) is tuple:
        whole = inner[-1] is Ellipsis
        return f"a list of {_several(inner[0]) if whole else f'{len(inner)} values'}"
    if isinstance(get_origin(bare), type) and issubclass(get_origin(bare), Mapping):
        return "by name: a loss and its settings, or a class_path"
    if dataclasses.is_dataclass(bare):
        return f"settings ({', '.join(field.name for field in dataclasses.fields(bare))})"
    return PLAIN[bare][1] if bare in PLAIN else "any value"


def without_none(hint: Any) -> Any:
    """Return what a type is where it is not None.

    Args:
        hint: the type of a setting.

    Returns:
        The type itself, or the first of its alternatives.
    """
    if get_origin(hint) in (Union, types.UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def losses() -> str:
    """Return what ``loss`` of a term may be, in brackets."""
    return f"[one of {', '.join(TERMS)}; any other term by its class_path]"


def kinds_words(part: Any) -> str:
    """Return what ``kind`` of a part may be, in brackets.

    Args:
        part: Matcher or Refiner.

    Returns:
        Such as ``[one of votes, rounds; any other by its class_path]``.
    """
    return f"[one of {', '.join(KINDS[part])}; any other by its class_path]"


def _kinds(part: Any) -> str:
    return f"by its kind ({', '.join(KINDS[part])}) or a class_path"


def _several(hint: Any) -> str:
    """Return the plural of a type."""
    if hint in PARTS:
        return f"parts, each {_kinds(hint)}"
    return {int: "whole numbers", float: "numbers", str: "texts"}.get(hint, "settings")


def _docstrings(kind: type) -> dict[str, str]:
    """Return the docstrings of a class's fields, inherited ones too, each in one line."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        if dataclasses.is_dataclass(one):
            try:
                params = parse_from_object(one).params
            except (OSError, SyntaxError):  # its source is not there
                continue
            found |= {p.arg_name: " ".join((p.description or "").split()) for p in params}
    return found
