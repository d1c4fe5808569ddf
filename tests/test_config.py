"""Recipes check their values and report all problems at once."""

import re
from dataclasses import replace

import pytest

from vireid.config import (
    AugmentationConfig,
    Named,
    NetworkConfig,
    Recipe,
    StageConfig,
    StepConfig,
    TeacherConfig,
)
from vireid.errors import ConfigError
from vireid.labelling import ClusteringConfig, MultiMemoryMatching
from vireid.recipes import parse_recipe
from vireid.terms import (
    Classifier,
    ClusterNCE,
    CrossNCE,
    Inter,
    Intra,
    JoinedNCE,
    PairHybrid,
    Triplet,
)

TERM = ClusterNCE("visible")
STAGE = StageConfig("intra", 2, {"visible": TERM})
OFFERED = MultiMemoryMatching().spaces()
FEATURES = ("pooled", "embedding")


def test_the_smallest_recipe_is_valid_and_its_stages_become_a_tuple():
    assert Recipe(stages=[STAGE]).stages == (STAGE,)  # type: ignore[arg-type]


def test_all_problems_are_reported_at_once_in_one_line():
    stage = replace(STAGE, epochs=0, terms={"visible": replace(TERM, momentum=1.0)})
    with pytest.raises(ConfigError) as caught:
        Recipe(stages=(stage,), height=0, seed=-1)
    text = str(caught.value)
    assert text.startswith("recipe: ")
    assert "\n" not in text
    for part in (
        "height is 0",
        "visible: momentum is 1.0",
        "seed is -1",
        "stage intra: epochs is 0",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"height": 0}, "height is 0"),
        ({"width": -3}, "width is -3"),
        ({"batch_labels": 0}, "batch_labels is 0"),
        ({"batch_images": 0}, "batch_images is 0"),
        ({"batch_labels": 1, "batch_images": 1}, "are both 1"),
        ({"labelling": MultiMemoryMatching(temperature=0.0)}, "labelling.temperature is 0"),
        ({"labelling": MultiMemoryMatching(temperature=float("nan"))}, "temperature is nan"),
        ({"labelling": MultiMemoryMatching(temperature=float("inf"))}, "temperature is inf"),
        ({"teacher": TeacherConfig(momentum=1.0)}, "teacher.momentum is 1.0; expected 0 or more"),
        ({"network": NetworkConfig(stripes=0, frozen=-1)}, "network.stripes is 0.*frozen is -1"),
        ({"weight_decay": -1.0}, "weight_decay is -1"),
        ({"seed": 2**63}, "seed is 9223372036854775808"),
        ({"stages": ()}, "it has no stages"),
        ({"stages": (STAGE, STAGE)}, "stage names repeat: intra, intra"),
        ({"augmentation": AugmentationConfig(padding=-1)}, "augmentation.padding is -1"),
        ({"augmentation": AugmentationConfig(flip=1.5)}, "augmentation.flip is 1.5"),
        ({"augmentation": AugmentationConfig(erasing=-0.5)}, "augmentation.erasing is -0.5"),
        ({"augmentation": AugmentationConfig(exposure=1.0)}, "augmentation.exposure is 1.0"),
        ({"labelling": MultiMemoryMatching(memories=0)}, "labelling.memories is 0"),
        ({"labelling": MultiMemoryMatching(max_cost=0.0)}, "labelling.max_cost is 0.0"),
        (
            {"labelling": MultiMemoryMatching(single=ClusteringConfig(k1=0))},
            "labelling.single.k1 is 0",
        ),
        (
            {"labelling": MultiMemoryMatching(mixed=ClusteringConfig(eps=1.0))},
            "labelling.mixed.eps is 1.0",
        ),
        (
            {"labelling": MultiMemoryMatching(single=ClusteringConfig(min_samples=0))},
            "labelling.single.min_samples is 0",
        ),
    ],
)
def test_values_out_of_range_are_named(change, message):
    with pytest.raises(ConfigError, match=message):
        Recipe(**{"stages": (STAGE,), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected at least 1"),
        ({"iterations": 0}, "iterations is 0"),
        ({"relabel_every": -1}, "relabel_every is -1; expected at least 0"),
        ({"warmup": -1}, "warmup is -1"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"decay": 0.0}, "decay is 0.0"),
        ({"milestones": (0.5, 1.0)}, "milestones hold 1.0"),
        ({"terms": {}}, "it has no terms"),
        ({"terms": {"a": replace(TERM, start=1.0)}}, "a: start is 1.0"),
        ({"terms": {"a": replace(TERM, weight=-1.0)}}, "a: weight is -1.0"),
        ({"terms": {"a": replace(TERM, temperature=0.0)}}, "a: temperature is 0"),
        ({"terms": {"a": replace(TERM, temperature=float("nan"))}}, "temperature is nan"),
        ({"terms": {"a": replace(TERM, temperature=float("inf"))}}, "temperature is inf"),
        ({"terms": {"a": replace(TERM, momentum=1.0)}}, "a: momentum is 1"),
        ({"terms": {"a": replace(TERM, momentum=-0.1)}}, "momentum is -0.1"),
        ({"terms": {"a": Triplet("visible", margin=-0.1)}}, "a: margin is -0.1"),
        ({"terms": {"a": Inter("visible")}}, "a: labels is visible; expected labels that both"),
        (
            {"terms": {"a": replace(TERM, confidence=True)}},
            "a: confidence is known of matched",
        ),
        (
            {"terms": {"a": ClusterNCE("visual")}},
            "a: labels is visual; expected one of the label",
        ),
        ({"terms": {"total": TERM}}, "total is no name for a term; expected a word other than"),
        ({"terms": {"a/b": TERM}}, "a/b is no name for a term"),
        ({"terms": {"": TERM}}, " is no name for a term"),
        (
            {"sample_by": "mixt"},
            "sample_by is mixt; expected one of own, mixed, matched; did you m",
        ),
        ({"sample_by": "visible"}, "sample_by is visible; expected one of own, mixed, matched"),
        ({"then": (StepConfig({}),)}, "it has no terms; give at least one loss"),
        (
            {"then": (StepConfig({"visible": TERM}),)},
            "two steps have terms of one name; give each a name of its own",
        ),
        ({"then": (StepConfig({"b": TERM}, sample_by="x"),)}, "sample_by is x; expected one of"),
        ({"then": (StepConfig({"b": TERM}, batch_labels=0),)}, "batch_labels is 0"),
        (
            {"then": (StepConfig({"b": TERM}, batch_labels=1, batch_images=1),)},
            "batch_labels and batch_images are both 1",
        ),
        ({"then": (StepConfig({"b": replace(TERM, weight=-1.0)}),)}, "b: weight is -1.0"),
        ({"batch_labels": 0}, "batch_labels is 0; expected at least 1"),
        ({"batch_images": -1}, "batch_images is -1"),
        ({"batch_labels": 1, "batch_images": 1}, "are both 1"),
        ({"recentre_every": -1}, "recentre_every is -1"),
        ({"backbone_rate": 0.0}, "backbone_rate is 0.0"),
        ({"recentre_every": 1}, "recentre_every applies where labels stay"),
        ({"recentre_every": 1, "relabel_every": 0}, "recentre_every applies to stages with an"),
        (
            {"terms": {"a": Classifier("matched")}},
            "a: a classifier learns labels that stay, but relabel_every of the stage is 1; "
            "set it to 0",
        ),
        (
            {"terms": {"a": replace(TERM, divide_by="count")}},
            "a: divide_by applies to terms with conf",
        ),
        (
            {"terms": {"a": replace(TERM, each_modality=True)}},
            "a: each_modality needs labels that both",
        ),
        (
            {"terms": {f: Intra("matched", features=f) for f in FEATURES}},
            "features are pooled and embedding in the intra terms on matched; choose one",
        ),
        ({"name": "before"}, "expected a plain word"),
        ({"name": "seconds"}, "expected a plain word"),
        ({"name": "seed"}, "expected a plain word"),
        ({"name": "../up"}, "expected a plain word"),
    ],
)
def test_problems_of_a_stage_name_the_stage(change, message):
    stage = replace(STAGE, **change)
    with pytest.raises(ConfigError, match=f"stage {stage.name}: .*{message}"):
        Recipe(stages=(stage,))


