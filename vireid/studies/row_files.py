"""Rows of a study out of a file: a list of settings for each name."""

from pathlib import Path

import yaml

from vireid.errors import ConfigError


def read_rows(file: Path) -> dict[str, list[str]]:
    """Read the settings of each row.

    Args:
        file: YAML, a list of settings ``NAME=VALUE`` for each name.

    Returns:
        Settings by the name of the row, for ``named_rows``.

    Raises:
        ConfigError: the file cannot be read or holds something else.
    """
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"--rows {file} cannot be read as YAML: {reason}") from error
    lists = isinstance(found, dict) and all(
        isinstance(value, list) and all(isinstance(setting, str) for setting in value)
        for value in found.values()
    )
    if not found or not lists:
        raise ConfigError(
            f"--rows {file}: expected lines such as `one to one: [matching=hungarian]`, a list of "
            "settings NAME=VALUE for each row"
        )
    return {str(name): settings for name, settings in found.items()}
