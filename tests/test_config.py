"""Recipes check their values and report all problems at once."""

from dataclasses import replace

import pytest

from vireid.config import (
    AugmentationConfig,
    ClusteringConfig,
    LabellingConfig,
    NetworkConfig,
    Recipe,
    StageConfig,
    TermConfig,
)
from vireid.errors import ConfigError

TERM = TermConfig("cluster_nce", "visible")
STAGE = StageConfig("intra", 2, (TERM,))
FEATURES = ("pooled", "embedding")


def test_the_smallest_recipe_is_valid_and_its_stages_become_a_tuple():
    assert Recipe(stages=[STAGE]).stages == (STAGE,)  # type: ignore[arg-type]


def test_all_problems_are_reported_at_once_in_one_line():
    with pytest.raises(ConfigError) as caught:
        Recipe(stages=(replace(STAGE, epochs=0),), height=0, momentum=1.0, seed=-1)
    text = str(caught.value)
    assert text.startswith("recipe: ")
    assert "\n" not in text
    for part in ("height is 0", "momentum is 1.0", "seed is -1", "stage intra: epochs is 0"):
        assert part in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"height": 0}, "height is 0"),
        ({"width": -3}, "width is -3"),
        ({"batch_labels": 0}, "batch_labels is 0"),
        ({"batch_images": 0}, "batch_images is 0"),
        ({"batch_labels": 1, "batch_images": 1}, "are both 1"),
        ({"temperature": 0.0}, "temperature is 0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": float("inf")}, "temperature is inf"),
        ({"network": NetworkConfig(stripes=0, frozen=-1)}, "network.stripes is 0.*frozen is -1"),
        ({"momentum": 1.0}, "momentum is 1"),
        ({"momentum": -0.1}, "momentum is -0.1"),
        ({"margin": -0.1}, "margin is -0.1"),
        ({"weight_decay": -1.0}, "weight_decay is -1"),
        ({"seed": 2**63}, "seed is 9223372036854775808"),
        ({"stages": ()}, "it has no stages"),
        ({"stages": (STAGE, STAGE)}, "stage names repeat: intra, intra"),
        ({"augmentation": AugmentationConfig(padding=-1)}, "augmentation.padding is -1"),
        ({"augmentation": AugmentationConfig(flip=1.5)}, "augmentation.flip is 1.5"),
        ({"augmentation": AugmentationConfig(erasing=-0.5)}, "augmentation.erasing is -0.5"),
        ({"augmentation": AugmentationConfig(exposure=1.0)}, "augmentation.exposure is 1.0"),
        ({"labelling": LabellingConfig(memories=0)}, "labelling.memories is 0"),
        ({"labelling": LabellingConfig(max_cost=0.0)}, "labelling.max_cost is 0.0"),
        (
            {"labelling": LabellingConfig(single=ClusteringConfig(k1=0))},
            "labelling.single.k1 is 0",
        ),
        (
            {"labelling": LabellingConfig(mixed=ClusteringConfig(eps=1.0))},
            "labelling.mixed.eps is 1.0",
        ),
        (
            {"labelling": LabellingConfig(single=ClusteringConfig(min_samples=0))},
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
        ({"terms": ()}, "it has no terms"),
        ({"terms": (replace(TERM, start=1.0),)}, "cluster_nce start is 1.0"),
        ({"terms": (replace(TERM, weight=-1.0),)}, "cluster_nce weight is -1.0"),
        ({"terms": (TermConfig("inter", "visible"),)}, "inter needs labels that both"),
        ({"terms": (replace(TERM, confidence=True),)}, "confidence is known of matched labels"),
        ({"batch_labels": 0}, "batch_labels is 0; expected at least 1"),
        ({"batch_images": -1}, "batch_images is -1"),
        ({"batch_labels": 1, "batch_images": 1}, "are both 1"),
        ({"recentre_every": -1}, "recentre_every is -1"),
        ({"backbone_rate": 0.0}, "backbone_rate is 0.0"),
        ({"recentre_every": 1}, "recentre_every applies where labels stay"),
        ({"recentre_every": 1, "relabel_every": 0}, "recentre_every applies to stages with an"),
        (
            {"terms": (TermConfig("classifier", "matched"),)},
            "classifier learns labels that stay, but relabel_every is 1; set it to 0",
        ),
        ({"terms": (replace(TERM, divide_by="count"),)}, "divide_by applies to terms with conf"),
        ({"terms": (replace(TERM, each_modality=True),)}, "each_modality needs labels that both"),
        ({"terms": (replace(TERM, norm="l1"),)}, "norm applies to intra, not to cluster_nce"),
        ({"terms": (replace(TERM, features="embedding"),)}, "features applies to intra and inter"),
        (
            {"terms": tuple(TermConfig("intra", "matched", features=f) for f in FEATURES)},
            "intra on matched compares pooled and embedding; choose one",
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
    terms = tuple(TermConfig("cluster_nce", name) for name in labels)
    assert StageConfig("s", 1, terms, sample_by=sample_by).spaces() == spaces


def test_a_stage_has_the_recipes_batches_or_its_own():
    own = replace(STAGE, batch_labels=3, batch_images=7)
    recipe = Recipe(stages=(STAGE, replace(own, name="own")), batch_labels=5, batch_images=2)
    assert [recipe.batch(stage) for stage in recipe.stages] == [(5, 2), (3, 7)]
