"""The page on the methods names recipes, functions, settings and tests that exist."""

import csv
import importlib
import re
from pathlib import Path

import pytest

from vireid.recipes import FORMER, load_recipe, names, small_names
from vireid.recipes.listed import list_settings
from vireid.terms import SHIPPED, short_name

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent / "docs" / "methods.md").read_text(encoding="utf-8")
METHODS = ("ADCA", "PGM", "N-ULC", "BMIL", "PCLHD", "RPNR")


def rows(first: str) -> list[list[str]]:
    """Return the cells of all tables whose head begins with a word, head and rule apart."""
    found = []
    for table in re.findall(rf"^\| {first} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        found += [line.strip("| ").split(" | ") for line in table.splitlines()]
    return found


def code(cells: list[str]) -> list[str]:
    """Return what cells show as code."""
    return re.findall(r"`([^`]+)`", " ".join(cells))


FUNCTIONS = sorted({name for row in rows("piece") for name in code(row[2:3])})
SETTINGS = sorted(
    set(re.findall(r"`((?:stages\.NAME|labelling|teacher)\.[A-Za-z_.]+)`", PAGE)) - set(FUNCTIONS)
)
NAMED_TESTS = sorted(set(re.findall(r"`(\w+/test_\w+\.py)::(test_\w+)`", PAGE)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_beside_formulas_exist(name):
    module, _, attribute = f"vireid.{name}".rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_the_decisions_exist(name):
    assert name in re.findall(r"^  (\S+)$", list_settings(), flags=re.MULTILINE)


@pytest.mark.parametrize(("file", "test"), NAMED_TESTS)
def test_tests_of_faults_exist(file, test):
    assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8")


def test_every_recipe_is_named_once_and_has_the_terms_that_are_said():
    named = []
    for row in rows("method"):
        recipes, terms = code(row[2:3]), set(code(row[4:5]))
        named += recipes
        for name in set(recipes) - {"released", "released-sysu"}:
            found = {term.loss for term in load_recipe(name).stages[-1].all_terms().values()}
            assert found == terms, name
        for name in set(recipes) & set(small_names()):
            assert code(row[5:6]) == [stage.name for stage in load_recipe(name).stages], name
    assert sorted(named) == names()
    former = (
        PAGE.split("are former names of")[0].rpartition("\n\n")[2]
        + PAGE.split("are former names of")[1].partition("and still work")[0]
    )
    assert {*FORMER, *FORMER.values()} <= set(code([former]))
    assert {name for row in rows("method") for name in code(row[4:5])} <= {
        short_name(kind) for kind in SHIPPED
    }


def test_commands_name_recipes_and_settings():
    commands = re.findall(r"^ {4}vireid (.+)$", PAGE, flags=re.MULTILINE)
    assert len(commands) >= 3
    for command in commands:
        if command.startswith("synth "):
            continue
        words, _, setting = command.partition(" --set ")
        given = re.findall(r"(?:--recipe|--diff|^recipe) (\S+)", words)
        assert given, command
        for name in given:
            load_recipe(name, setting.split())


@pytest.mark.parametrize("name", ["pclhd", "bmil"])
def test_settings_of_a_further_step_are_those_that_the_page_names(name):
    setting = "stages.NAME.then.0.apart"
    assert PAGE.count(f"`{setting}` |") == 2
    last = load_recipe(name).stages[-1]
    found = load_recipe(name, [f"{setting.replace('NAME', last.name)}=false"]).stages[-1]
    assert (last.then[0].apart, found.then[0].apart) == (True, False)


def test_the_tables_are_whole():
    assert (len(FUNCTIONS) > 30, len(SETTINGS) > 15, len(NAMED_TESTS) > 18) == (True, True, True)
    for method in METHODS:
        section = PAGE.split(f"\n## {method}\n")[1].split("\n## ")[0]
        assert section.count("| piece |") == section.count("| point |") == 1
        assert "Not copied:" in section
    for table in ("method", "piece", "point"):
        assert all(1 < len(row) <= 6 for row in rows(table))


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", PAGE))
def test_links_lead_somewhere(link):
    file, _, anchor = link.partition("#")
    text = (TESTS.parent / "docs" / file).read_text(encoding="utf-8") if file else PAGE
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert not anchor or anchor in anchors


def test_the_first_look_is_the_one_that_was_made():
    table = TESTS.parent / "docs" / "results" / "methods.csv"
    found = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    for recipe in {row["recipe"] for row in found}:
        _, first, *_, last = own = [row for row in found if row["recipe"] == recipe]
        assert own[0]["stage"] == "before"
        scores = [f"{float(last[name]):.1f}" for name in ("rank1", "mAP", "mINP")]
        assert f"| `{recipe}` | {' | '.join(scores)} | {float(first['mAP']):.1f} |\n" in PAGE
