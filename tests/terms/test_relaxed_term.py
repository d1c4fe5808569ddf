"""Relaxed contrast as a term of the loss."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.pretended import pretended_gpu
from tests.terms.crossed import SIDES, labelling_of, take_step
from vireid.losses import relaxed
from vireid.models import Output
from vireid.terms import Kept, Relaxed


def test_it_compares_the_chosen_features_of_its_rows():
    generator = torch.Generator().manual_seed(0)
    output = Output(*(torch.randn(6, 4, generator=generator) for _ in range(3)))
    plan = {"rows": torch.tensor([4, 1, 2])}
    for name in ("pooled", "embedding", "neck"):
        values = Relaxed("visible", features=name).values(Kept({}), output, plan)
        assert torch.equal(values, relaxed(getattr(output, name)[[4, 1, 2]]))
    assert Relaxed("visible").features == "embedding"


def test_golden_relaxed_loss_of_a_step_of_rpnr_is_that_of_the_neck_of_both_modalities(golden):
    arrays = golden("rpnr_step")
    labels, rows = ([arrays[f"{what}_{short}"] for short in SIDES.values()]
                    for what in ("labels", "embeddings"))  # fmt: skip
    labelling = labelling_of(labels, arrays["r2i"], arrays["i2r"])
    released, ours = (
        take_step({n: Relaxed(n, features=kind) for n in SIDES}, {}, labelling, rows).loss
        for kind in ("neck", "embedding")
    )
    for turn in ("odd", "even"):
        assert released == pytest.approx(float(arrays[f"{turn}_loss_relaxed"]), 1e-5, 1e-5)
    assert ours > 10 * released


def test_rows_of_noise_take_no_part():
    labels = [np.array([0, 1, -1, 0, 1, -1]), np.array([0, 0])]
    labelling = labelling_of(labels, np.array([0, -1]), np.array([0]))
    rows = [np.random.default_rng(s).normal(size=(n, 4)).astype(np.float32)
            for s, n in enumerate((6, 2))]  # fmt: skip
    found = take_step({"a": Relaxed("visible")}, {}, labelling, rows)
    unit = functional.normalize(torch.from_numpy(rows[0][[0, 1, 3, 4]]))
    assert found.loss == pytest.approx(relaxed(unit).mean().item(), abs=1e-6)
    assert not found.gradients["vis"][[2, 5]].any()
    assert not found.gradients["ir"].any()


def test_a_row_alone_has_no_loss_and_its_gradient_is_zero():
    labels = [np.array([0, -1]), np.array([0])]
    labelling = labelling_of(labels, np.array([0]), np.array([0]))
    rows = [np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)[2:]]
    found = take_step({"a": Relaxed("visible")}, {}, labelling, rows)
    assert (found.loss, found.gradients["vis"].any()) == (0.0, False)


def test_no_gpu_waits_for_it():
    with pretended_gpu() as record:
        rows = torch.randn(30, 8).to("cuda").requires_grad_()
        plan = {"rows": torch.arange(20).to("cuda")}
        record.clear()
        Relaxed("visible").values(Kept({}), Output(rows, rows, rows), plan).mean().backward()
        assert not record.waits, record.told()
        assert not record.mixed
