"""A network as the Hugging Face Hub has it, and back."""

import json
import shutil
import sys

import numpy as np
import pytest
import yaml
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import vireid
from vireid.cli.main import main
from vireid.errors import CheckpointError, ConfigError
from vireid.exporting.card import hub_card
from vireid.exporting.facts import Facts
from vireid.runs import BEFORE

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")


@pytest.fixture(scope="module")
def hub(kept, tmp_path_factory):
    """Return the folder of a copy."""
    out = tmp_path_factory.mktemp("hub") / "copy"
    words = ["export", kept.folder, out, "--to", "hub", "--stage", BEFORE, "--licence", "MIT"]
    assert main([*map(str, words)]) == 0
    return out


@pytest.fixture
def copied(hub, tmp_path):
    """Return a copy of the copy that may be damaged."""
    return shutil.copytree(hub, tmp_path / "copy")


def changed(copy, change):
    """Change the configuration of a copy."""
    file = copy / "config.json"
    told = json.loads(file.read_text())
    change(told)
    file.write_text(json.dumps(told))


def test_the_hub_finds_its_files(hub):
    assert sorted(one.name for one in hub.iterdir()) == [
        "README.md", "config.json", "model.safetensors",
    ]  # fmt: skip
    with safe_open(hub / "model.safetensors", framework="pt") as file:
        assert file.metadata() == {"format": "pt"}
    assert json.loads((hub / "config.json").read_text())["model_type"] == "vireid"
    head = yaml.safe_load((hub / "README.md").read_text().split("---\n")[1])
    assert (head["library_name"], head["license_name"]) == ("vireid", "MIT")


def test_a_copy_is_the_network_and_embeds_as_the_run(kept, hub, people, tmp_path):
    expected = vireid.load_network(kept, BEFORE).state_dict()
    found = vireid.load_network(hub)
    assert not found.training
    assert all((value == expected[name]).all() for name, value in found.state_dict().items())
    one = vireid.embed(kept, people, part="test", stage=BEFORE)
    other = vireid.embed(hub, people, part="test")
    assert (one.network, one.labelling) == (other.network, other.labelling)
    np.testing.assert_array_equal(one.embeddings.vectors, other.embeddings.vectors)
    pytest.importorskip("onnx", reason="needs the extra onnx")
    again = vireid.embed(vireid.export(hub, tmp_path / "onnx"), people, part="test")
    np.testing.assert_allclose(again.embeddings.vectors, one.embeddings.vectors, atol=1e-4)


def test_a_repository_is_fetched_by_its_name_and_nothing_but_what_is_read(hub, monkeypatch):
    asked = []

    def fetched(name, **ways):
        asked.append((name, ways["revision"], ways["allow_patterns"]))
        return str(hub)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetched)
    for word in ("hub:one/net.2", "hub:one/net.2@v1"):
        assert vireid.load_network(word).embedding_size == 64
    files = ["config.json", "model.safetensors"]
    assert asked == [("one/net.2", None, files), ("one/net.2", "v1", files)]


def test_a_repository_that_cannot_be_had(monkeypatch):
    def missing(*_, **__):
        raise OSError("no such repository\nlong story")

    monkeypatch.setattr("huggingface_hub.snapshot_download", missing)
    with pytest.raises(CheckpointError, match=r"cannot be had from the hub: no such repository;"):
        vireid.load_network("hub:one/net")
    for word in ("hub:net", "hub:../../etc/x", "hub:one/net@"):
        with pytest.raises(ConfigError, match="expected hub:OWNER/NAME"):
            vireid.load_network(word)


def test_nothing_that_a_configuration_names_is_run(copied, tmp_path, monkeypatch):
    module = tmp_path / "hostile_module.py"
    module.write_text("raise SystemExit('run')\n")
    monkeypatch.syspath_prepend(tmp_path)
    named = {"class_path": "hostile_module.Labeller"}

    def name(told):
        told["auto_map"] = {"AutoModel": "hostile_module.Network"}
        told["recipe"] |= {"labelling": named, "class_path": "hostile_module.Network"}
        told["recipe"]["stages"][0]["terms"] = {"a": named}

    changed(copied, name)
    assert vireid.load_network(copied).embedding_size == 64
    assert "hostile_module" not in sys.modules
    changed(copied, lambda told: told["recipe"]["network"].update(backbone="hf-hub:one/net"))
    with pytest.raises(ConfigError, match="timm has no backbone"):
        vireid.load_network(copied)


def test_copies_that_do_not_fit_together_are_refused(copied):
    file = copied / "model.safetensors"
    whole = load_file(file)
    save_file({**whole, "neck.weight": whole["neck.weight"] + 1}, file)
    with pytest.raises(CheckpointError, match="the weights are others than"):
        vireid.load_network(copied)
    save_file({"neck.weight": whole["neck.weight"]}, file)
    with pytest.raises(CheckpointError, match="the weights are of another network"):
        vireid.load_network(copied)
    file.write_bytes(b"cut")
    with pytest.raises(CheckpointError, match="is missing or damaged"):
        vireid.load_network(copied)
    changed(copied, lambda told: told.update(model_type="bert"))
    with pytest.raises(CheckpointError, match="it is of 'bert', not of vireid"):
        vireid.load_network(copied)
    with pytest.raises(ConfigError, match="stage joint applies to runs"):
        vireid.load_network(copied, "joint")


def test_a_card_shows_names_as_text():
    facts = Facts("0" * 16, 32, 16, 64, "last", "<b>[x](y)", licence="not stated")
    text = hub_card(facts)
    assert "# \\<b\\>\\[x\\](y)\n" in text
    assert yaml.safe_load(text.split("---\n")[1])["license_name"] == "not-stated"
