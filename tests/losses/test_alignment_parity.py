"""The terms of the final stage against the released training script."""

import numpy as np
import pytest
import torch

from vireid.cluster import centres
from vireid.losses import classifier, inter, intra, triplet
from vireid.models import Output
from vireid.recipes import load_recipe
from vireid.terms import Batch, Kept
from vireid.training.objective import batch_loss, plan_batch
from vireid.types import Labelling, PseudoLabels


def test_sum_of_the_terms_and_its_gradients(golden):
    arrays = {
        name: torch.from_numpy(value) for name, value in golden("sca_losses").items() if value.ndim
    }
    scalars = {name: float(value) for name, value in golden("sca_losses").items() if not value.ndim}
    labels, n = arrays["labels"], len(arrays["labels"])
    features = arrays["features"].requires_grad_()
    logits = arrays["logits"].requires_grad_()
    views = dict(zip(("vis1", "vis2", "ir"), features.split(n), strict=True))
    trust = torch.cat([arrays[f"conf_{view}"] for view in views])

    layer = torch.eye(logits.shape[1])  # so that the logits come out as they are
    identity = (trust * classifier(logits, labels.repeat(3), layer)).mean()
    hard = triplet(features, labels.repeat(3), scalars["margin"]).mean()
    centred = {
        view: scalars["weight_intra"]
        * (arrays[f"conf_{view}"] * intra(rows, labels, arrays[f"proto_{view}"], "l1")).mean()
        for view, rows in views.items()
    }
    modality = torch.tensor([0] * n + [1] * n)
    aligned = 0.0
    for view in ("vis1", "vis2"):
        both = torch.cat([views[view], views["ir"]])
        values = inter(both, labels.repeat(2), modality)[:n]
        means = [values[labels == identity].mean() for identity in labels.unique()]
        aligned = aligned + scalars["weight_inter"] * torch.stack(means).mean()

    right = triplet(features, labels.repeat(3), margin=0) == 0
    assert int(right.sum()) == int(scalars["triplet_correct"])
    assert identity.item() == pytest.approx(scalars["loss_id"], rel=1e-5, abs=1e-5)
    assert hard.item() == pytest.approx(scalars["loss_triplet"], rel=1e-5, abs=5e-6)
    intra_visible = (centred["vis1"] + centred["vis2"]) / 2
    assert intra_visible.item() == pytest.approx(scalars["loss_intra_vis"], rel=1e-5, abs=1e-5)
    assert centred["ir"].item() == pytest.approx(scalars["loss_intra_ir"], rel=1e-5, abs=1e-5)
    for name in ("loss_inter_vis", "loss_inter_ir"):
        assert aligned.item() == pytest.approx(scalars[name], rel=1e-5, abs=1e-5)

    # the released script has no factor 1/2, so its two inter terms are twice ours
    total = identity + hard + intra_visible + centred["ir"] + 2 * aligned
    total.backward()
    assert total.item() == pytest.approx(scalars["loss_total"], rel=1e-5, abs=1e-5)
    for tensor, name in ((features, "grad_features"), (logits, "grad_logits")):
        expected = arrays[name].numpy()
        tolerance = 1e-6 + 1e-4 * np.abs(expected).max()
        np.testing.assert_allclose(tensor.grad, expected, atol=tolerance)


def test_the_released_recipe_weighs_its_terms_as_the_released_script(golden):
    arrays = golden("sca_losses")
    features, labels = torch.from_numpy(arrays["features"]), arrays["labels"]
    n, classes = len(labels), len(arrays["proto_ir"])
    terms = load_recipe("released").stages[-1].terms
    prototypes = torch.from_numpy(np.stack([arrays["proto_vis1"], arrays["proto_ir"]]))
    trust = np.concatenate([arrays[f"conf_{view}"] for view in ("vis1", "vis2", "ir")])
    kept = {
        "classifier": Kept({"layer": torch.eye(classes)}),
        "intra": Kept({"centres": prototypes}),
    }
    every = np.concatenate([np.tile(labels, 3), np.arange(classes)])  # one image more of each
    space = PseudoLabels(every, np.concatenate([trust, np.ones(classes)]))
    labelling = Labelling({"matched": space})
    batch = Batch(np.arange(3 * n), np.array([0] * 2 * n + [1] * n))
    neck = torch.from_numpy(arrays["logits"])
    output = Output(features, torch.nn.functional.normalize(features), neck)

    def found(name):
        one = {name: terms[name]}
        plans = plan_batch(one, kept, labelling, batch)
        return batch_loss(one, kept, output, plans)[0].item()

    assert found("classifier") == pytest.approx(arrays["loss_id"].item(), rel=1e-5, abs=1e-5)
    away = [
        np.abs(view - arrays[f"proto_{side}"][labels]).mean(axis=1)
        for view, side in zip(
            arrays["features"].reshape(3, n, -1), ("vis1", "vis1", "ir"), strict=True
        )
    ]  # one centre for both visible views
    each = [(trust[i * n : (i + 1) * n] * away[i]).mean() for i in range(3)]
    assert away[0].mean() > 0
    expected = arrays["weight_intra"] * ((each[0] + each[1]) / 2 + each[2])
    assert found("intra") == pytest.approx(expected.item(), rel=1e-5, abs=1e-5)
    assert each[2] * arrays["weight_intra"] == pytest.approx(
        arrays["loss_intra_ir"].item(), rel=1e-5, abs=1e-5
    )


@pytest.mark.parametrize("view", ["vis1", "vis2", "ir"])
def test_weighted_centres_times_the_mean_weight_are_the_released_prototypes(golden, view):
    arrays = golden("sca_losses")
    third = arrays["pu_features"].shape[1] // 3
    block = {"vis1": 0, "vis2": 1, "ir": 2}[view] * third
    features = np.concatenate(arrays["pu_features"][:, block : block + third])
    labels = arrays[f"pu_labels_{'ir' if view == 'ir' else 'vis'}"].ravel()
    weights = arrays[f"pu_conf_{view}"].ravel()
    clusters = len(arrays[f"proto_{view}"])
    ours = centres(features, labels, weights=weights, clusters=clusters)
    for label, expected in enumerate(arrays[f"pu_proto_{view}_after"]):
        share = weights[labels == label]
        if len(share):  # the released code divides by the count, not by the sum of the weights
            np.testing.assert_allclose(ours[label] * share.mean(), expected, atol=1e-5)
        else:
            assert np.isnan(ours[label]).all()
            np.testing.assert_array_equal(arrays[f"proto_{view}"][label], expected)
