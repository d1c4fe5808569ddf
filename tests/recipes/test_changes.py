"""Terms are added, replaced, taken out and changed by name; their order counts."""

from dataclasses import replace

import pytest
import yaml

from vireid.errors import ConfigError
from vireid.recipes import change_recipe, dump_recipe, load_recipe, parse_recipe, recipe_differences
from vireid.terms import ClusterNCE, Inter, Triplet

SMALL = load_recipe("synthetic")
LAST = dict(SMALL.stages[2].terms)


def with_last(terms):
    """Return the recipe with other terms in its last stage."""
    return replace(SMALL, stages=(*SMALL.stages[:2], replace(SMALL.stages[2], terms=terms)))


ADDED = LAST | {"late": Triplet("matched", margin=0.5)}
REPLACED = {**LAST, "intra": Inter("mixed", weight=3.0)}
WITHOUT = {name: term for name, term in LAST.items() if name != "intra"}
CHANGES = [
    ("late: {loss: triplet, labels: matched, margin: 0.5}", ADDED),
    ("intra: {loss: inter, labels: mixed, weight: 3}", REPLACED),
    ("intra: null", WITHOUT),
    ("intra.weight: 3", {**LAST, "intra": replace(LAST["intra"], weight=3.0)}),
    ("matched.momentum: 0.5", {**LAST, "matched": replace(LAST["matched"], momentum=0.5)}),
]


@pytest.mark.parametrize(("change", "terms"), CHANGES, ids=[change for change, _ in CHANGES])
@pytest.mark.parametrize("way", ["changes", "override", "loaded", "written"])
def test_every_way_to_change_terms(change, terms, way):
    name, value = f"stages.aligned.terms.{change}".split(": ", 1)
    if way == "changes":
        found = parse_recipe(f"base: synthetic\nchanges:\n  {name}: {value}")
    elif way == "override":
        found = load_recipe("synthetic", [f"{name}={value}"])
    elif way == "loaded":
        found = change_recipe(SMALL, [f"{name}={value}"])
    else:
        found = parse_recipe(dump_recipe(SMALL), [f"{name}={value}"])
    assert found == with_last(terms)
    assert list(found.stages[2].terms) == list(terms), "in this order"


@pytest.mark.parametrize("form", ["mapping", "list"])
def test_all_terms_can_be_replaced(form):
    value = {
        "mapping": "{a: {loss: triplet, labels: matched}, matched: {loss: cluster_nce, labels: m}}",
        "list": "[{loss: triplet, labels: matched}, {loss: cluster_nce, labels: m}]",
    }[form].replace("labels: m}", "labels: matched}")
    name = {"mapping": "a", "list": "triplet"}[form]
    terms = {name: Triplet("matched"), "matched": ClusterNCE("matched")}
    for found in (
        parse_recipe(f"base: synthetic\nchanges: {{stages.aligned.terms: {value}}}"),
        load_recipe("synthetic", [f"stages.aligned.terms={value}"]),
    ):
        assert found == with_last(terms)
        assert list(found.stages[2].terms) == list(terms)


def test_a_term_that_is_replaced_keeps_its_place_and_a_new_one_comes_last():
    found = load_recipe(
        "synthetic",
        ["stages.aligned.terms.visible={loss: triplet, labels: matched}",
         "stages.aligned.terms.new={loss: inter, labels: matched}",
         "stages.aligned.terms.intra=null"],
    )  # fmt: skip
    names = ["visible", "infrared", "matched", "inter", "new"]
    assert list(found.stages[2].terms) == names


