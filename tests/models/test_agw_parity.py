"""The network of the paper against the released one, with generated weights."""

import re
import zlib

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import classifier
from vireid.models import build_agw

SCALES = {
    "linear": lambda z, _shape: 0.05 * z,
    "conv": lambda z, shape: z * np.sqrt(2 / np.prod(shape[1:])),
    "conv_bias": lambda z, _shape: 0.1 * z,
    "bn_bias": lambda z, _shape: 0.1 * z,
    "bn_mean": lambda z, _shape: 0.1 * z,
    "bn_weight": lambda z, _shape: 0.6 + 0.1 * z,
    "bn_var": lambda z, _shape: np.exp(0.2 * z),
    "zero": lambda z, _shape: 0 * z,
}
NONLOCAL_PLACES = {"2": (3, 5), "3": (4, 6, 8)}
BLOCK_PLACES = {"2": (0, 1, 2, 4), "3": (0, 1, 2, 3, 5, 7)}
NONLOCAL_LAYERS = {"g.0": "value", "W.0": "out", "W.1": "norm", "theta": "theta", "phi": "phi"}


def our_name(name):
    """Translate an official name; None for what our network does not have."""
    stems = {
        "thermal_module.thermal": "infrared_stem.0",
        "visible_module.visible": "visible_stem.0",
    }
    for theirs, ours in stems.items():
        if name.startswith(theirs):
            layer = name[len(theirs) + 1 :].replace("conv1", "0").replace("bn1", "1")
            return f"{ours}.{layer}"
    if match := re.fullmatch(r"base_resnet\.base\.layer(\d)\.(\d)\.(.*)", name):
        stage, block, rest = match.groups()
        place = BLOCK_PLACES[stage][int(block)] if stage in BLOCK_PLACES else block
        return f"trunk.{int(stage) - 1}.{place}.{rest}"
    if match := re.fullmatch(r"NL_(\d)\.(\d)\.(g\.0|W\.0|W\.1|theta|phi)\.(.*)", name):
        stage, number, layer, rest = match.groups()
        place = NONLOCAL_PLACES[stage][int(number)]
        return f"trunk.{int(stage) - 1}.{place}.{NONLOCAL_LAYERS[layer]}.{rest}"
    necks = {"weight": "weight", "running_mean": "running_mean", "running_var": "running_variance"}
    return f"neck.{necks[name[11:]]}" if name[11:] in necks and "bottleneck" in name else None


def generated(arrays):
    """Return official name -> tensor."""
    state = {}
    for name, kind, padded in zip(arrays["names"], arrays["kinds"], arrays["shapes"], strict=True):
        shape = [int(size) for size in padded if size]
        seed = (zlib.crc32(str(name).encode()) + int(arrays["weight_seed"])) % 2**32
        values = np.random.RandomState(seed).standard_normal(int(np.prod(shape)))
        state[str(name)] = torch.from_numpy(
            SCALES[str(kind)](values.reshape(shape), shape).astype(np.float32)
        )
    return state


@pytest.fixture
def official(golden):
    """The parity arrays, our network with the official weights, and the official weights."""
    arrays = golden("agw_full")
    state = generated(arrays)
    network = build_agw("none")
    loaded = {}
    for name, value in state.items():
        if (ours := our_name(name)) is not None:
            loaded[ours] = value[None] if ours.startswith("neck.running") else value
    left = set(network.state_dict()) - set(loaded)
    assert all(name in ("mean", "std") or "num_batches" in name for name in left)
    assert {name for name in state if our_name(name) is None} == {
        "bottleneck.bias",
        "classifier.weight",
    }
    missing = network.load_state_dict(loaded, strict=False)
    assert not missing.unexpected_keys
    return arrays, network, state


def test_evaluation_outputs(official):
    arrays, network, _ = official
    for number, suffix in enumerate(("vis", "ir")):
        images = torch.from_numpy(arrays[f"input_{suffix}"])
        with torch.no_grad():
            output = network.eval()(images, torch.full((len(images),), number))
        pooled = functional.normalize(output.pooled)
        np.testing.assert_allclose(pooled, arrays[f"eval_pool_{suffix}"], atol=1e-5)
        np.testing.assert_allclose(output.embedding, arrays[f"eval_feat_{suffix}"], atol=1e-5)


def test_training_outputs_and_statistics(official):
    arrays, network, state = official
    visible, infrared = (torch.from_numpy(arrays[f"input_{name}"]) for name in ("vis", "ir"))
    modality = torch.tensor([0] * len(visible) + [1] * len(infrared))
    with torch.no_grad():
        output = network.train()(torch.cat([visible, infrared]), modality)
    np.testing.assert_allclose(output.pooled, arrays["train_pool"], atol=2e-3)
    np.testing.assert_allclose(output.neck, arrays["train_feat_bn"], atol=2e-3)
    logits = output.neck @ state["classifier.weight"].T
    np.testing.assert_allclose(logits, arrays["train_logits"], atol=2e-3)
    labels = torch.arange(len(logits)) % len(state["classifier.weight"])
    losses = classifier(output.neck, labels, state["classifier.weight"])
    expected = functional.cross_entropy(torch.from_numpy(arrays["train_logits"]), labels)
    np.testing.assert_allclose(losses.mean(), expected, atol=2e-3)
    stem = network.visible_stem[0][1].running_mean
    np.testing.assert_allclose(stem, arrays["stem_vis_bn_mean_after"], atol=1e-5)
    np.testing.assert_allclose(network.neck.running_mean[0], arrays["neck_mean_after"], atol=2e-3)
    variance = network.neck.running_variance[0]
    np.testing.assert_allclose(variance, arrays["neck_var_after"], atol=2e-3)
