"""Terms whose targets the nearest images of the other modality share out."""

import numpy as np
import pytest
import torch

from tests.pretended import pretended_gpu
from tests.terms.crossed import SIDES, same_gradient
from tests.terms.soft import EPOCHS, begun, drawn, released_step, take_step, terms_of, told
from vireid.models import Output
from vireid.terms import Batch, CrossSoft, Place, SoftNCE, Triplet
from vireid.training.objective import plan_batch
from vireid.types import NOISE, LabelSpace, Modality

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}


@pytest.mark.parametrize(("turn", "moved"), [("odd", "vis"), ("even", "ir")])
def test_the_released_gradient_sees_rows_that_the_cross_update_has_moved(golden, turn, moved):
    arrays, (_, _, gradient, _, _) = released_step(golden, turn)
    split = np.split(gradient, [len(arrays["embeddings_vis"])])
    clean = dict(zip(SIDES.values(), split, strict=True))
    (across,) = {"vis", "ir"} - {moved}
    same_gradient(clean[across], arrays[f"{turn}_grad_{across}"])
    theirs = arrays[f"{turn}_grad_{moved}"]
    assert np.abs(theirs - clean[moved]).max() > 0.1 * np.abs(theirs).max()


@pytest.mark.parametrize("turn", EPOCHS)
def test_an_image_among_noise_alone_counts_nothing_across_and_everything_stays_finite(turn):
    rows, labels, maps = drawn(1)
    maps = [np.arange(6) % 4, np.arange(4)]
    across, labels[1] = labels[1].copy(), labels[1].copy()
    rows[1][4:] = -rows[0][0] + 0.1 * rows[1][4:]
    rows[1][10:18], labels[1][10:18] = rows[0][0] + 0.01 * rows[1][10:18], NOISE
    embeddings, labelling = told(rows, labels, maps, 5)
    kept = begun(terms_of(k=5), labelling, embeddings)
    alone = 0
    assert labels[0][alone] != NOISE
    assert across[10:18].max() != NOISE
    near = labelling.nearest[Modality.INFRARED][alone]
    assert (labelling.spaces["infrared"].labels[near] == NOISE).all()
    crossing = kept["forth"]
    assert crossing["trust"][alone] == 0
    own = maps[0][labels[0][alone]]
    assert crossing["clusters"][alone, 0] == own
    assert crossing["targets"][alone].tolist() == [1, 0, 0, 0, 0, 0]
    batch = Batch(np.array([alone, 1, 41, 42]), np.array([0, 0, 1, 1]), epoch=EPOCHS[turn])
    raw = np.concatenate([rows[0][:2], rows[1][1:3]])
    loss, _, gradient = take_step(terms_of(k=5), kept, labelling, raw, batch)
    assert np.isfinite([loss, *gradient.ravel()]).all()


@pytest.mark.parametrize(
    ("settings", "other", "message"),
    [
        ({}, Triplet("infrared"), "against is a, which keeps no memories that"),
        (
            {},
            CrossSoft("infrared", against="mine"),
            "against is a, which keeps no memories that",
        ),
        (
            {},
            SoftNCE("visible"),
            "against is a, which is on the same modality; expected",
        ),
        (
            {"matched": "mixed"},
            SoftNCE("infrared"),
            "matched is mixed; expected labels that a m",
        ),
        (
            {"against": "b"},
            SoftNCE("infrared"),
            "against is b; expected one of the stage's o",
        ),
    ],
)
def test_what_a_term_across_refuses(settings, other, message):
    given = {"labels": "visible", "against": "a"} | settings
    term = CrossSoft(**given)
    place = Place("s", {"mine": term, "a": other}, OFFERED)
    (found,) = term.problems(place)
    assert found.startswith(message)


@pytest.mark.parametrize("turn", EPOCHS)
@pytest.mark.parametrize("update", ["every", "hardest"])
def test_no_gpu_waits_for_them(update, turn):
    rows, labels, maps = drawn(0)
    embeddings, labelling = told(rows, labels, maps, 5)
    terms = terms_of(k=5, memory_update=update)
    indices = np.random.default_rng(0).integers(0, 65, 24)
    batch = Batch(indices, embeddings.modality[indices], epoch=EPOCHS[turn])
    kept = begun(terms, labelling, embeddings)
    plans = plan_batch(terms, kept, labelling, batch)
    with pretended_gpu() as gpu:
        for one in kept.values():
            for name in one:
                one[name] = one[name].to("cuda")
        there = {
            name: {key: value.to("cuda") for key, value in plan.arrays.items()}
            for name, plan in plans.items()
        }
        rows = torch.from_numpy(embeddings.vectors[indices]).to("cuda").requires_grad_()
        output = Output(rows, rows, rows)
        gpu.clear()
        for name, plan in there.items():
            terms[name].values(kept[name], output, plan).sum().backward()
        still = Output(*(value.detach() for value in output))
        for name, plan in there.items():
            terms[name].update(kept[name], still, plan)
        assert not gpu.waits, gpu.told()
        assert not gpu.mixed, gpu.told()
        assert gpu.launched
        assert rows.grad is not None
