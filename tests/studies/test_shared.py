"""Which stages are the same training."""

from dataclasses import replace

import pytest

from vireid.recipes import change_recipe, load_recipe
from vireid.studies import (
    ablation_rows,
    beginning,
    branch_points,
    seen_by,
    shared_stages,
    swept_rows,
    with_settings,
)
from vireid.studies.code import code_of

SMALL = load_recipe("synthetic", ["stages.intra.epochs=2"])
"""Three stages: intra (visible, infrared), joint (and mixed), aligned (matched)."""
CODE = code_of([SMALL])
TERM = """
from dataclasses import dataclass
from vireid.terms import Triplet

@dataclass(frozen=True)
class Mine(Triplet):
    pass
"""


@pytest.mark.parametrize(
    ("setting", "shared"),
    [
        ("n=2", 2),
        ("matching=nearest", 2),
        ("labelling.reject=margin", 2),
        ("labelling.confidence=label", 2),
        ("labelling.max_cost=3", 2),
        ("labelling.cost_over=visible", 2),
        ("lambda_intra=0.1", 2),
        ("stages.aligned.learning_rate=0.1", 2),
        ("stages.aligned.init=pretrained", 2),
        ("labelling.mixed.eps=0.3", 1),
        ("labelling.mixed.k1=33", 1),
        ("stages.joint.epochs=3", 1),
        ("labelling.single.eps=0.3", 0),
        ("eps=0.3", 0),
        ("stages.intra.iterations=3", 0),
        ("labelling.temperature=0.1", 2),
        ("stages.*.terms.*.temperature=0.1", 0),
        ("stages.joint.terms.mixed.momentum=0.2", 1),
        ("stages.aligned.terms.late={loss: triplet, labels: matched}", 2),
        ("network.stripes=2", 0),
        ("augmentation.flip=0", 0),
        ("guard.on_trouble=stop", 0),
        ("seed=1", 0),
    ],
)
def test_a_setting_leaves_alone_the_stages_it_does_not_touch(setting, shared):
    other = with_settings(SMALL, [setting])
    assert shared_stages(SMALL, other) == shared_stages(other, SMALL) == shared
    for count in (1, 2):
        same = beginning(SMALL, count, CODE) == beginning(other, count, CODE)
        assert same == (count <= shared)


def test_a_recipe_shares_everything_with_itself():
    assert shared_stages(SMALL, SMALL) == 3
    assert shared_stages(SMALL, replace(SMALL, stages=SMALL.stages[:2])) == 2


def test_settings_without_use_have_their_default():
    other = with_settings(SMALL, ["labelling.mixed.eps=0.3", "n=2", "labelling.temperature=0.1"])
    seen = [seen_by(other, stage) for stage in range(3)]
    assert [recipe.labelling.mixed.eps for recipe in seen] == [0.6, 0.3, 0.6]
    assert [recipe.labelling.memories for recipe in seen] == [4, 4, 2]
    assert [recipe.labelling.temperature for recipe in seen] == [0.05, 0.05, 0.1]
    assert [recipe.stages for recipe in seen] == [(stage,) for stage in other.stages]


def test_clustering_of_one_modality_is_no_matter_to_mixed_labels_alone():
    mixed = replace(
        SMALL.stages[1], terms={"mixed": SMALL.stages[1].terms["mixed"]}, sample_by="mixed"
    )
    alone = replace(SMALL, stages=(mixed,))
    other = change_recipe(alone, ["labelling.single.eps=0.3"], allow_unused=True)
    assert shared_stages(alone, other) == 1


def test_the_rows_of_an_ablation_share_all_but_the_last_stage():
    rows = list(ablation_rows(SMALL).values())
    assert branch_points(rows) == [(2,)] * 5
    assert {beginning(row, 2, CODE) for row in rows} == {beginning(SMALL, 2, CODE)}


def test_rows_branch_where_another_one_goes_its_own_way():
    rows = [SMALL, *(with_settings(SMALL, [change]) for change in (
        "n=2", "labelling.mixed.eps=0.3", "eps=0.3",
    ))]  # fmt: skip
    assert branch_points(rows) == [(2, 1), (2, 1), (1,), ()]
    assert branch_points([SMALL]) == [()]
    assert branch_points([]) == []


def test_equal_rows_train_their_last_stage_each():
    assert branch_points([SMALL, SMALL]) == [(2,), (2,)]


def test_names_are_fit_for_files_and_tell_the_seeds_apart():
    row = swept_rows(SMALL, "n", ["2"])["n=2"]
    assert beginning(row, 2, CODE).startswith("joint-")
    assert beginning(row, 2, CODE).replace("-", "").isalnum()
    assert beginning(row, 2, CODE) != beginning(replace(row, seed=1), 2, CODE)


def test_stages_that_other_code_has_trained_are_not_shared():
    assert beginning(SMALL, 2, CODE) != beginning(SMALL, 2, {**CODE, "vireid": "other"})
    unused = {**CODE, "mine": "of a class of another stage"}
    assert beginning(SMALL, 2, CODE) == beginning(SMALL, 2, unused)


def test_a_class_counts_in_the_stages_that_use_it(tmp_path):
    (tmp_path / "terms_of_mine.py").write_text(TERM)
    file = tmp_path / "mine.yaml"
    file.write_text(
        "base: synthetic\nchanges:\n  stages.joint.terms.t:\n"
        "    {class_path: terms_of_mine.Mine, init_args: {labels: mixed}}\n"
    )
    row = load_recipe(file)
    code = code_of([row])
    other = {**code, "terms_of_mine": "other"}
    assert beginning(row, 1, code) == beginning(row, 1, other)
    assert beginning(row, 2, code) != beginning(row, 2, other)
