"""A term from outside the package: trained, saved, gone on with; nothing of the loop knows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.errors import ConfigError
from vireid.runs import new_network
from vireid.terms import ClusterNCE, Kept, Place, Term, in_order
from vireid.training import Labelled, fit, unpack
from vireid.training.keeping import begin_terms
from vireid.types import Embeddings, Labelling

MOVED: list[str] = []
"""The terms that were asked to move what they keep, in order."""


@dataclass(frozen=True)
class Drawn(Term):
    """Draws embeddings to another term's memory, by a scale that is learned; moves that memory."""

    near: str = "matched"
    """The other term."""
    trained: ClassVar[tuple[str, ...]] = ("scale",)

    def others(self) -> tuple[str, ...]:
        return (self.near,)

    def problems(self, place: Place) -> Iterator[str]:
        yield from super().problems(place)
        if self.near == "nobody":
            yield "near is nobody"

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        del labelling, embeddings
        size = others[self.near]["memory"].shape[1]
        scale = torch.from_numpy(generator.normal(1, 0.1, size).astype(np.float32))
        return Kept({"scale": scale, "steps": torch.zeros(1, dtype=torch.int64)}, others)

    def values(self, kept, output, plan):
        memory = kept.others[self.near]["memory"][plan["labels"]]
        return 1 - (output.embedding[plan["rows"]] * memory * kept["scale"]).sum(1)

    def update(self, kept, output, plan):
        MOVED.append(f"drawn to {self.near}")
        kept["steps"] = kept["steps"] + 1
        near = kept.others[self.near]
        moved = near["memory"].clone()
        moved[plan["labels"]] += 0.1 * output.embedding[plan["rows"]].mean(0)
        near["memory"] = functional.normalize(moved)


@dataclass(frozen=True)
class Noting(ClusterNCE):
    """ClusterNCE that notes its updates."""

    def update(self, kept, output, plan):
        MOVED.append(f"nce on {self.labels}")
        super().update(kept, output, plan)


def with_terms(recipe, terms, **stage):
    """Return the recipe with other terms."""
    return replace(recipe, stages=(replace(recipe.stages[0], terms=terms, **stage),))


@pytest.fixture(params=["first", "last"])
def recipe(micro, request):
    """Return a recipe whose foreign term stands before or behind the one that it names."""
    terms = dict(micro.stages[0].terms)
    foreign = {"drawn": Drawn("visible", weight=0.5)}
    return with_terms(micro, {**foreign, **terms} if request.param == "first" else terms | foreign)


def test_it_is_trained_and_logged_by_its_name(few_images, recipe, train, micro):
    course = train(few_images, recipe)
    for report in course.reports:
        assert list(report.losses) == [*recipe.stages[0].terms, "total"]
        expected = sum(t.weight * report.losses[n] for n, t in recipe.stages[0].terms.items())
        assert report.losses["total"] == pytest.approx(expected, rel=1e-5)
    plain = train(few_images, micro).network.state_dict()
    now = course.network.state_dict()
    assert any(not torch.equal(plain[name], now[name]) for name in plain)


def test_it_goes_on_bit_equal_after_any_event(few_images, recipe, train, resumed):
    whole = train(few_images, recipe).network.state_dict()
    assert resumed(few_images, recipe, whole) == 2 * (1 + 1 + 2 + 1)


def test_what_it_names_is_the_same_object_also_after_a_file(few_images, recipe, stopped, copied):
    _, state = stopped(few_images, recipe, 1)
    again = unpack(new_network(recipe), recipe, *copied(state))
    for one in (state, again):
        assert one.terms["drawn"].others.keys() == {"matched"}
        assert one.terms["drawn"].others["matched"] is one.terms["matched"]
        assert not one.terms["matched"].others
        assert list(one.terms) == list(recipe.stages[0].terms)
    for name, kept in state.terms.items():
        assert list(kept) == list(again.terms[name])
        for key, value in kept.items():
            assert torch.equal(value, again.terms[name][key])
            assert type(value) is type(again.terms[name][key])
    assert again.terms["drawn"]["steps"].tolist() == [1]


def test_those_who_move_others_go_first(few_images, micro, train):
    terms = {
        "matched": Noting("matched"),
        "visible": Noting("visible"),
        "drawn": Drawn("visible", near="matched"),
        "other": Drawn("infrared", near="visible"),
    }
    MOVED.clear()
    train(few_images, with_terms(micro, terms, epochs=1, iterations=1))
    assert MOVED == ["drawn to matched", "drawn to visible", "nce on matched", "nce on visible"]


