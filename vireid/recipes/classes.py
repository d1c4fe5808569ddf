"""Which class a part of a recipe is: one that ships, or one from outside the package."""

import sys
import typing
import warnings
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vireid.errors import ConfigError, meant
from vireid.labelling import Labeller, Matcher, MultiMemoryMatching, Refiner
from vireid.terms import SHIPPED, Term, short_name

TERMS: Mapping[str, type[Term]] = {short_name(term): term for term in SHIPPED}
"""The terms that ship, by the short name that ``loss`` says."""
PARTS: Mapping[Any, type | None] = {
    Term: None,
    Labeller: MultiMemoryMatching,
    Refiner: None,
    Matcher: None,
}
"""What a ``class_path`` may stand for, and the class where none is given."""
MARK = "_vireid_recipe"
"""What modules beside a recipe are marked by, so that those of another recipe can follow."""


class Classes:
    """Finds the classes that a recipe names by ``class_path``.

    Args:
        folder: of the recipe's file, whose modules may be imported too; None for nowhere.
        loaded: classes that are known already, by their path.
        imports: whether anything may be imported at all.
    """

    def __init__(
        self,
        folder: Path | None = None,
        loaded: Mapping[str, type] | None = None,
        imports: bool = False,
    ) -> None:
        self.folder, self.imports = folder, imports
        self.loaded = dict(loaded or {})

    def find(self, path: str, part: Any) -> type:
        """Return a class.

        Args:
            path: module and name, such as ``my_terms.Centred``.
            part: what it has to be: Term, Labeller, Refiner or Matcher.

        Returns:
            A dataclass that is such a part.

        Raises:
            ConfigError: it may not or cannot be imported, or is something else.
        """
        if path not in self.loaded:
            self.loaded[path] = self._import(path)
        found = self.loaded[path]
        name = part.__name__.lower()
        if not (isinstance(found, type) and is_dataclass(found)):
            raise ConfigError(f"{path} is no dataclass; expected a frozen dataclass, a {name}")
        if not issubclass(found, part):
            raise ConfigError(f"{path} is no {name}; see docs/extending.md for what it needs")
        field_types(found)
        return found

    def _import(self, path: str) -> type:
        module, _, name = path.rpartition(".")
        if not module:
            raise ConfigError(f"class_path {path}: expected a module and a class, MODULE.CLASS")
        if not self.imports:
            raise ConfigError(
                f"{path} lies outside of vireid, and is not imported here; name the recipe's file "
                "again, with --recipe"
            )
        try:
            with warnings.catch_warnings():  # of libraries that the module loads
                warnings.simplefilter("ignore", FutureWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                found = _module(module, self.folder)
                if not hasattr(found, name):
                    known = [one for one, value in vars(found).items() if is_dataclass(value)]
                    near = meant(name, known)
                    raise ConfigError(f"class_path {path}: {module} has no class {name}{near}")
                return getattr(found, name)  # type: ignore[no-any-return]
        except ConfigError:
            raise
        except (Exception, SystemExit) as error:  # a module of the user's may raise anything
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ConfigError(
                f"class_path {path} cannot be imported: {type(error).__name__}: {reason}"
            ) from error


def _module(name: str, folder: Path | None) -> Any:
    """Import a module, one beside the recipe first."""
    top = name.partition(".")[0]
    if folder is None or not _lies_in(folder, top):
        return import_module(name)
    place = folder.resolve()
    _refuse_namesake(top, place)
    for other, module in list(sys.modules.items()):  # of another recipe, of the same name
        if hasattr(module, MARK) and not _is_from(module, place) and _lies_in(place, other):
            del sys.modules[other]
    before = set(sys.modules)
    sys.path.insert(0, str(place))
    invalidate_caches()
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(place))
        for module in [sys.modules[new] for new in set(sys.modules) - before]:
            if _is_from(module, place):
                setattr(module, MARK, True)


def _lies_in(folder: Path, name: str) -> bool:
    """Tell whether a folder has a module of that name, or the package that it is in."""
    top = name.partition(".")[0]
    return (folder / f"{top}.py").exists() or (folder / top / "__init__.py").exists()


def _is_from(module: object, place: Path) -> bool:
    """Tell whether a module was read from a folder."""
    return place in Path(getattr(module, "__file__", None) or "").parents


def _refuse_namesake(top: str, place: Path) -> None:
    """Refuse a module beside a recipe that bears the name of one from elsewhere."""
    known = sys.modules.get(top)
    if known is None:
        spec = find_spec(top)
        origin = None if spec is None else spec.origin
        if spec is None or (origin and place in Path(origin).parents):
            return
    elif hasattr(known, MARK) or _is_from(known, place):
        return
    else:
        origin = getattr(known, "__file__", None)
    raise ConfigError(
        f"{place / top} beside the recipe has the name of another module, "
        f"{origin or 'one of Python itself'}; rename it"
    )


@cache
def field_types(kind: type) -> Mapping[str, Any]:
    """Return the types of a class's fields.

    They are resolved once, as long as the class's module is the one that bears its name.

    Args:
        kind: a dataclass.

    Returns:
        Types by the names of the fields.
    """
    return typing.get_type_hints(kind)


def takes(kind: type, name: str) -> bool:
    """Tell whether a class of terms has a setting.

    Args:
        kind: the class.
        name: the setting.

    Returns:
        True where it has.

    >>> takes(TERMS["triplet"], "margin"), takes(TERMS["triplet"], "momentum")
    (True, False)
    """
    return any(field.name == name for field in fields(kind))


def class_path(value: object) -> str:
    """Return the module and the name of a value's class.

    Args:
        value: a part of a recipe.

    Returns:
        The path by which ``Classes`` finds it.
    """
    return f"{type(value).__module__}.{type(value).__qualname__}"
