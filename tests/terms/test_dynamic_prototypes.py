"""The term on drawn embeddings: what is drawn, whom it pulls at, and when it only tells."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.models import Output
from vireid.terms import Batch, ClusterNCE, DynamicPrototypes, Kept, Place
from vireid.terms.dynamic_prototypes import drawn
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import Embeddings, Labelling, LabelSpace, PseudoLabels

COUNT, SIZE, CLUSTERS = 50, 6, 4
TERM = DynamicPrototypes("mixed", draws=3, temperature=0.3)


class Scene:
    """Fifty images of four clusters and noise, a teacher's view of them, and a batch."""

    def __init__(self, seed, teacher=True):
        generator = np.random.default_rng(seed)
        self.labels = np.concatenate([np.arange(CLUSTERS), generator.integers(-1, CLUSTERS, 46)])
        self.labelling = Labelling({"mixed": PseudoLabels(self.labels)})
        rows = functional.normalize(torch.from_numpy(generator.normal(size=(2 * COUNT + 20, SIZE))))
        own, other, embedding = rows.float().split([COUNT, COUNT, 20])
        modality = np.arange(COUNT) % 2
        self.embeddings = Embeddings(
            own.numpy(), modality, teacher=other.numpy() if teacher else None
        )
        indices = generator.integers(0, COUNT, 20)
        self.batch = Batch(indices, modality[indices])
        self.output = Output(embedding, embedding.clone().requires_grad_(), embedding)

    def begin(self, term, seed=0):
        return term.begin(self.labelling, self.embeddings, np.random.default_rng(seed), {})

    def gradient(self, terms):
        """Return the loss, its parts and its gradient."""
        kept = {name: self.begin(term) for name, term in terms.items()}
        plans = plan_batch(terms, kept, self.labelling, self.batch)
        self.output.embedding.grad = None
        loss, parts = batch_loss(terms, kept, self.output, plans)
        loss.backward()
        return loss.detach(), parts, self.output.embedding.grad.clone()


@pytest.mark.parametrize("teacher", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_bank_holds_the_teachers_embeddings_where_there_is_one(seed, teacher):
    scene = Scene(seed, teacher)
    bank = scene.begin(TERM)["bank"].numpy()
    assert bank.shape == (3, CLUSTERS, SIZE)
    source = scene.embeddings.teacher if teacher else scene.embeddings.vectors
    for cluster in range(CLUSTERS):
        members = {source[i].tobytes() for i in range(COUNT) if scene.labels[i] == cluster}
        assert {row.tobytes() for row in bank[:, cluster]} <= members
    assert TERM.needs_teacher


@pytest.mark.parametrize("draws", [1, 16, 2000])
def test_images_are_drawn_alike_from_their_clusters_with_replacement(draws):
    labels = np.array([0, 2, -1, 1, 2, 0, 2, 2, -1])
    found = drawn(labels, draws, np.random.default_rng(0))
    assert found.shape == (draws, 3)
    for cluster, column in enumerate(found.T):
        assert (labels[column] == cluster).all()
        images, count = np.unique(column, return_counts=True)
        if draws == 2000:  # each image as often as any other of its cluster, within 5 deviations
            share = 1 / (labels == cluster).sum()
            assert len(images) == (labels == cluster).sum()
            assert np.abs(count / draws - share).max() <= 5 * np.sqrt(share * (1 - share) / draws)


def test_draws_are_those_of_the_generator():
    scene = Scene(0)
    one, again, other = (scene.begin(TERM, seed)["bank"] for seed in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_the_least_and_the_most_similar_drawn_rows(seed):
    scene = Scene(seed)
    kept = scene.begin(TERM)
    plan = plan_batch({"t": TERM}, {"t": kept}, scene.labelling, scene.batch)["t"].arrays
    values = TERM.values(kept, scene.output, plan)
    for value, row, label in zip(values, plan["rows"], plan["labels"].tolist(), strict=True):
        dots = (kept["bank"] @ scene.output.embedding[row]).tolist()
        scores = [(min if cluster == label else max)(draw[cluster] for draw in dots) / 0.3
                  for cluster in range(CLUSTERS)]  # fmt: skip
        expected = np.log(np.exp(scores).sum()) - scores[label]
        assert value.item() == pytest.approx(expected, abs=1e-5)


def test_the_bank_stays_until_the_next_labelling():
    scene = Scene(0)
    kept = {"t": scene.begin(TERM)}
    before = kept["t"]["bank"].clone()
    plans = plan_batch({"t": TERM}, kept, scene.labelling, scene.batch)
    update_terms({"t": TERM}, kept, scene.output, plans)
    assert torch.equal(kept["t"]["bank"], before)


def test_it_pulls_and_without_weight_it_is_told_alone():
    scene = Scene(0)
    memory = {"memory": ClusterNCE("mixed")}
    loss, _, alone = scene.gradient(memory)
    total, parts, pulled = scene.gradient(memory | {"drawn": TERM})
    assert total.item() == pytest.approx((loss + parts["drawn"]).item())
    assert not torch.allclose(pulled, alone, atol=1e-3)
    same, told, gradient = scene.gradient(memory | {"drawn": replace(TERM, weight=0.0)})
    assert torch.equal(gradient, alone)  # bit for bit, as in the released code
    assert torch.equal(same, loss)
    assert torch.equal(told["drawn"], parts["drawn"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0; expected more than 0"),
        ({"draws": 0}, "draws is 0; expected at least 1"),
    ],
)
def test_settings_that_cannot_be(change, message):
    term = replace(TERM, **change)
    place = Place("s", {"t": term}, {"mixed": LabelSpace()})
    assert list(term.problems(place)) == [message]


def test_the_released_generator_draws_the_released_images(golden):
    arrays = golden("pclhd_dynamic")
    generator = np.random.RandomState(int(arrays["draw_seed"]))
    found = drawn(arrays["labels"], int(arrays["instances"]), generator)
    assert np.array_equal(found, arrays["drawn"])


def test_golden_bank_stays_where_direct_use_of_the_released_code_would_replace_it(golden):
    arrays = golden("pclhd_dynamic")
    clusters = len(np.unique(arrays["targets"]))
    count = arrays["labels"].max() + 1
    bank = torch.from_numpy(arrays["bank"]).view(-1, count, arrays["bank"].shape[1])
    raw = torch.from_numpy(arrays["embeddings"]).requires_grad_()
    embedding = functional.normalize(raw)
    term = DynamicPrototypes("mixed", temperature=float(arrays["temp"]))
    kept = {"drawn": Kept({"bank": bank.clone()})}
    space = PseudoLabels(np.concatenate([arrays["targets"], np.arange(count)]))
    batch = Batch(np.arange(len(raw)), np.zeros(len(raw), dtype=np.int64))
    plans = plan_batch({"drawn": term}, kept, Labelling({"mixed": space}), batch)
    output = Output(embedding, embedding, embedding)
    loss, _ = batch_loss({"drawn": term}, kept, output, plans)
    assert loss.item() == pytest.approx(float(arrays["loss"]), 1e-5, 1e-5)
    assert loss.requires_grad
    assert not arrays["training_requires_grad"], "in the released training it pulls at nothing"
    update_terms({"drawn": term}, kept, output, plans)
    assert torch.equal(kept["drawn"]["bank"], bank)
    replaced = torch.from_numpy(arrays["direct_bank_after"]).view(bank.shape)
    moved = (replaced - bank).abs().amax((0, 2)) > 0.1
    assert int(moved.sum()) == clusters, "all rows of every cluster in the batch"