def test_a_star_stands_for_every_stage_and_every_term_that_has_the_setting():
    found = load_recipe(
        "synthetic",
        ["stages.*.terms.*.momentum=0.6", "stages.*.epochs=2", "stages.*.terms.intra.weight=9",
         "stages.aligned.terms.*.start=0.25", "stages.*.terms.*.features=pooled"],
    )  # fmt: skip
    for stage, before in zip(found.stages, SMALL.stages, strict=True):
        assert stage.epochs == 2
        for name, term in stage.terms.items():
            old = before.terms[name]
            if term.loss == "cluster_nce":
                assert term.momentum == 0.6
            assert term.start == (0.25 if stage.name == "aligned" else old.start)
            assert term.weight == (9 if name == "intra" else old.weight)
            if hasattr(term, "features"):
                assert term.features == "pooled"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("stages.aligned.terms.intro.weight=3", "there is no term intro; expected one of visible, "
         "infrared, matched, intra, inter; did you mean intra?"),
        ("stages.aligned.terms.intro=null", "there is no term intro; expected one of .*mean intra"),
        ("stages.aligned.terms.intra.wieght=3", "no such setting of intra: .*mean weight?"),
        ("stages.aligned.terms.new={labels: mixed}", "new.*(it has no|lacks a) loss; "
         "expected one of cluster_nce, classifier, intra, .*, or a class_path"),
        ("stages.aligned.terms.new={loss: tripled}", "loss is tripled; .*mean triplet?"),
        ("stages.aligned.terms.new={loss: triplet}", "stages.aligned.terms.new.labels is missing"),
        ("stages.aligned.terms.new=3", "stages.aligned.terms.new holds 3; expected settings, or a"),
        ("stages.aligned.terms=3", "stages.aligned.terms holds 3; expected terms by name"),
        ("stages.aligned.terms.intra.weight.x=3", "weight holds no other settings"),
        ("stages.*.terms.*.wheels=3", "no term has that setting|no stage has a term with it"),
        ("stages.*.terms.gone.weight=3", "no term has that setting|no stage has a term with it"),
        ("stages.alined.epochs=3", "NAME one of intra, joint, aligned; did you mean aligned?"),
        ("stages=3", "stages is 3; expected a list of settings"),
        ("stages.aligned.terms.total={loss: triplet, labels: mixed}", "total is no name for a te"),
    ],
)  # fmt: skip
def test_mistakes_name_the_nearest_word_in_one_line(override, message):
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")) as caught:
        load_recipe("synthetic", [override])
    assert "\n" not in str(caught.value)


def test_the_order_of_terms_counts():
    turned = with_last(dict(reversed(list(LAST.items()))))
    assert turned != SMALL
    assert recipe_differences(SMALL, turned) == [
        "stages.aligned.terms in order is inter, intra, matched, infrared, visible, "
        "was visible, infrared, matched, intra, inter"
    ]
    assert recipe_differences(SMALL, SMALL) == []
    again = parse_recipe(dump_recipe(turned))
    assert again == turned
    assert list(again.stages[2].terms) == list(reversed(LAST))


def test_differences_of_terms_go_by_their_names():
    found = recipe_differences(
        SMALL, with_last(WITHOUT | {"inter": replace(LAST["inter"], weight=1)})
    )
    assert "stages.aligned.terms.inter.weight is 1, was 10.0" in found
    gone = "{loss: intra, labels: matched, weight: 0.5, confidence: true}"
    assert f"stages.aligned.terms.intra is absent, was {gone}" in found
    assert found[0].startswith(
        "stages.aligned.terms in order is visible, infrared, matched, inter,"
    )


@pytest.mark.parametrize(
    "text",
    ["stages: [3]", "stages: {a: 1}", "stages: [{epochs: 2}]", "stages: [{name: [1]}]",
     "stages: [{name: s, epochs: 1, terms: {a: 3}}]",
     "stages: [{name: s, epochs: 1, terms: {a: [3]}}]",
     "stages: [{name: s, epochs: 1, terms: null}]", "stages: null", "{1: 2}", "labelling: 3"],
)  # fmt: skip
@pytest.mark.parametrize(
    "override",
    ["stages.s.terms.a.weight=3", "stages.s.terms.*.weight=3", "stages.*.terms.*.weight=3",
     "stages.s.epochs=2", "stages.s.terms.a=null", "labelling.memories=2", "seed=1"],
)  # fmt: skip
def test_whatever_a_recipe_holds_a_change_ends_in_one_line_at_most(text, override):
    with pytest.raises(ConfigError) as caught:
        parse_recipe(text, [override])
    assert "\n" not in str(caught.value)


