"""`vireid recipe`: a recipe with comments, or in what two of them differ."""

import json

import pytest
import yaml

from vireid.cli.main import main
from vireid.recipes import dump_recipe, load_recipe, names, parse_recipe

TERM = '''
from dataclasses import dataclass
from pathlib import Path
from vireid.terms import Triplet

Path({mark!r}).touch()


@dataclass(frozen=True)
class Wide(Triplet):
    """Keeps people far apart."""

    reach: float = 2.0
    """How far (more than 0)."""
'''


@pytest.fixture
def printed(capsys):
    """Return a function that runs the command and gives back what it prints."""

    def run(*words):
        capsys.readouterr()
        assert main(["recipe", *map(str, words)]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def mine(tmp_path):
    """Return a recipe's file that names a class beside it, and what importing that leaves."""
    mark = tmp_path / "imported"
    (tmp_path / "recipe_command_terms.py").write_text(TERM.format(mark=str(mark)))
    term = {"class_path": "recipe_command_terms.Wide", "init_args": {"labels": "matched"}}
    changes = {"seed": 7, "stages.aligned.terms.wide": term}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"base": "synthetic", "changes": changes}))
    return file, mark


def saved(folder, text):
    """Write a run folder of a recipe."""
    folder.mkdir()
    (folder / "recipe.yaml").write_text(text)
    return folder


@pytest.mark.parametrize("name", names())
def test_a_shipped_recipe_is_printed_as_a_recipe(printed, name):
    assert parse_recipe(printed(name)) == load_recipe(name)


def test_settings_are_changed_first(printed, tmp_path):
    text = printed("paper", "--set", "seed=3", "stages.*.terms.*.temperature=0.1")
    assert parse_recipe(text) == load_recipe(
        "paper", ["seed=3", "stages.*.terms.*.temperature=0.1"]
    )
    run = saved(tmp_path / "run", dump_recipe(load_recipe("paper")))
    assert parse_recipe(printed(run, "--set", "seed=3")) == load_recipe("paper", ["seed=3"])


def test_a_file_may_name_classes_beside_it(printed, mine):
    file, mark = mine
    text = printed(file)
    assert mark.exists()
    assert "# Keeps people far apart.\n" in text
    assert "# How far (more than 0). [a number; default 2.0]\n" in text
    copy = file.with_name("copy.yaml")
    copy.write_text(text)
    assert load_recipe(copy) == load_recipe(file)


def test_a_run_is_printed_without_importing_what_it_names(printed, mine, tmp_path, mistake):
    file, mark = mine
    text = dump_recipe(load_recipe(file))
    mark.unlink()
    run = saved(tmp_path / "run", text)
    out = printed(run)
    assert yaml.safe_load(out) == yaml.safe_load(text)
    assert "# Height of the network's input in pixels (at least 1)." in out
    assert "Keeps people far apart" not in out
    assert "stages.aligned.terms.wide" in printed(run, "--diff", "synthetic")
    assert "which is not imported out of a run" in mistake("recipe", run, "--set", "seed=3")
    assert not mark.exists()


def test_differences_are_lines_of_settings(printed, mine, tmp_path):
    file, _ = mine
    assert printed("synthetic", "--diff", "synthetic") == "synthetic and synthetic are equal\n"
    assert printed("synthetic", "--set", "seed=3", "--diff", "synthetic") == "seed is 3, was 0\n"
    lines = printed("paper", "--diff", "synthetic").splitlines()
    assert "labelling.matching is hungarian, was progressive" in lines
    assert "seed is 7, was 0" in printed(file, "--diff", "synthetic").splitlines()
    run = saved(tmp_path / "run", dump_recipe(load_recipe("synthetic", ["height=48"])))
    assert printed("synthetic", "--diff", run) == "height is 96, was 48\n"


def test_a_recipe_of_version_0_1_0_is_printed_in_the_form_of_today(printed, tiny_file, tiny):
    assert parse_recipe(printed(tiny_file)) == tiny


def test_mistakes(mistake, tmp_path):
    assert mistake("recipe", "sysuu").endswith("; did you mean sysu?\n")
    assert "holds no recipe.yaml" in mistake("recipe", tmp_path)
    assert "did you mean paper?" in mistake("recipe", "sysu", "--diff", "papr")
    assert "did you mean seed?" in mistake("recipe", "sysu", "--set", "sead=3")
    assert "did you mean --diff?" in mistake("recipe", "sysu", "--dif", "paper")
    assert "no valid YAML" in mistake("recipe", saved(tmp_path / "run", "a: ["))
    (tmp_path / "data.json").write_text(json.dumps([1]))
    assert "holds no settings" in mistake("recipe", tmp_path / "data.json")


def test_a_misspelt_stage_is_met_with_the_nearest(trained, people, mistake):
    message = mistake("evaluate", trained, people, "--stage", "alinged")
    assert message.endswith("it has: before, joint, aligned; did you mean aligned?\n")


def test_without_a_name_it_lists_what_ships_and_a_name_in_capitals_is_understood(printed, capsys):
    assert printed().split() == names()
    assert main(["recipe", "PGM"]) == 2
    assert capsys.readouterr().err.endswith("; did you mean pgm?\n")
    assert main(["recipe", "--diff", "pgm"]) == 2
    assert "need the name of a recipe" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["recipe", "--help"])
    assert "`vireid recipe mmm-sysu > mine.yaml`" in capsys.readouterr().out
