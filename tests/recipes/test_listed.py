"""The list of all settings."""

import re
from collections import Counter
from dataclasses import fields

from vireid.recipes import dump_recipe, load_recipe, parse_recipe
from vireid.recipes.listed import list_settings
from vireid.terms import SHIPPED, Term


def entries(text):
    """Return each name with what is said below it."""
    found = re.findall(r"^  (\S+)\n((?: {6}.*\n)+)", text, flags=re.MULTILINE)
    return [(name, " ".join(said.split())) for name, said in found]


def test_every_setting_is_listed_once_with_its_meaning_type_and_value():
    listed = entries(list_settings())
    counts = Counter(name for name, _ in listed)
    shared = {field.name for field in fields(Term)}
    theirs = Counter(field.name for kind in SHIPPED for field in fields(kind))
    repeated = {f"stages.NAME.terms.TERM.{name}": count for name, count in theirs.items()
                if name not in shared and count > 1}  # fmt: skip
    assert {name: count for name, count in counts.items() if count > 1} == repeated
    for name in ("seed", "network.stripes", "labelling.mixed.eps", "teacher.momentum",
                 "stages.NAME.epochs", "stages.NAME.then.NUMBER.batch_labels"):  # fmt: skip
        assert name in counts
    for kind in SHIPPED:
        for field in fields(kind):
            assert f"stages.NAME.terms.TERM.{field.name}" in counts
    for name, said in listed:
        assert re.fullmatch(r"[A-Z0-9h].{10,} \[.+\]", said), (name, said)
        assert "; default " in said or "; required]" in said or name.endswith("TERM")


def test_defaults_are_those_in_force():
    said = dict(entries(list_settings()))
    assert said["labelling.single.k1"].endswith("[a whole number; default 30]")
    assert said["labelling.mixed.k1"].endswith("[a whole number; default 40]")
    assert said["stages.NAME.epochs"].endswith("[a whole number; required]")
    assert said["labelling.matching"].endswith(
        "[one of hungarian, progressive, nearest; default progressive]"
    )
    assert "[one of visible, infrared, mixed, matched; " in said["stages.NAME.terms.TERM.labels"]
    assert "[one of own, mixed, matched; " in said["stages.NAME.sample_by"]


def test_values_are_those_of_the_recipe_that_is_named():
    said = dict(entries(list_settings(load_recipe("synthetic"), "synthetic")))
    assert said["labelling.single.k1"].endswith("[a whole number; synthetic: 15]")
    assert said["stages.NAME.epochs"].endswith("[a whole number; synthetic: 4, but aligned 5]")
    assert said["stages.NAME.terms.TERM.weight"].endswith(
        "[a number; synthetic: 1.0, but aligned.intra 0.5, aligned.inter 10.0]"
    )
    assert said["stages.NAME.terms.TERM.margin"].endswith("[a number; default 0.3]")
    assert said["stages.NAME.name"].endswith("[text; synthetic: intra, joint, aligned]")


def written(value):
    return list(value) if isinstance(value, tuple) else value


def test_each_setting_takes_the_value_that_it_has(tiny):
    changes = []
    for name, _ in entries(list_settings(tiny, "tiny")):
        value, parts = tiny, name.replace("stages.NAME", "stages").split(".")
        if {"teacher", "evaluation", "TERM", "NUMBER"} & set(parts):
            continue
        for part in parts:
            value = value[0] if part != "stages" and isinstance(value, tuple) else value
            value = getattr(value, part)
        if isinstance(value, (int, float, str)):
            changes.append(f"{name.replace('NAME', tiny.stages[0].name)}={value}")
    changes += [
        f"stages.{stage.name}.terms.{name}.{field.name}={written(getattr(term, field.name))}"
        for stage in tiny.stages
        for name, term in stage.terms.items()
        for field in fields(term)
    ]
    assert len(changes) > 90
    assert parse_recipe(dump_recipe(tiny), changes) == tiny
