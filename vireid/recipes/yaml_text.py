"""YAML text -> plain values, with mistakes in one line."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

import yaml

from vireid.errors import ConfigError


@lru_cache(32)
def _values(text: str) -> Any:
    """Return the values of a text; a command reads its run's recipe up to ten times."""
    return yaml.safe_load(text)


def read_yaml(text: str, source: str) -> Any:
    """Read YAML text.

    Args:
        text: the text.
        source: where it is from, for messages.

    Returns:
        Mappings, lists, numbers and text; None for no text.

    Raises:
        ConfigError: it is no YAML.
    """
    try:
        return deepcopy(_values(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        parts = [part for part in (error.context, error.problem) if part]
        said = ", ".join(parts).replace("'<stream end>'", "the end")
        raise ConfigError(f"{source}: no valid YAML{place}: {' '.join(said.split())}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{source}: no valid YAML: {' '.join(str(error).split())}") from error
    except ValueError as error:  # such as a date of a 13th month
        raise ConfigError(f"{source}: no valid YAML: {error}") from error