@pytest.mark.parametrize(
    ("sample_by", "labels", "spaces"),
    [
        ("own", ("visible",), ("visible", "infrared")),
        ("own", ("visible", "infrared", "mixed"), ("visible", "infrared", "mixed")),
        ("mixed", ("visible",), ("mixed", "visible")),
        ("matched", ("matched", "matched"), ("matched",)),
    ],
)
def test_a_stage_wants_the_label_spaces_of_its_batches_and_terms_once(sample_by, labels, spaces):
    terms = {f"{i}_{name}": ClusterNCE(name) for i, name in enumerate(labels)}
    terms = {f"t{name}": term for name, term in terms.items()}
    stage = StageConfig("s", 1, terms, sample_by=sample_by)
    assert stage.spaces(OFFERED) == spaces
    assert Recipe(stages=(stage,)).spaces(stage) == spaces


@pytest.mark.parametrize(
    ("epochs", "settings", "said"),
    [
        (1, {"phase": "even"}, "phase even"),
        (2, {"phase": "even"}, None),
        (10, {"phase": "odd", "start": 0.9}, "start 0.9, phase odd"),
        (10, {"phase": "odd", "start": 0.8}, None),
        (2, {"phase": "odd", "ramp": (0, 1)}, r"phase odd, ramp \[0, 1\]"),
        (1, {"ramp": (0, 1)}, r"ramp \[0, 1\]"),
        (1, {"ramp": (0,)}, None),
        (1, {"start": 0.9}, None),
    ],
)
def test_a_term_that_never_counts_is_a_problem(epochs, settings, said):
    stage = StageConfig("s", epochs, {"a": TERM, "b": ClusterNCE("infrared", **settings)})
    problems = list(stage.problems(OFFERED))
    if said is None:
        assert not problems
    else:
        (problem,) = problems
        assert re.match(rf"stage s: b counts in no epoch of {epochs} \({said}\); give", problem)


