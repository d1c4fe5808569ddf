"""The page on the method names functions and settings that exist."""

import importlib
import re
from pathlib import Path

import pytest

from vireid.recipes import names
from vireid.recipes.listed import list_settings

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "method.md").read_text(encoding="utf-8")


def named(title, column):
    """Return what the table under a heading shows as code in one column."""
    section = PAGE.split(f"## {title}")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    assert len({len(row) for row in rows[2:]} - {len(rows[0]), len(rows[0]) - 1}) == 0
    cells = [row[column] for row in rows[2:] if len(row) > column]
    return re.findall(r"`([^`]+)`", " ".join(cells))


FUNCTIONS = named("Each equation and its function", 2)
SETTINGS = named("Where paper and released code part ways, and what vireid does", 2)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_beside_equations_exist(name):
    module, _, attribute = f"vireid.{name}".rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", sorted(set(SETTINGS)))
def test_settings_of_the_decisions_exist(name):
    assert name in re.findall(r"^  (\S+)$", list_settings(), flags=re.MULTILINE)


def test_the_tables_are_whole():
    assert len(FUNCTIONS) > 25
    assert len(set(SETTINGS)) > 20
    others = ("adca", "pgm", "nulc", "bmil", "pclhd", "rpnr", "mmm-pclhd")
    own = {name for name in names() if not name.startswith(others)}
    assert set(named("The recipes", 0)) == own
