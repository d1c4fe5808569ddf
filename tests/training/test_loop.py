"""The training loop on fake people."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from vireid.config import TermConfig
from vireid.errors import DegenerateClusters, VireidError
from vireid.labelling import Labelling, label_spaces
from vireid.runs import new_network
from vireid.training import fit, loop
from vireid.training.batches import load_batch
from vireid.training.schedule import learning_rate
from vireid.types import PseudoLabels


def train(crops, recipe, *, label=label_spaces, save=lambda *_: None, change=None):
    """Return the trained network and the reports."""
    network, reports = new_network(recipe), []
    if change:
        change(network)
    fit(network, crops, recipe, observe=reports.append, save=save, label=label)
    return network, reports


def state(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def trained(crops, tiny):
    saved = {}

    def save(now):
        if now.stage and not now.epoch:
            saved[tiny.stages[now.stage - 1].name] = state(now.network)

    network, reports = train(crops, tiny, save=save)
    return state(network), reports, saved


def test_every_epoch_is_reported_and_every_stage_saved(trained, tiny):
    final, reports, saved = trained
    assert [(r.stage, r.epoch, r.epochs) for r in reports] == [
        ("joint", 1, 1), ("aligned", 1, 2), ("aligned", 2, 2),
    ]  # fmt: skip
    assert list(saved) == ["joint", "aligned"]
    assert equal(saved["aligned"], final)
    assert not equal(saved["joint"], final)
    images = 2 * 3 * tiny.batch_labels * tiny.batch_images
    for report in reports:
        assert report.images == images, "steps x (visible, exchanged, infrared) x P x K"
        assert report.seconds.keys() == {"labelling", "steps"}
        assert min(report.seconds.values()) > 0
    aligned = tiny.stages[1]
    assert [r.learning_rate for r in reports[1:]] == [
        learning_rate(aligned, 0, 1), learning_rate(aligned, 1, 1),
    ]  # fmt: skip


def test_reports_hold_the_mean_of_each_active_term(trained):
    _, (joint, first, second), _ = trained
    spaces = ("visible", "infrared", "mixed")
    assert joint.losses.keys() == {*(f"cluster_nce/{s}" for s in spaces), "total"}
    assert joint.losses["total"] == pytest.approx(
        sum(joint.losses[f"cluster_nce/{s}"] for s in spaces)
    )
    assert first.losses.keys() == {"cluster_nce/matched", "triplet/matched", "total"}
    late = {"intra/matched": 0.5, "inter/matched": 0.05}
    assert second.losses.keys() == first.losses.keys() | late.keys()
    expected = second.losses["cluster_nce/matched"] + second.losses["triplet/matched"]
    expected += sum(weight * second.losses[name] for name, weight in late.items())
    assert second.losses["total"] == pytest.approx(expected, rel=1e-5)


def test_equal_seeds_give_bit_equal_weights_whatever_the_global_state(crops, tiny, trained):
    torch.manual_seed(123)
    np.random.seed(5)  # noqa: NPY002 - the state that must not matter
    again, _ = train(crops, tiny)
    assert equal(trained[0], state(again))


def test_another_seed_trains_otherwise_from_the_same_weights(crops, tiny, trained):
    initial = state(new_network(tiny))
    other, _ = train(
        crops, replace(tiny, seed=1), change=lambda network: network.load_state_dict(initial)
    )
    assert not equal(trained[0], state(other))


def test_memories_move_once_after_every_step(crops, tiny, monkeypatch):
    verbs = []

    def note(name, function):
        def noted(*arguments, **options):
            verbs.append(name)
            return function(*arguments, **options)

        return noted

    monkeypatch.setattr(torch.optim.Adam, "step", note("step", torch.optim.Adam.step))
    monkeypatch.setattr(loop, "update_memories", note("update", loop.update_memories))
    train(crops, replace(tiny, stages=tiny.stages[:1]))
    assert verbs == ["step", "update"] * 2


def test_the_seed_draws_the_batches(crops, tiny, monkeypatch):
    drawn = []

    def note(batch, *arguments, **options):
        drawn.append([*batch.visible.tolist(), *batch.infrared.tolist()])
        return load_batch(batch, *arguments, **options)

    monkeypatch.setattr(loop, "load_batch", note)
    initial = state(new_network(tiny))
    for seed in (0, 1):
        recipe = replace(tiny, stages=tiny.stages[:1], seed=seed)
        train(crops, recipe, change=lambda network: network.load_state_dict(initial))
    assert len(drawn) == 4
    assert drawn[0] != drawn[2]
    assert drawn[0] != drawn[1], "and every step draws anew"


def test_frozen_layers_stay_and_all_others_move(crops, tiny):
    recipe = replace(tiny, network=replace(tiny.network, frozen=2), stages=tiny.stages[:1])
    before = state(new_network(recipe))
    after = state(train(crops, recipe)[0])
    frozen = {name for name in before if name.startswith("base.")}
    assert frozen
    assert all(torch.equal(before[name], after[name]) for name in frozen)
    network = new_network(recipe)
    for name, parameter in network.named_parameters():
        assert parameter.requires_grad == (not torch.equal(before[name], after[name])), name


@pytest.mark.parametrize(("every", "epochs"), [(1, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (0, [0])])
def test_labels_are_renewed_as_often_as_asked(crops, tiny, every, epochs):
    stage = replace(tiny.stages[1], epochs=5, relabel_every=every, iterations=1)
    seen = []

    def label(embeddings, *arguments, **options):
        seen.append(embeddings.vectors.copy())
        return label_spaces(embeddings, *arguments, **options)

    _, reports = train(crops, replace(tiny, stages=(stage,)), label=label)
    assert len(seen) == len(epochs)
    changes = [
        epoch
        for epoch, report in enumerate(reports)
        if epoch == 0 or report.labelling is not reports[epoch - 1].labelling
    ]
    assert changes == epochs
    assert all(not np.array_equal(a, b) for a, b in pairwise(seen))


def test_the_labeller_gets_all_images_and_only_what_a_camera_knows(crops, tiny):
    calls = []

    def label(embeddings, spaces, config, *, temperature, generator):
        calls.append((len(embeddings), spaces, config, temperature))
        own = np.where(crops.modality == 0, np.arange(128) % 4, -1)
        other = np.where(crops.modality == 1, np.arange(128) % 4, -1)
        assert isinstance(generator, np.random.Generator)
        found = {"visible": own, "infrared": other, "mixed": np.arange(128) % 4}
        return Labelling({name: PseudoLabels(values) for name, values in found.items()})

    _, (report,) = train(crops, replace(tiny, stages=tiny.stages[:1]), label=label)
    spaces = ("visible", "infrared", "mixed")
    assert calls == [(128, spaces, tiny.labelling, tiny.temperature)]
    assert report.labelling.spaces["mixed"].clusters == 4


def test_a_loss_that_is_not_finite_ends_the_training(crops, tiny):
    def spoil(network):
        def hook(module, inputs, output):  # noqa: ARG001
            return output * (torch.nan if module.training else 1.0)

        network.neck.register_forward_hook(hook)

    with pytest.raises(VireidError, match="loss is nan in stage joint, epoch 1, step 1; expected"):
        train(crops, tiny, change=spoil)


@pytest.mark.parametrize("sample_by", ["own", "mixed", "matched"])
def test_labels_that_are_all_noise_end_the_training(crops, tiny, sample_by):
    single = replace(tiny.labelling.single, min_samples=100)
    mixed = replace(tiny.labelling.mixed, min_samples=200)
    recipe = replace(
        tiny,
        labelling=replace(tiny.labelling, single=single, mixed=mixed),
        stages=(replace(tiny.stages[0], sample_by=sample_by),),
    )
    with pytest.raises(DegenerateClusters, match=r"stage joint, .* 0 clusters"):
        train(crops, recipe)


@pytest.mark.parametrize(
    ("matching", "reject"), [("hungarian", "mutual"), ("progressive", "margin")]
)
def test_clusters_without_partner_learn_their_own_labels(crops, tiny, matching, reject):
    terms = (TermConfig("cluster_nce", "visible"), TermConfig("cluster_nce", "infrared"))
    aligned = replace(tiny.stages[1], epochs=1, terms=terms + tiny.stages[1].terms)
    recipe = replace(
        tiny,
        stages=(aligned,),
        batch_labels=4,
        labelling=replace(tiny.labelling, matching=matching, reject=reject),
    )
    drawn = []

    def half(embeddings, *given, **named):
        """Take the partners of half the clusters away."""
        found = label_spaces(embeddings, *given, **named)
        infrared = found.spaces["infrared"].labels
        kept = (infrared >= 0) & (infrared < 4)
        labels = np.where(kept | (embeddings.modality == 0), found.spaces["matched"].labels, -1)
        labels = np.where((embeddings.modality == 0) & (labels >= 4), -1, labels)
        labels = np.where(labels >= 0, np.unique(labels, return_inverse=True)[1] - 1, -1)
        drawn.append(Labelling({**found.spaces, "matched": PseudoLabels(labels)}, found.matching))
        return drawn[-1]

    before = state(new_network(recipe))
    network, (report,) = train(crops, recipe, label=half)
    assert not equal(before, state(network))
    assert np.isfinite(list(report.losses.values())).all()
    assert {"cluster_nce/visible", "cluster_nce/infrared"} <= report.losses.keys()
    assert report.labelling is drawn[0]


def test_a_stage_of_matched_labels_goes_on_where_nothing_is_matched(crops, tiny):
    terms = (TermConfig("cluster_nce", "visible"), TermConfig("cluster_nce", "infrared"))
    stage = replace(tiny.stages[1], epochs=1, terms=terms + tiny.stages[1].terms)
    labelling = replace(tiny.labelling, max_cost=1e-9)
    _, (report,) = train(crops, replace(tiny, stages=(stage,), labelling=labelling))
    assert (report.labelling.matching.partner == -1).all()
    assert {"cluster_nce/visible", "cluster_nce/infrared"} <= report.losses.keys()
    assert "inter/matched" not in report.losses
