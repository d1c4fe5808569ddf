"""Labellers, refiners and matchers from outside the package, and the defaults of a single call."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from vireid.cluster import modal_neighbours
from vireid.config import Recipe, StageConfig
from vireid.errors import ConfigError
from vireid.labelling import (
    ClusteringConfig,
    Labeller,
    Matcher,
    MultiMemoryMatching,
    Refiner,
    closed_up,
    label_spaces,
    matched_labels,
)
from vireid.matching import match_clusters
from vireid.terms import ClusterNCE
from vireid.types import (
    NOISE,
    Embeddings,
    Known,
    Labelling,
    LabelSpace,
    Matching,
    Modality,
    PseudoLabels,
)

PEOPLE, IMAGES, SIZE = 5, 6, 12
MODALITY = np.tile(np.repeat([0, 1], IMAGES), PEOPLE)
COUNT = len(MODALITY)
CONFIG = MultiMemoryMatching(
    single=ClusteringConfig(k1=6, k2=2, min_samples=3),
    mixed=ClusteringConfig(k1=12, k2=4, eps=0.7, min_samples=3),
    memories=2,
)
HEARD: list[tuple[str, object]] = []
"""What the classes below were told, in order."""


@pytest.fixture(scope="module")
def embeddings():
    generator = np.random.default_rng(0)
    people = np.repeat(np.arange(PEOPLE), 2 * IMAGES)
    rows = generator.normal(size=(PEOPLE, SIZE))[people] + generator.normal(0, 0.1, (COUNT, SIZE))
    rows += 0.3 * generator.normal(size=(2, SIZE))[MODALITY]
    return Embeddings(rows / np.linalg.norm(rows, axis=1, keepdims=True), MODALITY)


@dataclass(frozen=True)
class Cameras:
    """A labeller by camera: what is known is all it looks at."""

    width: int = 2

    def spaces(self):
        return {"warm": LabelSpace(Modality.VISIBLE), "all": LabelSpace()}

    def problems(self) -> Iterator[str]:
        if self.width < 1:
            yield f"labelling.width is {self.width}; expected at least 1"

    def label(self, embeddings, known, spaces, *, generator, search):
        HEARD.append(("known", known))
        del embeddings, generator, search
        found = {}
        for name in spaces:
            side = self.spaces()[name].modality
            inside = PseudoLabels(np.full(len(known), NOISE), modality=side).inside(known.modality)
            labels = np.where(inside, known.camera // self.width, NOISE)
            found[name] = PseudoLabels(closed_up(labels), modality=side)
        return Labelling(found)


@dataclass(frozen=True)
class Dropped:
    """A refiner that gives one cluster up."""

    cluster: int

    def problems(self) -> Iterator[str]:
        if self.cluster < 0:
            yield f"labelling.refiners: cluster is {self.cluster}; expected at least 0"

    def refine(self, labels, embeddings, known, *, generator):
        HEARD.append((f"drop {self.cluster}", (labels, known, float(generator.random()))))
        assert len(embeddings) == len(known)
        left = np.where(labels.labels == self.cluster, NOISE, labels.labels)
        return replace(labels, labels=closed_up(left))


@dataclass(frozen=True)
class Turned:
    """A matcher that pairs clusters in reverse."""

    def problems(self) -> Iterator[str]:
        yield from ()

    def match(self, embeddings, visible, infrared, *, generator):
        HEARD.append(("match", (visible, infrared)))
        del embeddings, generator
        partner = np.arange(visible.clusters)[::-1] % infrared.clusters
        return Matching(partner, infrared.clusters, np.ones(visible.clusters))


def test_they_are_what_the_protocols_ask_for():
    assert isinstance(MultiMemoryMatching(), Labeller)
    assert isinstance(Cameras(), Labeller)
    assert isinstance(Dropped(0), Refiner)
    assert isinstance(Turned(), Matcher)
    assert not isinstance(Turned(), Refiner)


def test_a_labeller_of_ones_own_is_told_what_is_known(embeddings):
    camera, time = np.arange(COUNT) % 4, np.where(np.arange(COUNT) % 3, np.arange(COUNT), np.nan)
    known = Known(MODALITY, camera, time=time)
    HEARD.clear()
    found = label_spaces(embeddings, labeller=Cameras(), known=known)
    assert [("known", known)] == HEARD
    assert HEARD[0][1] is known
    assert list(found.spaces) == ["warm", "all"], "all that it offers, where none is asked for"
    assert found.spaces["all"].labels.tolist() == (camera // 2).tolist()
    assert found.spaces["warm"].modality == Modality.VISIBLE
    assert ((found.spaces["warm"].labels == NOISE) == (MODALITY == 1)).all()
    assert list(label_spaces(embeddings, ("all",), Cameras(), known=known).spaces) == ["all"]


def test_without_more_only_the_modality_is_known(embeddings):
    HEARD.clear()
    label_spaces(embeddings, ("visible",), replace(CONFIG, refiners=(Dropped(0),)))
    known = HEARD[0][1][1]
    assert known.modality.tolist() == MODALITY.tolist()
    assert (known.camera, known.track, known.time) == (None, None, None)


def test_a_recipe_offers_the_label_spaces_of_its_labeller():
    stage = StageConfig("s", 1, {"a": ClusterNCE("warm"), "b": ClusterNCE("all")}, sample_by="all")
    recipe = Recipe(stages=(stage,), labelling=Cameras())
    assert recipe.spaces(stage) == ("all", "warm")
    with pytest.raises(ConfigError, match=r"labelling\.width is 0; expected at least 1"):
        replace(recipe, labelling=Cameras(0))
    with pytest.raises(ConfigError, match="is warm; expected one of the label spaces visible"):
        replace(recipe, labelling=MultiMemoryMatching())
    own = replace(stage, sample_by="own")
    assert recipe.spaces(own) == ("warm", "all"), "own means what is over one modality"


def test_refiners_work_one_after_the_other_on_each_clustering_before_the_matching(embeddings):
    plain = label_spaces(embeddings, labeller=CONFIG)
    HEARD.clear()
    config = replace(CONFIG, refiners=(Dropped(1), Dropped(0)), matcher=Turned())
    found = label_spaces(embeddings, labeller=config)
    assert [name for name, _ in HEARD] == ["drop 1", "drop 0"] * 3 + ["match"]
    names = ("visible", "infrared", "mixed")
    for number, name in enumerate(names):
        first, second = HEARD[2 * number][1], HEARD[2 * number + 1][1]
        before = plain.spaces[name]
        assert first[0].labels.tolist() == before.labels.tolist()
        kept = [label for label in range(before.clusters) if label > 1]
        expected = [kept.index(x) if x in kept else NOISE for x in before.labels]
        once = closed_up(np.where(before.labels == 1, NOISE, before.labels))
        assert second[0].labels.tolist() == once.tolist()
        assert found.spaces[name].labels.tolist() == expected
        assert found.spaces[name].modality == before.modality
    draws = [told[2] for name, told in HEARD if name != "match"]
    assert len(set(draws)) == 6, "one generator serves all, one after the other"
    visible, infrared = HEARD[-1][1]
    assert visible is found.spaces["visible"]
    assert infrared is found.spaces["infrared"]
    labels = matched_labels(found.matching, visible, infrared)
    assert found.spaces["matched"].labels.tolist() == labels.tolist()
    assert found.matching.partner.tolist() == [PEOPLE - 3 - i for i in range(PEOPLE - 2)]


def test_a_matcher_takes_the_place_of_memories_and_costs(embeddings):
    found = label_spaces(embeddings, labeller=replace(CONFIG, matcher=Turned()))
    other = label_spaces(embeddings, labeller=replace(CONFIG, matcher=Turned(), memories=3))
    assert found.matching.partner.tolist() == list(range(PEOPLE))[::-1]
    assert (other.spaces["matched"].labels == found.spaces["matched"].labels).all()
    assert found.matching.to_visible.tolist() == list(range(PEOPLE))[::-1]
    assert found.matched == "matched"


def test_what_is_wrong_with_a_part_is_wrong_with_the_labeller():
    config = replace(CONFIG, refiners=(Dropped(-1),), memories=0)
    assert list(config.problems()) == [
        "labelling.memories is 0; expected at least 1",
        "labelling.refiners.0: cluster is -1; expected at least 0",
    ]


def test_a_call_without_settings_has_those_of_the_paper(embeddings):
    found = label_spaces(embeddings)
    settings = MultiMemoryMatching()
    again = settings.label(
        embeddings,
        Known(MODALITY),
        ("visible", "infrared", "mixed", "matched"),
        generator=np.random.default_rng(0),
        search=modal_neighbours,
    )
    assert list(found.spaces) == list(again.spaces) == list(settings.spaces())
    for name, space in found.spaces.items():
        assert (space.labels == again.spaces[name].labels).all()
        assert (space.confidence == again.spaces[name].confidence).all()
    assert found.matching.partner.tolist() == again.matching.partner.tolist()
    assert (settings.single.k1, settings.mixed.k1, settings.memories) == (30, 40, 4)


@pytest.mark.parametrize("seed", range(4))
def test_matching_by_itself_has_the_defaults_of_the_recipe(seed):
    cost = np.random.default_rng(seed).random((4, 6))
    settings = MultiMemoryMatching()
    one = match_clusters(cost)
    other = match_clusters(
        cost, method=settings.matching, max_cost=settings.max_cost, reject=settings.reject
    )
    for name in ("partner", "visible_partner", "to_visible", "cost"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("seed", range(6))
def test_closed_up_numbers_in_the_old_order(seed):
    labels = np.random.default_rng(seed).choice([-1, 0, 3, 4, 9, 40], 12)
    left = sorted(set(labels.tolist()) - {-1})
    expected = [left.index(label) if label >= 0 else -1 for label in labels]
    assert closed_up(labels).tolist() == expected
    assert PseudoLabels(closed_up(labels)).clusters == len(left)
    assert closed_up(np.full(3, -1)).tolist() == [-1] * 3
    assert closed_up(np.empty(0, int)).tolist() == []


@pytest.mark.parametrize(
    ("spaces", "left"),
    [
        (("mixed",), {"single"}),
        (("visible",), {"mixed"}),
        (("visible", "infrared", "mixed"), set()),
        (("matched",), {"mixed"}),
    ],
)
@pytest.mark.parametrize("matcher", [None, Turned()])
def test_settings_that_spaces_have_no_use_for_have_their_default(spaces, left, matcher):
    settings = replace(CONFIG, refiners=(Dropped(0),), matcher=matcher, reject="mutual")
    found, plain = settings.needed_for(spaces), MultiMemoryMatching()
    for part in ("single", "mixed"):
        assert getattr(found, part) == getattr(plain if part in left else settings, part)
    assert found.refiners == settings.refiners
    matching = settings if "matched" in spaces else plain
    for name in ("matcher", "temperature"):
        assert getattr(found, name) == getattr(matching, name)
    costs = plain if matcher is not None else matching
    for name in ("memories", "reject"):
        assert getattr(found, name) == getattr(costs, name)
