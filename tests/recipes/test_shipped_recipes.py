"""Every shipped recipe trains: two batches of each stage with random weights and small pixels."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.cut_down import METHODS, People
from vireid.config import ComputeConfig
from vireid.recipes import load_recipe, names, small_names
from vireid.runs import new_network
from vireid.training import EpochEnded, TrainingImages, fit
from vireid.training.schedule import is_active, learning_rate

PEOPLE, EACH = 5, 20
SMALL = (*METHODS, "released", "small", "synthetic")
FULL = (
    *(f"{method}-{data}" for method in METHODS for data in ("sysu", "regdb")),
    "mmm-llcm",
    "released-sysu",
)
OF_MMM = ("mmm-llcm", "mmm-regdb", "mmm-sysu")
TRAINED = ("released", "small", "synthetic", "bmil-sysu", "mmm-sysu", "released-sysu")
"""Recipes that are trained here; those of other methods train at small scale in test_methods.py,
and those at the papers' scale differ from these in numbers, or in terms that these have."""


def tiny(name):
    """Return a shipped recipe, cut down by settings alone."""
    recipe = load_recipe(name)
    sizes = ["height=32", "width=16"] if name in FULL else []
    if name in FULL and name != "mmm-sysu":  # their network is that one: another test compares
        sizes += ["network.backbone=test_resnet", "network.non_local=[0,1,1,0]"]
    short = {"epochs": 1, "iterations": 2, "batch_labels": 3, "batch_images": 2}
    stages = [
        f"stages.{s.name}.{key}={value}" for s in recipe.stages for key, value in short.items()
    ]
    stages += [
        f"stages.{s.name}.then.{number}.{key}={short[key]}"
        for s in recipe.stages
        for number in range(len(s.then))
        for key in ("batch_labels", "batch_images")
    ]
    return load_recipe(name, ["network.weights=none", *sizes, *stages])


def test_the_recipes_are_these():
    assert set(names()) == {*FULL, *SMALL}
    assert small_names() == sorted(SMALL)


def test_trust_is_asked_for_by_methods_with_terms_on_matched_labels_alone():
    asking = []
    for name in SMALL:
        recipe = load_recipe(name)
        asked = [stage.asked(recipe.labelling.spaces()) for stage in recipe.stages]
        asking += [name for spaces in asked if any(s.confidence for s in spaces.values())]
    assert asking == ["mmm", "mmm-pclhd", "released", "small", "synthetic"]


@pytest.mark.parametrize("name", TRAINED)
def test_two_batches_of_each_stage(name):
    recipe = tiny(name)
    generator = np.random.default_rng(1)
    modality = np.repeat([0, 1], PEOPLE * EACH)
    shape = (len(modality), recipe.height, recipe.width, 3)
    images = TrainingImages(generator.integers(0, 256, shape, dtype=np.uint8), modality)
    network = new_network(recipe)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    events = fit(network, images, recipe, labeller=People(recipe.labelling, PEOPLE, EACH))
    reports = [event.report for event in events if isinstance(event, EpochEnded)]
    for stage, report in zip(recipe.stages, reports, strict=True):
        assert {space.clusters for space in report.labelling.spaces.values()} == {PEOPLE}
        all_terms = stage.all_terms().items()
        terms = {name for name, t in all_terms if is_active(t, stage, 0) and t.takes_part(0)}
        assert report.losses.keys() == {*terms, "total"}
        assert np.isfinite(list(report.losses.values())).all()
    after = network.state_dict()
    moved = {
        key for key, _ in network.named_parameters() if not torch.equal(before[key], after[key])
    }
    assert {key for key, p in network.named_parameters() if p.requires_grad} == moved


@pytest.mark.parametrize("name", FULL)
def test_full_scale_has_the_network_of_the_papers(name):
    recipe, mmm = load_recipe(name), load_recipe("mmm-sysu")
    for part in ("height", "width", "network", "compute", "augmentation", "weight_decay"):
        assert getattr(recipe, part) == getattr(mmm, part)


