"""Plain values -> dataclasses of settings, with every mistake in words of our own."""

import dataclasses
import types
from collections.abc import Iterable, Mapping
from textwrap import shorten
from typing import Any, Literal, Union, get_args, get_origin

import yaml

from vireid.errors import ConfigError, meant, some
from vireid.recipes.changes import CLASS
from vireid.recipes.classes import PARTS, TERMS, Classes, field_types, takes
from vireid.terms import Term

FAILED = object()
"""What stands for a value that cannot be read."""
LONGEST = 60
"""Characters of a value in a message."""
PLAIN: Mapping[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "text"),
}
"""Types of Python that a plain setting takes, and how they are called."""


class Reader:
    """Reads settings and notes all problems.

    Args:
        classes: finds classes from outside the package.
    """

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.problems: list[str] = []

    def settings(self, kind: Any, given: Any, where: str, what: str = "setting") -> Any:
        """Read a dataclass.

        Args:
            kind: the class.
            given: its fields by name.
            where: its dotted name, for messages; empty for a whole recipe.
            what: what its fields are called.

        Returns:
            An instance; ``FAILED`` where a field is wrong, which ``problems`` then says.
        """
        if not isinstance(given, Mapping):
            return self._fail(where.rstrip("."), f"holds {shown(given)}; expected settings by name")
        hints = field_types(kind)
        fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
        wrong = [str(name) for name in given if name not in fields]
        for name in wrong:
            self._unknown(f"{where}{name}", name, fields, what)
        missing = [
            name for name, field in fields.items() if name not in given and not _has_default(field)
        ]
        for name in missing:
            self.problems.append(f"{where}{name} is missing")
        found = {
            name: self.value(hints[name], value, f"{where}{name}")
            for name, value in given.items()
            if name in fields
        }
        if wrong or missing or any(value is FAILED for value in found.values()):
            return FAILED
        return kind(**found)

    def value(self, hint: Any, given: Any, where: str) -> Any:
        """Read one value.

        Args:
            hint: its type.
            given: as YAML has it.
            where: its dotted name, for messages.

        Returns:
            The value; ``FAILED`` where it is of another type, which ``problems`` then says.
        """
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            rest = [one for one in inner if one is not type(None)]
            return None if given is None else self.value(rest[0], given, where)
        if hint in PARTS:
            return self.part(hint, given, where)
        if dataclasses.is_dataclass(hint):
            return self.settings(hint, given, f"{where}.")
        if origin is Literal:
            return self._choice(inner, given, where)
        if origin is tuple:
            return self._several(inner[0], given, where)
        if isinstance(origin, type) and issubclass(origin, Mapping) and inner[-1] is Term:
            return self._terms(given, where)
        return self._plain(hint, given, where)

    def part(self, part: Any, given: Any, where: str) -> Any:
        """Read a part that may be of a class from outside the package.

        Args:
            part: Term, Labeller, Refiner or Matcher.
            given: ``class_path`` and ``init_args``, or settings of a class that ships.
            where: its dotted name, for messages.

        Returns:
            The part; ``FAILED`` where it cannot be read.
        """
        if not isinstance(given, Mapping):
            return self._fail(where, f"holds {shown(given)}; expected settings, or a class_path")
        if "class_path" in given:
            if rest := [str(name) for name in given if name not in CLASS]:
                message = f"has {some(rest)} beside a class_path; put settings into init_args"
                return self._fail(where, message)
            try:
                kind = self.classes.find(str(given["class_path"]), part)
            except ConfigError as error:
                return self._fail(where, str(error), ": ")
            return self._foreign(kind, given, where)
        if part is Term:
            return self._term(given, where)
        standard = PARTS[part]
        if standard is None:
            return self._fail(where, "lacks a class_path; expected MODULE.CLASS")
        return self.settings(standard, given, f"{where}.")

    def _foreign(self, kind: type, given: Mapping[str, Any], where: str) -> Any:
        """Read a part whose class is from outside the package, and may raise anything."""
        try:
            return self.settings(kind, given.get("init_args") or {}, f"{where}.")
        except ConfigError:
            raise
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return self._fail(where, f"{given['class_path']} cannot be made: {reason}", ": ")

    def _term(self, given: Mapping[str, Any], where: str) -> Any:
        """Read a term that ships."""
        loss = given.get("loss")
        if not isinstance(loss, str) or loss not in TERMS:
            expected = f"expected one of {', '.join(TERMS)}, or a class_path"
            if loss is None:
                return self._fail(where, f"lacks a loss; {expected}")
            text = loss if isinstance(loss, str) else shown(loss)
            return self._fail(where, f"loss is {text}; {expected}{meant(text, TERMS)}", ": ")
        rest = {name: value for name, value in given.items() if name != "loss"}
        return self.settings(TERMS[loss], rest, f"{where}.", f"setting of {loss}")

    def _terms(self, given: Any, where: str) -> Any:
        """Read terms by name."""
        if not isinstance(given, Mapping):
            return self._fail(where, f"holds {shown(given)}; expected terms by name")
        found = {
            str(name): self.part(Term, value, f"{where}.{name}") for name, value in given.items()
        }
        return FAILED if any(value is FAILED for value in found.values()) else found

    def _several(self, hint: Any, given: Any, where: str) -> Any:
        """Read a list."""
        if not isinstance(given, list | tuple):
            return self._fail(where, f"is {shown(given)}; expected a list{_example(hint)}")
        found = []
        for number, value in enumerate(given):
            name = value.get("name") if isinstance(value, Mapping) else None
            name = name if isinstance(name, str) else number
            found.append(self.value(hint, value, f"{where}.{name}"))
        return FAILED if any(value is FAILED for value in found) else tuple(found)

    def _choice(self, choices: tuple[Any, ...], given: Any, where: str) -> Any:
        """Read one of several values."""
        if any(given == choice and type(given) is type(choice) for choice in choices):
            return given
        *most, last = map(str, choices)
        near = meant(str(given), [str(choice) for choice in choices])
        expected = f"{', '.join(most)} or {last}"
        text = given if isinstance(given, str) else shown(given)
        return self._fail(where, f"is {text}; expected {expected}{near}")

    def _plain(self, hint: Any, given: Any, where: str) -> Any:
        """Read a number, a truth value or text."""
        if hint not in PLAIN:
            return given
        kinds, expected = PLAIN[hint]
        if hint is float and isinstance(given, str):
            try:
                return float(given)  # YAML takes 5e-2 for text
            except ValueError:
                pass
        if not isinstance(given, kinds) or (isinstance(given, bool) and hint is not bool):
            return self._fail(where, f"is {shown(given)}; expected {expected}")
        try:
            return hint(given)
        except OverflowError:
            return self._fail(where, f"has {len(str(given))} digits; expected {expected}")

    def _unknown(self, full: str, name: str, known: Iterable[str], what: str) -> None:
        """Note a name that is not known."""
        loss = what.removeprefix("setting of ") if what != "setting" else ""
        having = [other for other, kind in TERMS.items() if takes(kind, name)]
        if loss and having:
            stage = full.split(".")[1] if full.startswith("stages.") else ""
            of_stage = f"stage {stage}: " if stage else ""
            self.problems.append(
                f"{of_stage}{name} applies to {' and '.join(having)}, not to {loss}"
            )
        else:
            near = meant(name, known) or (f"; it has {', '.join(known)}" if loss else "")
            self.problems.append(f"no such {what}: {full}{near}")

    def _fail(self, where: str, message: str, between: str = " ") -> Any:
        """Note a problem."""
        self.problems.append(f"{where}{between}{message}")
        return FAILED


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


def _example(hint: Any) -> str:
    """Return what the list of a setting is like."""
    if hint in PARTS:
        return ", each with a class_path"
    return {float: ", such as [0.4, 0.8]", int: ", such as [0, 2]"}.get(hint, " of settings")


def shown(value: Any) -> str:
    """Return a value as a message shows it: text in quotes, all else as in YAML, not too long.

    Args:
        value: as YAML has it.

    Returns:
        A short line.

    >>> shown("3"), shown(None), shown({"k1": 3})
    ("'3'", 'null', '{k1: 3}')
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return shorten(repr(value), LONGEST)
    return shorten(yaml.safe_dump([value], default_flow_style=True).strip()[1:-1], LONGEST)
