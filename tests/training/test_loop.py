"""The training loop on fake people."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from vireid.cluster import Search, modal_neighbours
from vireid.errors import DegenerateClusters, VireidError
from vireid.runs import new_network
from vireid.terms import ClusterNCE
from vireid.training import EpochEnded, fit
from vireid.training import step as step_module
from vireid.training.prepared import load_batch
from vireid.training.schedule import learning_rate
from vireid.types import Known, Labelling, Modality, PseudoLabels

OWN = {"visible": ClusterNCE("visible"), "infrared": ClusterNCE("infrared")}


def state(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def trained(crops, tiny):
    saved, reports, network = {}, [], new_network(tiny)
    for event in fit(network, crops, tiny):
        if isinstance(event, EpochEnded):
            reports.append(event.report)
            now = event.state
            if now.stage and not now.epoch:
                saved[tiny.stages[now.stage - 1].name] = state(now.network)
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
    assert joint.losses.keys() == {*spaces, "total"}
    assert joint.losses["total"] == pytest.approx(sum(joint.losses[s] for s in spaces))
    assert first.losses.keys() == {"matched", "triplet", "total"}
    late = {"intra": 0.5, "inter": 0.05}
    assert second.losses.keys() == first.losses.keys() | late.keys()
    expected = second.losses["matched"] + second.losses["triplet"]
    expected += sum(weight * second.losses[name] for name, weight in late.items())
    assert second.losses["total"] == pytest.approx(expected, rel=1e-5)


def test_equal_seeds_give_bit_equal_weights_whatever_the_global_state(crops, tiny, train, trained):
    torch.manual_seed(123)
    np.random.seed(5)  # noqa: NPY002 - the state that must not matter
    again = train(crops, tiny).network
    assert equal(trained[0], state(again))


def test_another_seed_trains_otherwise_from_the_same_weights(crops, tiny, train, trained):
    initial = state(new_network(tiny))
    other = train(
        crops, replace(tiny, seed=1), change=lambda network: network.load_state_dict(initial)
    )
    assert not equal(trained[0], state(other.network))


def test_memories_move_once_after_every_step(crops, tiny, train, monkeypatch):
    verbs = []

    def note(name, function):
        def noted(*arguments, **options):
            verbs.append(name)
            return function(*arguments, **options)

        return noted

    monkeypatch.setattr(torch.optim.Adam, "step", note("step", torch.optim.Adam.step))
    update = note("update", step_module.update_terms)
    monkeypatch.setattr(step_module, "update_terms", update)
    train(crops, replace(tiny, stages=tiny.stages[:1]))
    assert verbs == ["step", "update"] * 2


def test_the_seed_draws_the_batches(crops, tiny, train, monkeypatch):
    drawn = []

    def note(prepared, *device):
        drawn.append(prepared.rows.indices.tolist())
        return load_batch(prepared, *device)

    monkeypatch.setattr(step_module, "load_batch", note)
    initial = state(new_network(tiny))
    for seed in (0, 1):
        recipe = replace(tiny, stages=tiny.stages[:1], seed=seed)
        train(crops, recipe, change=lambda network: network.load_state_dict(initial))
    assert len(drawn) == 4
    assert drawn[0] != drawn[2]
    assert drawn[0] != drawn[1], "and every step draws anew"


def test_frozen_layers_stay_and_all_others_move(crops, tiny, train):
    recipe = replace(tiny, network=replace(tiny.network, frozen=2), stages=tiny.stages[:1])
    before = state(new_network(recipe))
    after = state(train(crops, recipe).network)
    frozen = {name for name in before if name.startswith("base.")}
    assert frozen
    assert all(torch.equal(before[name], after[name]) for name in frozen)
    network = new_network(recipe)
    for name, parameter in network.named_parameters():
        assert parameter.requires_grad == (not torch.equal(before[name], after[name])), name


@pytest.mark.parametrize(("every", "epochs"), [(1, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (0, [0])])
def test_labels_are_renewed_as_often_as_asked(crops, tiny, train, changed, every, epochs):
    stage = replace(tiny.stages[1], epochs=5, relabel_every=every, iterations=1)
    seen = []

    def note(found, embeddings):
        seen.append(embeddings.vectors.copy())
        return found

    recipe = replace(tiny, stages=(stage,))
    reports = train(crops, recipe, labeller=changed(tiny.labelling, note)).reports
    assert len(seen) == len(epochs)
    changes = [
        epoch
        for epoch, report in enumerate(reports)
        if epoch == 0 or report.labelling is not reports[epoch - 1].labelling
    ]
    assert changes == epochs
    assert all(not np.array_equal(a, b) for a, b in pairwise(seen))


def test_the_labeller_gets_all_images_and_only_what_a_camera_knows(crops, tiny, train):
    calls = []

    class Labeller:
        spaces, problems = tiny.labelling.spaces, tiny.labelling.problems

        def label(self, embeddings, known, spaces, *, generator, search):
            calls.append((len(embeddings), spaces, search))
            assert isinstance(known, Known)
            np.testing.assert_array_equal(known.modality, crops.modality)
            assert (known.camera, known.track, known.time) == (None, None, None)
            assert isinstance(generator, np.random.Generator)
            all_images = np.arange(128) % 4
            found = {
                side.name.lower(): PseudoLabels(
                    np.where(crops.modality == side, all_images, -1), modality=side
                )
                for side in Modality
            }
            return Labelling({**found, "mixed": PseudoLabels(all_images)})

    recipe = replace(tiny, stages=tiny.stages[:1])
    (report,) = train(crops, recipe, labeller=Labeller()).reports
    ((count, spaces, search),) = calls
    assert (count, tuple(spaces)) == (128, ("visible", "infrared", "mixed"))
    assert (search.func, search.keywords) == (modal_neighbours, {"search": Search()})
    assert report.labelling.spaces["mixed"].clusters == 4


def test_what_is_known_of_the_images_reaches_the_labeller_as_given(few_images, micro, train):
    time = np.where(np.arange(32) % 5, np.arange(32) / 7, np.nan)
    images = replace(few_images, track=np.arange(32) - 1, time=time)
    seen = []

    class Labeller:
        spaces, problems = micro.labelling.spaces, micro.labelling.problems

        def label(self, embeddings, known, spaces, *, generator, search):
            del embeddings, spaces, generator, search
            seen.append(known)
            raise DegenerateClusters("seen")

    for given in (images, replace(images, camera=None, time=None)):
        with pytest.raises(DegenerateClusters, match="seen"):
            train(given, micro, labeller=Labeller())
    for name in ("modality", "camera", "track", "time"):
        np.testing.assert_array_equal(getattr(seen[0], name), getattr(images, name))
    assert (seen[1].camera, seen[1].time) == (None, None)
    np.testing.assert_array_equal(seen[1].track, images.track)


def test_a_loss_that_is_not_finite_ends_the_training(crops, tiny, train):
    def spoil(network):
        def hook(module, inputs, output):  # noqa: ARG001
            return output * (torch.nan if module.training else 1.0)

        network.neck.register_forward_hook(hook)

    with pytest.raises(VireidError, match="loss is nan in stage joint, epoch 1, step 1; expected"):
        train(crops, tiny, change=spoil)


@pytest.mark.parametrize("sample_by", ["own", "mixed", "matched"])
def test_labels_that_are_all_noise_end_the_training(crops, tiny, train, sample_by):
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
def test_clusters_without_partner_learn_their_own_labels(
    crops, tiny, train, changed, matching, reject
):
    aligned = replace(tiny.stages[1], epochs=1, terms={**OWN, **tiny.stages[1].terms})
    recipe = replace(
        tiny,
        stages=(aligned,),
        batch_labels=4,
        labelling=replace(tiny.labelling, matching=matching, reject=reject),
    )
    drawn = []

    def half(found, embeddings):
        """Take the partners of half the clusters away."""
        infrared = found.spaces["infrared"].labels
        kept = (infrared >= 0) & (infrared < 4)
        labels = np.where(kept | (embeddings.modality == 0), found.spaces["matched"].labels, -1)
        labels = np.where((embeddings.modality == 0) & (labels >= 4), -1, labels)
        labels = np.where(labels >= 0, np.unique(labels, return_inverse=True)[1] - 1, -1)
        spaces = {**found.spaces, "matched": PseudoLabels(labels)}
        drawn.append(Labelling(spaces, found.matching, found.matched))
        return drawn[-1]

    before = state(new_network(recipe))
    course = train(crops, recipe, labeller=changed(recipe.labelling, half))
    (report,) = course.reports
    assert not equal(before, state(course.network))
    assert np.isfinite(list(report.losses.values())).all()
    assert {"visible", "infrared"} <= report.losses.keys()
    assert report.labelling is drawn[0]


def test_a_stage_of_matched_labels_goes_on_where_nothing_is_matched(crops, tiny, train):
    stage = replace(tiny.stages[1], epochs=1, terms={**OWN, **tiny.stages[1].terms})
    labelling = replace(tiny.labelling, max_cost=1e-9)
    (report,) = train(crops, replace(tiny, stages=(stage,), labelling=labelling)).reports
    assert (report.labelling.matching.partner == -1).all()
    assert {"visible", "infrared"} <= report.losses.keys()
    assert "inter" not in report.losses
