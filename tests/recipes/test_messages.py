"""Mistakes in recipes: in words of our own, in one line, with the nearest name."""

import copy
from dataclasses import dataclass

import pytest
import yaml

from vireid.errors import ConfigError
from vireid.recipes import dump_recipe, find_recipe, load_recipe, parse_recipe
from vireid.recipes.classes import Classes
from vireid.terms import Triplet

LEAKS = (
    "typing", "Literal", "Parser key", "Problem with given", "validation failed", "NoneType",
    "<class", "unexpected keyword", "positional argument", "None", "{'", "unicode string",
    "recipe: recipe", ". holds", "datetime",
)  # fmt: skip
"""What would be somebody else's words."""
WRONG = ("[3", "x", "{a: 1}", "null", "3.5", "-1", "true", ".nan", "[]", "2020-13-01", "2020-01-01",
         "{class_path: a.b}", "{class_path: 3}", "{loss: nce}", "{loss: [1]}", "{loss: triplet}",
         "{? [1] : 2}", "!!python/name:os.system", "&a [*a]")  # fmt: skip


def complaint(text, *overrides):
    """Return the one line that is said of a recipe; nothing where it is fine."""
    try:
        parse_recipe(text, overrides, source="mine")
    except ConfigError as error:
        line = str(error)
        assert "\n" not in line
        assert not [leak for leak in LEAKS if leak in line], line
        return line
    return ""


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("labelling.matching=hungarain", "labelling.matching is hungarain; expected hungarian, "
         "progressive or nearest; did you mean hungarian?"),
        ("stage.intra.epochs=1", "no such setting: stage; did you mean stages?"),
        ("stages.intr.epochs=1", "setting stages.intr.epochs: expected stages.NAME.FIELD with NAME "
         "one of intra, joint, aligned; did you mean intra?"),
        ("stages.intra=1", "expected stages.NAME.FIELD with NAME one of intra, joint, aligned"),
        ("stages.joint.epoch=1", "no such setting: stages.joint.epoch; did you mean epochs?"),
        ("labeling.matching=nearest", "no such setting: labeling; did you mean labelling?"),
        ("network.strips=1", "no such setting: network.strips; did you mean stripes?"),
        ("teacher.momentun=0.5", "no such setting: teacher.momentun; did you mean momentum?"),
        ("stages.aligned.terms.inner.weight=2", "there is no term inner; expected one of visible, "
         "infrared, matched, intra, inter; did you mean inter?"),
        ("stages.aligned.terms.inter.wieght=2", "no such setting of inter: "
         "stages.aligned.terms.inter.wieght; did you mean weight?"),
        ("stages.aligned.terms.matched.smoothing=1", "no such setting of cluster_nce: "
         "stages.aligned.terms.matched.smoothing; it has labels, weight, start"),
        ("stages.aligned.terms.inter.momentum=0.5",
         "stage aligned: inter: momentum applies to cluster_nce and 8 other losses, not to inter"),
        ("stages.aligned.terms.inter.norm=l1", "norm applies to intra, not to inter"),
        ("stages.aligned.terms.matched.features=pooled",
         "features applies to intra and 2 other losses, not to cluster_nce"),
        ("stages.aligned.terms.inter.trained=0", "no such setting of inter"),
        ("stages.*.terms.*.temprature=1", "no stage has a term with it; did you mean temperature?"),
        ("stages.*.terms.gone=null", "setting stages.*.terms.gone: no stage has a term with it"),
        ("stages.aligned.terms.inter.labels=machted", "labels is machted; expected one of the "
         "label spaces visible, infrared, mixed, matched; did you mean matched?"),
        ("stages.aligned.sample_by=machted", "sample_by is machted; expected one of own, mixed, "
         "matched; did you mean matched?"),
        ("stages.aligned.terms.inter.loss=interr", ", or a class_path; did you mean inter?"),
        ("stages.aligned.terms.new={labels: matched}", "stages.aligned.terms.new lacks a loss"),
        ("labelling.class_path=a.B", "beside a class_path; put settings into init_args"),
        ("height=tall", "height is 'tall'; expected a whole number"),
        ("height=null", "height is null; expected a whole number"),
        ("network={a: 1}", "no such setting: network.a"),
        ("network=null", "network holds null; expected settings by name"),
        ("network.non_local=3", "network.non_local is 3; expected a list, such as [0, 2]"),
        ("labelling.refiners=x", "labelling.refiners is 'x'; expected a list, each with a kind ("),
        ("labelling.refiners=null", "dense_prototypes) or a class_path; [] for none"),
        ("labelling.refiners=[{kind: dense_prototypes}, {kind: dense_prototypes, top: 0}]",
         "labelling.refiners.1.top is 0; expected at least 1"),
        ("stages.joint.then={a: 1}", "stages.joint.then is {a: 1}; expected a list of settings"),
        ("compute.compile=yess", "compute.compile is 'yess'; expected true or false"),
        ("height=[3", "setting height=[3: no valid YAML at line 1, column 3: while"),
        ("seed=2020-13-01", "no valid YAML: month must be in 1..12"),
        ("stages.*.epochs=0", "mine: stage intra: epochs is 0; expected at least 1; stage joint"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_what_is_expected(override, message):
    assert message in complaint("base: synthetic", override)


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    "name",
    ["height", "weight_decay", "network.backbone", "network.depth", "network.last_stride",
     "network.non_local", "compute.compile", "teacher", "labelling", "labelling.refiners",
     "labelling.matcher", "labelling.max_cost", "labelling.matching", "stages.joint.name",
     "stages.joint.milestones", "stages.joint.then", "stages.joint.terms",
     "stages.joint.terms.mixed", "stages.joint.terms.mixed.loss", "stages.*.terms.*.weight"],
)  # fmt: skip
def test_no_value_brings_out_words_of_a_parser(name, value):
    complaint("base: synthetic", f"{name}={value}")
    complaint(yaml.safe_dump({"base": "paper", "changes": {name: value}}))