STEPS = """
base: synthetic
changes:
  stages.joint.then:
  - {sample_by: mixed, batch_labels: 3, terms: {far: {loss: triplet, labels: mixed}}}
"""


def test_further_steps_are_written_read_and_changed():
    recipe = parse_recipe(STEPS)
    assert recipe.stages[1].then[0].terms == {"far": Triplet("mixed")}
    assert parse_recipe(dump_recipe(recipe)) == recipe
    other = change_recipe(recipe, ["stages.joint.then.0.terms.far.margin=0.7"])
    assert other.stages[1].then[0].terms["far"].margin == 0.7
    assert recipe_differences(recipe, other) == [
        "stages.joint.then.0.terms.far.margin is 0.7, was 0.3"
    ]
    for wrong in ("1.batch_labels=2", "x.batch_labels=2"):
        with pytest.raises(ConfigError, match=r"setting stages\.joint.then"):
            change_recipe(recipe, [f"stages.joint.then.{wrong}"])


def test_a_recipe_without_cameras_and_tracks_is_one_that_makes_no_use_of_them():
    recipe = load_recipe("mmm")
    lines = yaml.safe_load(dump_recipe(recipe))
    for name in ("cameras", "use_cameras", "tracks", "use_tracks"):
        del lines["labelling"][name]
    before = yaml.safe_dump(lines, sort_keys=False)
    assert recipe_differences(before, recipe) == []
    changed = change_recipe(recipe, ["labelling.cameras.centre=camera"])
    assert recipe_differences(before, changed) == ["labelling.cameras.centre is camera, was none"]


def test_terms_of_a_further_step_are_reached_by_the_steps_number():
    far = load_recipe("bmil", ["stages.mixed.then.0.terms.*.nearest=10"])
    assert far == load_recipe("bmil", ["stages.mixed.terms.proxies.nearest=10"])
    assert far.stages[-1].then[0].terms["proxies"].nearest == 10
    with pytest.raises(ConfigError, match="there is no term proxy; expected one of proxies; did "):
        load_recipe("bmil", ["stages.mixed.then.0.terms.proxy.nearest=10"])
    with pytest.raises(ConfigError, match="nearest: then has 1 step"):
        load_recipe("bmil", ["stages.mixed.then.1.terms.*.nearest=10"])


def test_a_further_step_leaves_with_its_only_term_and_an_empty_one_is_named():
    assert load_recipe("pclhd").stages[-1].then
    assert load_recipe("pclhd", ["stages.cross.terms.mixed=null"]).stages[-1].then == ()
    with pytest.raises(ConfigError, match=r"stage cross: then\.0: it has no terms"):
        load_recipe("pclhd", ["stages.cross.then.0.terms.mixed=null"])


def test_what_only_one_recipe_has_is_one_line_with_what_is_not_its_default():
    pclhd, pgm = load_recipe("pclhd"), load_recipe("pgm")
    found = recipe_differences(pgm, pclhd)
    step = "stages.cross.then.0"
    assert f"{step} is {{sample_by: mixed, apart: true}}, was absent" in found
    mixed = "{loss: hybrid_nce, labels: mixed, each_modality: true}"
    assert f"{step}.terms.mixed is {mixed}, was absent" in found
    back = recipe_differences(pclhd, pgm)
    assert f"{step}.terms.mixed is absent, was {mixed}" in back
    other = recipe_differences(pgm, SMALL)
    assert "stages.cross is absent, was {epochs: 9, iterations: 35}" in other
    assert sum(line.startswith("stages.cross") for line in other) == 1 + 4
    assert recipe_differences("stages: 3", "stages: [{name: s, terms: 3}]")
