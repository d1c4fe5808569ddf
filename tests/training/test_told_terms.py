"""What terms are told beside labels: when they count, nearest images, the teacher's embeddings."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from vireid.cluster import modal_neighbours, normalise_rows
from vireid.config import TeacherConfig
from vireid.errors import ConfigError, DataError
from vireid.runs import new_network
from vireid.terms import ClusterNCE
from vireid.training import EpochEnded, Labelled, Stepped, fit
from vireid.training.nearest import nearest_images
from vireid.types import Embeddings, Modality


@dataclass(frozen=True)
class Asking(ClusterNCE):
    """Notes what ``begin`` is told."""

    near: int = 3
    told: ClassVar[list] = []

    @property
    def needs_neighbours(self):
        return self.near

    @property
    def needs_teacher(self):
        return True

    def begin(self, labelling, embeddings, generator, others):
        self.told.append((labelling, embeddings))
        return super().begin(labelling, embeddings, generator, others)


def with_terms(recipe, epochs=None, **terms):
    """Return the recipe with one stage, which has other terms added."""
    stage = recipe.stages[0]
    stage = replace(stage, terms=dict(stage.terms) | terms, epochs=epochs or stage.epochs)
    return replace(recipe, stages=(stage,))


@pytest.fixture
def told():
    Asking.told.clear()
    return Asking.told


def logged(images, recipe):
    """Train; return the losses of each epoch, and the last event's state."""
    events = list(fit(new_network(recipe), images, recipe))
    return [e.report.losses for e in events if isinstance(e, EpochEnded)], events[-1].state


@pytest.mark.parametrize(("infrared", "k"), [(0.4, 5), (0.1, 9), (0.0, 3)])
def test_nearest_images_are_those_of_a_full_sort(infrared, k):
    generator = np.random.default_rng(k)
    kind = (generator.random(60) < infrared).astype(int)
    rows = Embeddings(normalise_rows(generator.normal(size=(60, 8))), kind)
    products = rows.vectors @ rows.vectors.T
    np.fill_diagonal(products, 2)
    for side, found in nearest_images(rows, k, modal_neighbours).items():
        mine = np.flatnonzero(kind == side)
        expected = mine[np.argsort(-products[:, mine], axis=1)[:, :k]]
        assert np.array_equal(found, expected)


def test_terms_are_told_the_nearest_images_where_they_ask(few_images, micro, told):
    recipe = with_terms(micro, asking=Asking("visible"))
    _, state = logged(few_images, recipe)
    for labelling, embeddings in told:
        expected = nearest_images(embeddings, 3, modal_neighbours)
        assert all(np.array_equal(labelling.nearest[side], expected[side]) for side in Modality)
    assert state.labelling.nearest is None, "they are not kept"
    told.clear()
    logged(few_images, with_terms(micro, asking=Asking("visible", near=0)))
    assert [labelling.nearest for labelling, _ in told] == [None] * len(told) != []


@pytest.mark.parametrize("used_for", ["evaluation", "labels"])
def test_terms_are_told_what_the_teacher_makes_of_the_images(few_images, micro, told, used_for):
    recipe = with_terms(micro, epochs=2, asking=Asking("visible"))
    recipe = replace(recipe, teacher=TeacherConfig(momentum=0.9, used_for=used_for))
    logged(few_images, recipe)
    for number, (_, embeddings) in enumerate(told):
        assert embeddings.teacher.shape == embeddings.vectors.shape
        same = np.array_equal(embeddings.teacher, embeddings.vectors)
        assert same == (used_for == "labels" or number == 0)
    told.clear()
    logged(few_images, replace(recipe, teacher=None))
    assert [embeddings.teacher for _, embeddings in told] == [None] * 2


def test_a_term_of_odd_or_even_epochs_neither_counts_nor_moves_in_the_others(few_images, micro):
    odd, even = (ClusterNCE("visible", phase=which) for which in ("odd", "even"))
    losses, _ = logged(few_images, with_terms(micro, epochs=4, first=odd, second=even))
    assert [sorted({"first", "second"} & set(one)) for one in losses] == [["first"], ["second"]] * 2
    stage = replace(micro.stages[0], epochs=2, terms={"first": odd, "second": even})
    recipe, found = replace(micro, stages=(stage,)), []
    for event in fit(new_network(recipe), few_images, recipe):
        if isinstance(event, EpochEnded):
            break
        if isinstance(event, Labelled | Stepped):
            terms = event.state.terms.items()
            found.append({name: kept["memory"].clone() for name, kept in terms})
    begun, *_, last = found
    assert np.array_equal(begun["second"], last["second"])
    assert not np.array_equal(begun["first"], last["first"])


def test_a_ramp_multiplies_the_weight_part_by_part(few_images, micro):
    ramp = (0, 0.25, 1)
    one = ClusterNCE("visible", weight=2.0, ramp=ramp)
    losses, _ = logged(few_images, with_terms(micro, epochs=3, ramped=one))
    assert "ramped" not in losses[0]
    own = [name for name in losses[0] if name != "total"]
    for factor, loss in zip(ramp, losses, strict=True):
        rest = loss["total"] - sum(loss[name] for name in own)
        assert rest == pytest.approx(2 * factor * loss.get("ramped", 0), abs=1e-5)


def test_a_ramp_below_zero_is_refused(micro):
    with pytest.raises(ConfigError, match="aligned: ramped: ramp holds -1; expected at least 0"):
        with_terms(micro, ramped=ClusterNCE("visible", ramp=(0, -1)))


def test_embeddings_of_a_teacher_have_to_fit():
    rows = normalise_rows(np.random.default_rng(0).normal(size=(4, 3)))
    with pytest.raises(DataError, match="teacher has shape"):
        Embeddings(rows, [0, 0, 1, 1], teacher=rows[:3])
    with pytest.raises(DataError, match="teacher are not all finite and of unit length"):
        Embeddings(rows, [0, 0, 1, 1], teacher=2 * rows)