def test_terms_are_updated_before_their_start_too(few_images, micro, train):
    terms = {"matched": ClusterNCE("matched"), "drawn": Drawn("visible", start=0.9)}
    MOVED.clear()
    course = train(few_images, with_terms(micro, terms))
    assert [list(report.losses) for report in course.reports] == [
        ["matched", "total"], ["matched", "drawn", "total"],
    ]  # fmt: skip
    assert len(MOVED) == 4


def test_what_it_trains_has_a_group_of_its_own_and_is_replaced_with_new_labels(few_images, recipe):
    found, sizes = [], []
    for event in fit(new_network(recipe), few_images, recipe):
        if isinstance(event, Labelled):
            state = event.state
            groups = [g for g in state.optimiser.param_groups if g.get("term")]
            (group,) = groups
            assert (group["term"], group["factor"]) == ("drawn", 1.0)
            assert group["params"] == [state.terms["drawn"]["scale"]]
            assert isinstance(group["params"][0], torch.nn.Parameter)
            found.append(group["params"][0])
            sizes.append(len(state.optimiser.param_groups))
            assert not any(old is p for old in found[:-1] for p in state.optimiser.state)
    assert len(found) == 2
    assert found[0] is not found[1]
    assert sizes == [3, 3]


def test_what_it_trains_moves(few_images, recipe, stopped):
    first, later = (
        stopped(few_images, recipe, steps)[1].terms["drawn"]["scale"].detach() for steps in (0, 1)
    )
    assert (first != later).any()


def test_a_term_without_clusters_is_left_out_and_who_names_it_too(
    few_images, micro, four_people, train
):
    terms = {"visible": ClusterNCE("visible"), "infrared": ClusterNCE("infrared"),
             "mixed": ClusterNCE("mixed"), "drawn": Drawn("visible", near="mixed")}  # fmt: skip
    recipe = with_terms(micro, terms, sample_by="own", epochs=1)
    recipe = replace(recipe, labelling=four_people(nobody=("mixed",)))
    course = train(few_images, recipe)
    assert [*course.reports[0].losses] == ["visible", "infrared", "total"]


def test_a_name_that_the_stage_does_not_have_is_a_problem(micro):
    terms = {"drawn": Drawn("visible", near="gone")}
    with pytest.raises(ConfigError, match="stage aligned: drawn: near is gone; expected one of"):
        with_terms(micro, terms)
    with pytest.raises(ConfigError, match="stage aligned: drawn: near is nobody"):
        with_terms(
            micro, {"nobody": ClusterNCE("visible"), "drawn": Drawn("visible", near="nobody")}
        )


def test_a_circle_is_refused_before_training(micro):
    terms = {"one": Drawn("visible", near="other"), "other": Drawn("visible", near="one")}
    with pytest.raises(
        ConfigError, match="stage aligned: the terms one, other name each other in a c"
    ):
        with_terms(micro, terms)


@pytest.mark.parametrize("seed", range(5))
def test_each_comes_after_those_that_it_names(seed):
    order = np.random.default_rng(seed).permutation(6)
    terms = {f"t{i}": Drawn("visible", near=f"t{i - 1}") if i else ClusterNCE("v") for i in order}
    assert in_order(terms) == [f"t{i}" for i in range(6)]
    free = {f"t{i}": ClusterNCE("v") for i in order}
    assert in_order(free) == list(free), "the order of the recipe where nobody names another"


def test_the_generator_of_a_term_goes_by_its_names(few_images, recipe, stopped):
    _, state = stopped(few_images, recipe, 0)
    again = begin_terms(
        recipe.stages[0], state.labelling, few_embeddings(len(few_images.modality), state), 0
    )
    assert torch.equal(again["drawn"]["scale"], state.terms["drawn"]["scale"])
    other = begin_terms(
        recipe.stages[0], state.labelling, few_embeddings(len(few_images.modality), state), 1
    )
    assert not torch.equal(other["drawn"]["scale"], state.terms["drawn"]["scale"])


def few_embeddings(count, state):
    """Return random embeddings in the size of the network's."""
    rows = np.random.default_rng(0).normal(size=(count, state.network.embedding_size))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Embeddings(rows, np.arange(count) % 2)
