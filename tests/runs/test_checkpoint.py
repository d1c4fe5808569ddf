"""Checkpoints: whole or not at all, and safe to load."""

import os
import pickle

import pytest
import torch
from safetensors.torch import save_file

from vireid.errors import CheckpointError, SaveError
from vireid.runs.checkpoint import load_checkpoint, load_metadata, load_weights, save_checkpoint

TENSORS = {
    "a": torch.arange(6.0).reshape(2, 3).T,  # not contiguous
    "b": torch.tensor(3),
    "empty": torch.empty(0, 2),
}


def test_what_is_saved_is_loaded_bit_for_bit(tmp_path):
    path = tmp_path / "new" / "x.safetensors"
    save_checkpoint(path, TENSORS, {"stage": "joint"})
    tensors, metadata = load_checkpoint(path)
    assert metadata == load_metadata(path) == {"stage": "joint", "format": "vireid-1"}
    assert tensors.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        assert tensors[name].dtype == value.dtype
        assert torch.equal(tensors[name], value)
    assert [file.name for file in path.parent.iterdir()] == ["x.safetensors"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, TENSORS, {})
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match=r"No space left on device; free some space"):
        save_checkpoint(path, {"a": torch.zeros(1)}, {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_cannot_be_written_to(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match="cannot write"):
        save_checkpoint(tmp_path / "file" / "x", TENSORS, {})


@pytest.mark.parametrize("load", [load_checkpoint, load_metadata])
@pytest.mark.parametrize("size", [0, 7, 60, -1])
def test_damaged_files_are_named_in_one_line(tmp_path, size, load):
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, TENSORS, {})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CheckpointError, match=r"x\.safetensors is damaged") as caught:
        load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("load", [load_checkpoint, load_metadata])
def test_missing_foreign_and_unsafe_files_are_refused(tmp_path, load):
    with pytest.raises(CheckpointError, match="is not a file"):
        load(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="is not a file"):
        load(tmp_path)
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign")
    with pytest.raises(CheckpointError, match="has no format; this version reads vireid-1"):
        load(tmp_path / "foreign")
    save_file({"a": torch.zeros(1)}, tmp_path / "later", {"format": "vireid-2"})
    with pytest.raises(CheckpointError, match="has vireid-2"):
        load(tmp_path / "later")

    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    (tmp_path / "pickle").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(CheckpointError, match="no safetensors file"):
        load(tmp_path / "pickle")
    assert not (tmp_path / "sprung").exists()


def test_weights_fill_their_network_and_no_other(tmp_path):
    path = tmp_path / "x.safetensors"
    one, other = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    save_checkpoint(path, one.state_dict(), {})
    load_weights(other, path)
    assert torch.equal(one.weight, other.weight)
    with pytest.raises(
        CheckpointError, match="belongs to another network: size mismatch"
    ) as caught:
        load_weights(torch.nn.Linear(3, 4), path)
    assert "\n" not in str(caught.value)