@pytest.mark.parametrize("name", [*OF_MMM, "released-sysu"])
def test_full_scale_has_the_schedule_of_the_paper(name):
    recipe = load_recipe(name)
    assert (recipe.height, recipe.width) == (288, 144)
    assert recipe.network.non_local == (0, 2, 3, 0)
    assert recipe.compute == ComputeConfig(precision="bf16")
    regdb = name.endswith("-regdb")
    single, mixed = recipe.labelling.single, recipe.labelling.mixed
    assert (single.k1, single.k2, mixed.k1, mixed.k2) == (30, 6, *((38, 18) if regdb else (40, 32)))
    assert {single.eps, mixed.eps} == {0.3 if regdb else 0.6}
    intra, joint, aligned = recipe.stages
    assert [stage.epochs for stage in recipe.stages] == [50, 50, 80]
    assert {stage.iterations for stage in recipe.stages} == {100 if regdb else 200}
    assert [recipe.batch(stage) for stage in recipe.stages] == [(8, 16), (8, 16), (8, 4)]
    rates = [learning_rate(aligned, epoch, 0) for epoch in (0, 9, 19, 20, 39, 40, 79)]
    assert rates == pytest.approx([0.01, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
    assert (aligned.optimiser, aligned.backbone_rate) == ("sgd", 0.1)
    for stage in (intra, joint):
        rates = [learning_rate(stage, epoch, 0) for epoch in (0, 19, 20, 39, 40)]
        assert rates == pytest.approx([3.5e-4, 3.5e-4, 3.5e-5, 3.5e-5, 3.5e-6])
    memories = [t for s in recipe.stages for t in s.terms.values() if t.loss == "cluster_nce"]
    assert {(term.temperature, term.momentum) for term in memories} == {(0.05, 0.1)}
    assert (recipe.labelling.memories, single.min_samples, mixed.min_samples) == (4, 4, 4)
    assert (recipe.augmentation.padding, recipe.augmentation.erasing) == (10, 0.5)
    assert (recipe.labelling.temperature, recipe.weight_decay) == (0.05, 5e-4)


def test_full_scale_begins_from_the_fields_weights_at_a_fixed_commit():
    network = load_recipe("mmm-sysu").network
    assert network.backbone == "resnet50.tv_in1k"
    way, _, revision = network.weights.partition("@")
    assert way == "hub"
    assert re.fullmatch("[0-9a-f]{40}", revision)


@pytest.mark.parametrize("name", OF_MMM)
def test_full_scale_has_the_terms_of_the_paper(name):
    aligned = load_recipe(name).stages[-1]
    inter = aligned.terms["inter"]
    assert [is_active(inter, aligned, epoch) for epoch in (14, 15)] == [False, True]
    weights = {term.loss: term.weight for term in aligned.terms.values()}
    assert weights == {"cluster_nce": 1.0, "intra": 0.5, "inter": 0.05}


def test_the_released_code_at_its_scale_makes_the_choices_of_the_small_recipe():
    small, full, sysu = (load_recipe(name) for name in ("released", "released-sysu", "mmm-sysu"))
    for name in ("cost_over", "matching", "confidence", "memories"):
        assert getattr(full.labelling, name) == getattr(small.labelling, name)
    assert full.stages[:2] == sysu.stages[:2]
    ours, theirs = full.stages[2], small.stages[2]
    for name in ("init", "relabel_every", "recentre_every", "sample_by", "optimiser"):
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ("learning_rate", "backbone_rate", "warmup_by", "decay"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert list(ours.terms) == list(theirs.terms)
    for name, term in ours.terms.items():
        assert replace(term, start=0) == replace(theirs.terms[name], start=0)
        late = name in ("intra", "inter")
        for stage in (ours, theirs):
            active = [is_active(stage.terms[name], stage, epoch) for epoch in (0, 1)]
            assert active == [not late, True]


@pytest.mark.parametrize("name", ["mmm", "released"])
def test_the_small_variants_share_network_and_clustering_with_the_default(name):
    variant, default = load_recipe(name), load_recipe("synthetic")
    assert variant.network == default.network
    for part in ("single", "mixed", "memories"):
        assert getattr(variant.labelling, part) == getattr(default.labelling, part)
    assert variant.stages[:1] == default.stages[:1]
    assert replace(variant.stages[1], sample_by="own") == default.stages[1]