def places(value, path=()):
    """Yield the path of everything in a recipe."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in inner:
        yield (*path, key)
        if isinstance(part, dict | list):
            yield from places(part, (*path, key))


def test_no_wrong_part_of_a_file_does_either():
    whole = yaml.safe_load(find_recipe("synthetic"))
    whole["stages"] = whole["stages"][-1:]  # it has all that the others have
    for path in places(whole):
        for value in (None, 3, "x", [{"a": 1}], {"class_path": "a.b"}):
            changed = copy.deepcopy(whole)
            place = changed
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            complaint(yaml.safe_dump(changed, sort_keys=False))


def test_misspelt_recipes_and_bases_are_met_with_the_nearest():
    with pytest.raises(ConfigError, match=r"small, synthetic; did you mean synthetic\?"):
        load_recipe("sinthetic")
    assert complaint("base: papr").endswith("; did you mean paper?")


def test_a_class_that_raises_is_named():
    @dataclass(frozen=True)
    class Fussy(Triplet):
        def __post_init__(self):
            raise ZeroDivisionError("no")

    term = {"class_path": "my.Fussy", "init_args": {"labels": "matched"}}
    text = dump_recipe(load_recipe("synthetic"))
    with pytest.raises(ConfigError, match=r"my.Fussy cannot be made: ZeroDivisionError: no"):
        parse_recipe(
            text, [f"stages.aligned.terms.x={term}"], classes=Classes(loaded={"my.Fussy": Fussy})
        )


def test_a_term_is_taken_out_of_all_stages_that_have_it():
    recipe = parse_recipe("base: synthetic", ["stages.*.terms.mixed=null"])
    assert [list(stage.terms) for stage in recipe.stages][:2] == [["visible", "infrared"]] * 2


def test_all_mistakes_are_told_at_once_wherever_they_are_found():
    wrong = ("stages.joint.terms.mixd.weight=3", "heigth=3", "seed", "labelling.matching=hungarain")
    line = complaint(find_recipe("synthetic"), *wrong)
    for part in ("mean mixed?", "mean height?", "setting seed: expected name", "mean hungarian?"):
        assert part in line
    base = "base: synthetic\nchanges: {stages.jont.epochs: 3, stages.intra.terms.vis.weight: 2}"
    line = complaint(base)
    assert "mean joint?" in line
    assert "there is no term vis" in line


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("stages.cross.terms.forth.ramp=[0,-1]", "ramp holds -1.0; expected at least 0"),
        ("stages.cross.terms.forth.ramp=[0,1,1,1,1,1,1,1,1,1]", "ramp has 10 factors for 9 epochs"),
        ("stages.cross.terms.forth.against=infared", "against is infared; expected one of the "
         "stage's other terms visible, infrared, back; did you mean infrared?"),
        ("stages.cross.terms.forth.each_modality=true", "each_modality needs labels that both"),
        ("stages.*.terms.forth.momentun=1", "no such setting of cross_nce"),
        ("stages.*.terms.forth.norm=l1", "norm applies to intra, not to cross_nce"),
    ],
)  # fmt: skip
def test_of_two_terms_of_one_loss_a_message_says_which(override, message):
    found = complaint("base: pgm", override)
    assert message in found
    assert "stage cross: forth: " in found or "stages.cross.terms.forth.momentun" in found
