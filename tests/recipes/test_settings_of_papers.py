"""The recipes at the papers' scale hold the papers' settings."""

from pathlib import Path

import pytest
import yaml

from vireid.labelling import DensePrototypes, Rounds, Transport, Votes
from vireid.recipes import dump_recipe, load_recipe, parse_recipe
from vireid.training.schedule import learning_rate

METHODS = ("adca", "bmil", "nulc", "pclhd", "pgm", "rpnr")
ODD, EVEN = "odd", "even"

MATCHERS = {
    "adca": Votes(threshold=0.5),
    "bmil": None,
    "nulc": Rounds(),
    "pclhd": Rounds(),
    "pgm": Rounds(),
    "rpnr": Transport(regularisation=5.0),
}
EPS = {"sysu": dict.fromkeys(METHODS, 0.6), "regdb": dict.fromkeys(METHODS, 0.3) | {"nulc": 0.2}}
MOMENTA = dict.fromkeys(METHODS, 0.1) | {"nulc": 0.2}
TERMS = {
    "adca": {
        "visible": ("joined_nce", "visible", 1, "all", {"keep": 0.1}),
        "infrared": ("joined_nce", "infrared", 1, "all", {"keep": 0.1}),
    },
    "pgm": {
        "visible": ("cluster_nce", "visible", 1, "all", {"memory_update": "hardest"}),
        "infrared": ("cluster_nce", "infrared", 1, "all", {"memory_update": "hardest"}),
        "forth": ("cross_nce", "visible", 0.25, ODD, {"against": "infrared", "focal": 0}),
        "back": ("cross_nce", "infrared", 0.25, EVEN, {"against": "visible", "focal": 0}),
    },
    "nulc": {
        "visible": ("soft_nce", "visible", 1, "all", {"k": 30, "share": 0.7, "sharpness": 10}),
        "infrared": ("soft_nce", "infrared", 1, "all", {"k": 30, "share": 0.7, "sharpness": 10}),
        "forth": ("cross_soft", "visible", 3, ODD, {"k": 30, "against": "infrared"}),
        "back": ("cross_soft", "infrared", 3, EVEN, {"k": 30, "against": "visible"}),
    },
    "bmil": {
        "visible": ("hybrid_nce", "visible", 1, "all", {"slack": 0.2}),
        "infrared": ("hybrid_nce", "infrared", 1, "all", {"slack": 0.2}),
        "proxies": ("proxy_nce", "mixed", 0.5, "all", {"nearest": 50, "each_modality": True}),
    },
    "pclhd": {
        "visible": ("hybrid_nce", "visible", 1, "all", {"slack": 0.2}),
        "infrared": ("hybrid_nce", "infrared", 1, "all", {"slack": 0.2}),
        "forth": ("cross_hybrid", "visible", 0.25, ODD, {"against": "infrared"}),
        "back": ("cross_hybrid", "infrared", 0.25, EVEN, {"against": "visible"}),
        "visible_drawn": ("dynamic_prototypes", "visible", 1, "all", {"draws": 16}),
        "infrared_drawn": ("dynamic_prototypes", "infrared", 1, "all", {"draws": 16}),
        "mixed": ("hybrid_nce", "mixed", 1, "all", {"each_modality": True}),
    },
    "rpnr": {
        "visible": ("hybrid_nce", "visible", 1, "all", {"slack": 0.2}),
        "infrared": ("hybrid_nce", "infrared", 1, "all", {"slack": 0.2}),
        "forth": ("cross_hybrid", "visible", 0.25, ODD, {"against": "infrared"}),
        "back": ("cross_hybrid", "infrared", 0.25, EVEN, {"against": "visible"}),
        "pairs": ("pair_hybrid", "infrared", 0.5, EVEN, {"matched": "matched"}),
        "pairs_visible": ("cross_hybrid", "visible", 0.5, ODD, {"against": "pairs"}),
        "visible_relaxed": ("relaxed", "visible", 10, "all", {"features": "embedding"}),
        "infrared_relaxed": ("relaxed", "infrared", 10, "all", {"features": "embedding"}),
    },
}
"""Of the last stage: loss, label space, weight, phase, and settings that the method states."""


