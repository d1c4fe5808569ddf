"""Weights that lie on this machine are told by the word that `--weights` takes."""

import huggingface_hub.constants
import pytest
import torch

from vireid.models import found
from vireid.models.found import find_weights


@pytest.mark.parametrize("wheel", [True, False])
def test_each_way_is_looked_at(tmp_path, monkeypatch, wheel):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "torch"))
    monkeypatch.setattr(found, "find_spec", lambda _: object() if wheel else None)
    pip = ["pip (tf_efficientnet_lite0)"] if wheel else []
    assert list(find_weights()) == pip
    for name in (
        "hub/models--timm--resnet50.a1_in1k/snapshots/0a/model.safetensors",
        "hub/models--timm--resnet18/snapshots/0a/config.json",
        "hub/models--other--private/snapshots/0a/model.safetensors",
        "torch/checkpoints/resnet50-0676ba61.pth",
        "torch/checkpoints/mine.pth",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    others = ["hub (resnet50.a1_in1k)", "torchvision (resnet50-0676ba61.pth)"]
    assert list(find_weights()) == [*pip, *others]
