"""Plain values -> dataclasses of settings, with every mistake in words of our own."""

import dataclasses
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin

from vireid.errors import ConfigError, meant, some
from vireid.labelling.kinds import KINDS
from vireid.recipes.changes import CLASS
from vireid.recipes.classes import PARTS, TERMS, Classes, field_types, takes
from vireid.recipes.values import PLAIN, example, has_default, quoted, usual_value
from vireid.terms import Term

FAILED = object()
"""What stands for a value that cannot be read."""


class Reader:
    """Reads settings and notes all problems.

    Args:
        classes: finds classes from outside the package.
    """

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.problems: list[str] = []

    def settings(
        self, kind: Any, given: Any, where: str, what: str = "setting", usual: Any = None
    ) -> Any:
        """Read a dataclass.

        Args:
            kind: the class.
            given: its fields by name.
            where: its dotted name, for messages; empty for a whole recipe.
            what: what its fields are called.
            usual: an instance whose values stand where none are given; the defaults of the class
                if None.

        Returns:
            An instance; ``FAILED`` where a field is wrong, which ``problems`` then says.
        """
        if not isinstance(given, Mapping):
            return self._fail(
                where.rstrip("."), f"holds {quoted(given)}; expected settings by name"
            )
        hints = field_types(kind)
        fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
        wrong = [str(name) for name in given if name not in fields]
        for name in wrong:
            self._unknown(f"{where}{name}", name, fields, what)
        usual = usual if type(usual) is kind else None
        missing = [
            name
            for name, field in fields.items()
            if name not in given and usual is None and not has_default(field)
        ]
        for name in missing:
            self.problems.append(f"{where}{name} is missing")
        found = {
            name: self.value(hints[name], value, f"{where}{name}", usual_value(usual, fields[name]))
            for name, value in given.items()
            if name in fields
        }
        if wrong or missing or any(value is FAILED for value in found.values()):
            return FAILED
        return kind(**found) if usual is None else dataclasses.replace(usual, **found)

    def value(self, hint: Any, given: Any, where: str, usual: Any = None) -> Any:
        """Read one value.

        Args:
            hint: its type.
            given: as YAML has it.
            where: its dotted name, for messages.
            usual: what stands there where nothing is given; of a group of settings, the values of
                those that are not given.

        Returns:
            The value; ``FAILED`` where it is of another type, which ``problems`` then says.
        """
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._either(inner, given, where, usual)
        if hint in PARTS:
            return self.part(hint, given, where, usual)
        if dataclasses.is_dataclass(hint):
            return self.settings(hint, given, f"{where}.", usual=usual)
        if origin is Literal:
            return self._choice(inner, given, where)
        if origin is tuple and inner[-1] is Ellipsis:
            return self._several(inner[0], given, where)
        if origin is tuple:
            return self._row(inner, given, where)
        if isinstance(origin, type) and issubclass(origin, Mapping) and inner[-1] is Term:
            return self._terms(given, where)
        return self._plain(hint, given, where)

    def _either(self, hints: tuple[Any, ...], given: Any, where: str, usual: Any) -> Any:
        """Read a value that may be of several types; the problem of the first one is noted."""
        if given is None and type(None) in hints:
            return None
        first = None
        for hint in (one for one in hints if one is not type(None)):
            attempt = Reader(self.classes)
            found = attempt.value(hint, given, where, usual)
            if found is not FAILED:
                return found
            first = first or attempt
        assert first is not None
        self.problems += first.problems
        return FAILED

    def part(self, part: Any, given: Any, where: str, usual: Any = None) -> Any:
        """Read a part that may be of a class from outside the package.

        Args:
            part: Term, Labeller, Refiner or Matcher.
            given: ``class_path`` and ``init_args``, or settings of a class that ships.
            where: its dotted name, for messages.
            usual: the part where nothing is given.

        Returns:
            The part; ``FAILED`` where it cannot be read.
        """
        if not isinstance(given, Mapping):
            return self._fail(where, f"holds {quoted(given)}; expected settings, or a class_path")
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
            return self._named(TERMS, given, where, "loss")
        if part in KINDS:
            return self._named(KINDS[part], given, where, "kind")
        standard = PARTS[part]
        assert standard is not None
        return self.settings(standard, given, f"{where}.", usual=usual)

    def _foreign(self, kind: type, given: Mapping[str, Any], where: str) -> Any:
        """Read a part whose class is from outside the package, and may raise anything."""
        try:
            return self.settings(kind, given.get("init_args") or {}, f"{where}.")
        except ConfigError:
            raise
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return self._fail(where, f"{given['class_path']} cannot be made: {reason}", ": ")

    def _named(
        self, known: Mapping[str, type], given: Mapping[str, Any], where: str, key: str
    ) -> Any:
        """Read a part that ships, whose short name stands under a key."""
        name = given.get(key)
        if not isinstance(name, str) or name not in known:
            expected = f"expected one of {', '.join(known)}, or a class_path"
            if name is None:
                return self._fail(where, f"lacks a {key}; {expected}")
            text = name if isinstance(name, str) else quoted(name)
            return self._fail(where, f"{key} is {text}; {expected}{meant(text, known)}", ": ")
        rest = {setting: value for setting, value in given.items() if setting != key}
        return self.settings(known[name], rest, f"{where}.", f"setting of {name}")

    def _terms(self, given: Any, where: str) -> Any:
        """Read terms by name."""
        if not isinstance(given, Mapping):
            return self._fail(where, f"holds {quoted(given)}; expected terms by name")
        found = {
            str(name): self.part(Term, value, f"{where}.{name}") for name, value in given.items()
        }
        return FAILED if any(value is FAILED for value in found.values()) else found

    def _several(self, hint: Any, given: Any, where: str) -> Any:
        """Read a list."""
        if not isinstance(given, list | tuple):
            none = "; [] for none" if given is None else ""
            return self._fail(where, f"is {quoted(given)}; expected a list{example(hint)}{none}")
        found = []
        for number, value in enumerate(given):
            name = value.get("name") if isinstance(value, Mapping) else None
            name = name if isinstance(name, str) else number
            found.append(self.value(hint, value, f"{where}.{name}"))
        return FAILED if any(value is FAILED for value in found) else tuple(found)

    def _row(self, hints: tuple[Any, ...], given: Any, where: str) -> Any:
        """Read a list of as many values as its type names."""
        if not isinstance(given, list | tuple) or len(given) != len(hints):
            return self._fail(where, f"is {quoted(given)}; expected a list of {len(hints)} values")
        pairs = enumerate(zip(hints, given, strict=True))
        found = [self.value(hint, value, f"{where}.{number}") for number, (hint, value) in pairs]
        return FAILED if any(value is FAILED for value in found) else tuple(found)

    def _choice(self, choices: tuple[Any, ...], given: Any, where: str) -> Any:
        """Read one of several values."""
        if any(given == choice and type(given) is type(choice) for choice in choices):
            return given
        *most, last = map(str, choices)
        near = meant(str(given), [str(choice) for choice in choices])
        expected = f"{', '.join(most)} or {last}"
        text = given if isinstance(given, str) else quoted(given)
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
            return self._fail(where, f"is {quoted(given)}; expected {expected}")
        try:
            return hint(given)
        except OverflowError:
            return self._fail(where, f"has {len(str(given))} digits; expected {expected}")

    def _unknown(self, full: str, name: str, known: Iterable[str], what: str) -> None:
        """Note a name that is not known."""
        loss = what.removeprefix("setting of ") if what != "setting" else ""
        having = [other for other, kind in TERMS.items() if takes(kind, name)]
        if having and loss in TERMS:
            _, stage, *_, term, _ = full.split(".")  # stages.STAGE.terms.TERM.NAME
            applies = f"{name} applies to {_in_short(having)}, not to {loss}"
            self.problems.append(f"stage {stage}: {term}: {applies}")
        else:
            near = meant(name, known) or (f"; it has {', '.join(known)}" if loss else "")
            self.problems.append(f"no such {what}: {full}{near}")

    def _fail(self, where: str, message: str, between: str = " ") -> Any:
        """Note a problem."""
        self.problems.append(f"{where}{between}{message}")
        return FAILED


def _in_short(losses: Sequence[str]) -> str:
    """Name two losses, or the first of more and how many others there are."""
    first, *rest = losses
    return " and ".join([first, f"{len(rest)} other losses"] if len(rest) > 1 else losses)