def test_a_stage_asks_for_trust_where_a_term_may_look_at_it():
    apart = {
        "visible": ClusterNCE("visible"),
        "infrared": ClusterNCE("infrared"),
        "forth": CrossNCE("visible", against="infrared"),
        "joined": JoinedNCE("infrared"),
        "pairs": PairHybrid("infrared"),
    }
    stage = StageConfig("s", 1, apart)
    asked = stage.asked(OFFERED)
    assert tuple(asked) == stage.spaces(OFFERED) == ("visible", "infrared", "matched")
    assert asked["matched"] == replace(OFFERED["matched"], confidence=False)
    for term in (ClusterNCE("matched"), Intra("matched"), ClusterNCE("matched", confidence=True)):
        one, other = replace(stage, terms=apart | {"m": term}), StepConfig({"m": term})
        assert one.asked(OFFERED)["matched"] == OFFERED["matched"]
        assert replace(stage, then=(other,)).asked(OFFERED)["matched"] == OFFERED["matched"]


def test_a_stage_has_the_recipes_batches_or_its_own():
    own = replace(STAGE, batch_labels=3, batch_images=7)
    recipe = Recipe(stages=(STAGE, replace(own, name="own")), batch_labels=5, batch_images=2)
    assert [recipe.batch(stage) for stage in recipe.stages] == [(5, 2), (3, 7)]


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("{loss: cluster_nce, labels: visible, norm: l1}", "norm applies to intra, not to cluster"),
        (
            "{loss: cluster_nce, labels: visible, features: embedding}",
            "features applies to intra and .*, not to cluster_nce",
        ),
        (
            "{loss: triplet, labels: matched, momentum: 0.1}",
            "momentum applies to cluster_nce and .*, not to triplet",
        ),
    ],
)
def test_settings_of_another_loss_name_the_stage_too(term, message):
    text = f"stages: [{{name: intra, epochs: 2, terms: {{a: {term}}}}}]"
    with pytest.raises(ConfigError, match=f"stage intra: .*{message}"):
        parse_recipe(text)


def test_the_steps_of_an_iteration_need_the_label_spaces_of_all():
    then = StepConfig({"mixed": ClusterNCE("mixed")}, sample_by="matched", batch_labels=5)
    stage = replace(STAGE, then=[then])
    assert stage.then == (then,)
    assert stage.spaces(OFFERED) == ("visible", "infrared", "matched", "mixed")
    assert list(stage.all_terms()) == ["visible", "mixed"]
    recipe = Recipe(stages=(stage,), batch_labels=4, batch_images=2)
    assert [recipe.batch(step) for step in stage.steps()] == [(4, 2), (5, 2)]


def test_named_values_are_equal_in_the_same_order_only():
    one = Named({"a": 1, "b": 2})
    assert one == Named({"a": 1, "b": 2})
    assert one == {"a": 1, "b": 2}
    assert one != Named({"b": 2, "a": 1})
    assert one != {"b": 2, "a": 1}
    assert one != [("a", 1), ("b", 2)]
    assert hash(one) == hash(Named({"a": 1, "b": 2}))
    assert hash(one) != hash(Named({"b": 2, "a": 1}))
    assert (repr(one), len(one), list(one)) == ("{'a': 1, 'b': 2}", 2, ["a", "b"])


def test_terms_are_a_copy_that_keeps_their_order():
    terms = {"b": TERM, "a": ClusterNCE("infrared")}
    stage = replace(STAGE, terms=terms)
    del terms["b"]
    assert list(stage.terms) == ["b", "a"]
    assert stage != replace(STAGE, terms=dict(reversed(list(stage.terms.items()))))
    assert hash(stage) == hash(replace(stage))


@pytest.mark.parametrize(
    ("used_for", "labels", "evaluation"),
    [("evaluation", False, True), ("labels", True, False), ("both", True, True)],
)
def test_what_a_teacher_is_used_for(used_for, labels, evaluation):
    teacher = TeacherConfig(used_for=used_for)
    assert (teacher.labels, teacher.evaluation) == (labels, evaluation)