@pytest.mark.parametrize("data", ["sysu", "regdb"])
@pytest.mark.parametrize("method", METHODS)
def test_labels_and_schedule(method, data):
    recipe = load_recipe(f"{method}-{data}")
    single = recipe.labelling.single
    assert (single.k1, single.k2, single.eps, single.min_samples) == (30, 6, EPS[data][method], 4)
    assert recipe.labelling.matcher == MATCHERS[method]
    tops = {"sysu": 20, "regdb": 5}
    refiners = (DensePrototypes(top=tops[data]),) if method == "rpnr" else ()
    assert recipe.labelling.refiners == refiners
    assert recipe.labelling.subset == (0.5 if (method, data) == ("bmil", "sysu") else 1.0)
    teacher = recipe.teacher
    assert (teacher and (teacher.momentum, teacher.used_for)) == (
        (0.999, "evaluation") if method == "pclhd" else None
    )
    assert recipe.weight_decay == 5e-4
    for stage in recipe.stages:
        assert (stage.epochs, stage.iterations) == (50, {"sysu": 200, "regdb": 100}[data])
        assert {recipe.batch(step) for step in stage.steps()} == {(8, 16)}
        rates = [learning_rate(stage, epoch, 0) for epoch in (0, 19, 20, 39, 40)]
        assert rates == pytest.approx([3.5e-4, 3.5e-4, 3.5e-5, 3.5e-5, 3.5e-6])
        assert (stage.optimiser, stage.relabel_every, stage.sample_by) == ("adam", 1, "own")


@pytest.mark.parametrize("data", ["", "-sysu", "-regdb"])
@pytest.mark.parametrize("method", METHODS)
def test_terms(method, data):
    recipe = load_recipe(f"{method}{data}")
    first, last = recipe.stages
    kind = "hybrid_nce" if method in ("bmil", "pclhd", "rpnr") else "cluster_nce"
    assert {n: (t.loss, t.labels) for n, t in first.all_terms().items()} == {
        side: (kind, side) for side in ("visible", "infrared")
    }
    assert list(last.all_terms()) == list(TERMS[method])
    for name, (loss, labels, weight, phase, more) in TERMS[method].items():
        term = last.all_terms()[name]
        assert (term.loss, term.labels, term.weight, term.phase) == (loss, labels, weight, phase)
        nearest = {"": 15, "-sysu": 30, "-regdb": 20}[data]
        more = more | ({"k": nearest} if "k" in more else {})
        assert {key: getattr(term, key) for key in more} == more, name
    for term in (*first.all_terms().values(), *last.all_terms().values()):
        assert getattr(term, "temperature", 0.05) == 0.05
        assert getattr(term, "momentum", MOMENTA[method]) == MOMENTA[method]
        assert (term.start, term.ramp) == (0, ())
    steps = {"bmil": ["proxies"], "pclhd": ["mixed"]}.get(method)
    assert [list(step.terms) for step in last.then] == ([steps] if steps else [])
    assert {step.sample_by for step in last.then} <= {"mixed"}


@pytest.mark.parametrize(("data", "eps"), [("sysu", 0.6), ("regdb", 0.3)])
def test_mixed_clusterings(data, eps):
    bmil = load_recipe(f"bmil-{data}").labelling.mixed
    assert (bmil.neighbours, bmil.k1, bmil.k2, bmil.eps) == ("balanced", 30, 6, eps)
    pclhd = load_recipe(f"pclhd-{data}").labelling.mixed
    assert (pclhd.neighbours, pclhd.eps) == ("nearest", eps)
    assert (pclhd.k1, pclhd.k2) == {"sysu": (40, 32), "regdb": (38, 18)}[data]


@pytest.mark.parametrize("data", ["", "-sysu", "-regdb"])
def test_methods_that_are_put_together(data):
    adca, other = load_recipe(f"adca{data}"), load_recipe(f"adca-mmm{data}")
    assert (other.stages, other.labelling.matcher) == (adca.stages, None)
    mmm, hybrid = load_recipe(f"mmm{data}"), load_recipe(f"mmm-pclhd{data}")
    assert hybrid.labelling == mmm.labelling
    momentum = 0.999 if data else 0.97
    assert (hybrid.teacher.momentum, hybrid.teacher.used_for) == (momentum, "evaluation")
    for stage, plain in zip(hybrid.stages, mmm.stages, strict=True):
        assert [t.labels for t in stage.terms.values()][: len(plain.terms)] == [
            t.labels for t in plain.terms.values()
        ]
        assert "cluster_nce" not in {t.loss for t in stage.terms.values()}
    drawn = hybrid.stages[-1].terms["drawn"]
    assert (drawn.loss, drawn.labels, drawn.draws) == ("dynamic_prototypes", "matched", 16)


def test_the_default_recipe_is_frozen():
    frozen = Path(__file__).with_name("frozen_synthetic.yaml").read_text()
    recipe = load_recipe("synthetic")
    assert parse_recipe(frozen) == recipe, "settings that are new since have no effect"
    now = yaml.safe_load(dump_recipe(recipe))
    for part, value in yaml.safe_load(frozen).items():
        if part != "labelling":
            assert now[part] == value, part
