"""Graphs of ONNX against torch."""

import json

import numpy as np
import pytest
import torch

from vireid.errors import CheckpointError
from vireid.models import build_network
from vireid.models.extract import extract
from vireid.types import Modality

onnx = pytest.importorskip("onnx", reason="needs the extra onnx")
runtime = pytest.importorskip("onnxruntime", reason="needs the extra onnx")

from vireid.exporting import onnx_file  # noqa: E402
from vireid.exporting.onnx_file import write_onnx  # noqa: E402
from vireid.exporting.runtime import session_of  # noqa: E402

SIZE = (32, 16)
NETWORKS = {
    "plain": {"backbone": "test_efficientnet"},
    "frozen": {"backbone": "tf_efficientnet_lite0", "depth": 2, "frozen": 1, "stem_stages": 1},
    "much": {
        "backbone": "resnet18",
        "depth": 2,
        "nonlocal_blocks": (0, 1),
        "nonlocal_width": 2,
        "split_statistics": True,
        "stripes": 3,
        "trainable_power": True,
    },
}


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_runtime_equals_torch_at_any_batch(name, shaken, tmp_path):
    network = shaken(build_network(**NETWORKS[name]))
    drawn = np.random.default_rng(1)
    pixels = drawn.integers(0, 256, (100, *SIZE, 3), dtype=np.uint8)
    found = {}
    for side in Modality:
        path = tmp_path / f"{side.name}.onnx"
        write_onnx(network, side, SIZE, {}, path)
        session = session_of(path.read_bytes(), path)
        for count in (1, 2, 7, 100):
            modality = np.full(count, side, dtype=np.int64)
            expected = extract(network, pixels[:count], modality).vectors
            found[side] = session.run(None, {"images": pixels[:count]})[0]
            np.testing.assert_allclose(found[side], expected, rtol=0, atol=1e-4)
        np.testing.assert_allclose(np.linalg.norm(found[side], axis=1), 1, atol=1e-5)
        same = found[side] @ found[side].T
        assert np.abs(same - np.eye(100)).max() < 1 - 1e-4  # no image is as another one
    assert np.abs(found[Modality.VISIBLE] - found[Modality.INFRARED]).max() > 1e-2


def test_a_graph_says_what_it_is_and_takes_bytes_alone(exported):
    for side in ("visible", "infrared"):
        model = onnx.load(exported / f"{side}.onnx")
        told = {one.key: one.value for one in model.metadata_props}
        assert told["modality"] == side
        assert (told["height"], told["width"], told["licence"]) == ("32", "16", "CC-BY-4.0")
        assert told["network"] == json.loads((exported / "export.json").read_text())["network"]
        assert json.loads(told["statistics"])["of"] == "training"
        assert model.opset_import[0].version == onnx_file.OPSET
        session = session_of((exported / f"{side}.onnx").read_bytes(), side)
        (taken,), (given,) = session.get_inputs(), session.get_outputs()
        assert (taken.name, taken.type, taken.shape) == (
            "images", "tensor(uint8)", ["batch", 32, 16, 3],
        )  # fmt: skip
        assert (given.name, given.type) == ("embeddings", "tensor(float)")


def test_a_graph_that_embeds_otherwise_is_not_written(shaken, tmp_path, monkeypatch):
    network = shaken(build_network("test_efficientnet"))
    path = tmp_path / "visible.onnx"

    graph_of = onnx_file._graph

    def shifted(side, size):
        side.mean += 0.05
        graph = graph_of(side, size)
        side.mean -= 0.05
        return graph

    monkeypatch.setattr(onnx_file, "_graph", shifted)
    with pytest.raises(CheckpointError, match=r"embeds 1 images otherwise than torch, by up to"):
        write_onnx(network, Modality.VISIBLE, SIZE, {}, path)
    assert not any(tmp_path.iterdir())
    assert torch.is_grad_enabled()
