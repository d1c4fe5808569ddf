"""The recipes that ship with the package, by name, and the text of any recipe."""

from importlib.resources import files
from pathlib import Path

from vireid.errors import ConfigError, meant

DEFAULT = "small"
"""The recipe that is taken where none is named."""

FORMER = {"paper": "mmm", "sysu": "mmm-sysu", "regdb": "mmm-regdb", "llcm": "mmm-llcm"}
"""Names that recipes had before there were several methods, and those that they have now."""

SCALES = ("sysu", "regdb", "llcm")
"""What names of recipes end with that are at the scale of a paper."""


def names() -> list[str]:
    """Return the names of the recipes that ship with the package.

    A method's name alone is its recipe for a small network and few images; its recipes at the scale
    of its paper are METHOD-sysu, METHOD-regdb and so on.
    """
    found = files(__package__).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in found if file.name.endswith(".yaml"))


def small_names() -> list[str]:
    """Return the names of the recipes that are not at the scale of a paper."""
    return [name for name in names() if name.rpartition("-")[2] not in SCALES]


def is_shipped(name: str) -> bool:
    """Tell whether a name is that of a recipe that ships.

    Args:
        name: today's, or one of ``FORMER``.

    Returns:
        True where it is.
    """
    return name in FORMER or name in names()


def find_recipe(name: str) -> str:
    """Return the YAML text of a recipe.

    Args:
        name: a shipped recipe or the path of a YAML file.

    Returns:
        The text.

    Raises:
        ConfigError: there is no such recipe or file.
    """
    if is_shipped(name):
        return (files(__package__) / f"{FORMER.get(name, name)}.yaml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        near = meant(name, [*names(), *FORMER])
        raise ConfigError(
            f"recipe {name} is neither a YAML file nor one of: {', '.join(names())}{near}"
        ) from error
