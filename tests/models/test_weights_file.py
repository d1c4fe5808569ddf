"""Files of initial weights: prefixes, wrappers, readers by content, and what is refused."""

import argparse
import logging
import zipfile

import numpy as np
import pytest
import safetensors.torch
import timm
import torch

from vireid.errors import CheckpointError
from vireid.models import InitialWeights
from vireid.models.weights import load_weights

NAME = "test_resnet"


def network(seed):
    torch.manual_seed(seed)
    return timm.create_model(NAME)


@pytest.fixture(scope="module")
def state():
    return network(1).state_dict()


def prefixed(state, prefix):
    return {prefix + name: value for name, value in state.items()}


def loaded(path, weights=None):
    target = network(2)
    load_weights(target, NAME, weights or str(path))
    return target.state_dict()


def holds(target, state):
    return all(torch.equal(target[name], value) for name, value in state.items())


def refused(path, content, weights=None):
    torch.save(content, path)
    target = network(2)
    before = {name: value.clone() for name, value in target.state_dict().items()}
    with pytest.raises(CheckpointError) as caught:
        load_weights(target, NAME, weights or str(path))
    text = str(caught.value)
    assert text.isprintable()
    assert "weights_only" not in text
    assert holds(target.state_dict(), before), "what is refused changes nothing"
    return text


PREFIXES = [
    "module.", "model.", "backbone.", "encoder.", "_orig_mod.", "base.", "student.", "teacher.",
    "module.encoder_q.", "model._orig_mod.", "features.0.", "my.own_name.",
]  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
def test_any_common_prefix_is_taken_off(tmp_path, state, prefix):
    torch.save(prefixed(state, prefix), tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


def test_what_torch_puts_into_names_is_taken_out(tmp_path, state):
    names = {name.replace("layer1.", "layer1._orig_mod.", 1): v for name, v in state.items()}
    assert names.keys() != state.keys()
    torch.save(names, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


WRAPPERS = [
    ("state_dict",), ("model",), ("model_state_dict",), ("model_ema",), ("net",), ("weights",),
    ("checkpoint", "model"), ("a", "b", "c"), (0,),
]  # fmt: skip


@pytest.mark.parametrize("wrappers", WRAPPERS)
@pytest.mark.parametrize("prefix", ["", "module."])
def test_wrappers_are_opened(tmp_path, state, wrappers, prefix):
    content = prefixed(state, prefix)
    for name in reversed(wrappers):
        content = {name: content, "epoch": 3} if isinstance(name, str) else [content, 3]
    torch.save(content, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


def test_what_trainings_save_beside_weights_does_no_harm(tmp_path, state):
    moments = {"state": {0: {"exp_avg": torch.zeros(3)}}, "param_groups": [{"lr": 0.1}]}
    args = argparse.Namespace(lr=0.1, model="x")
    best = {"best": np.float64(71.5), "count": np.int64(3)}
    content = {"model": state, "optimizer": moments, "args": args, **best}
    torch.save(content, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


def save_arrays(state, path):
    with path.open("wb") as file:
        np.savez(file, **{name: value.numpy() for name, value in state.items()})


WRITERS = {
    "safetensors": lambda state, path: safetensors.torch.save_file(state, path),
    "zip": torch.save,
    "legacy": lambda state, path: torch.save(state, path, _use_new_zipfile_serialization=False),
    "npz": save_arrays,
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("ending", [".bin", ".pth", ".safetensors", ".npz", ""])
def test_the_reader_is_chosen_by_content(tmp_path, state, writer, ending):
    WRITERS[writer](state, tmp_path / f"a{ending}")
    assert holds(loaded(tmp_path / f"a{ending}"), state)


def test_plain_names_in_state_dict_come_first_as_before(tmp_path, state):
    other = network(3).state_dict()
    content = {"state_dict": state, "model": other, "model_ema": other}
    torch.save(content, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


@pytest.mark.parametrize("name", ["model_ema", "ema", "state_dict_ema", "ema_model"])
def test_an_average_is_taken_on_request_alone(tmp_path, state, name):
    average = network(3).state_dict()
    torch.save({name: average, "model": state}, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)
    assert holds(loaded(None, f"{tmp_path / 'a.pth'}@{name}"), average)


def test_two_that_fit_and_differ_are_refused_until_one_is_named(tmp_path, state):
    other = network(3).state_dict()
    content = {"net": prefixed(state, "student.") | prefixed(other, "teacher.")}
    text = refused(tmp_path / "a.pth", content)
    assert "'net.student', 'net.teacher' fit and differ; say which one: FILE@net.teacher" in text
    assert holds(loaded(None, f"{tmp_path / 'a.pth'}@net.teacher"), other)
    assert holds(loaded(None, f"{tmp_path / 'a.pth'}@net.student"), state)
    text = refused(tmp_path / "a.pth", content, f"{tmp_path / 'a.pth'}@teacher")
    assert "has no weights 'teacher' that fit; it has 'net.student', 'net.teacher'" in text


def test_two_that_are_equal_are_one(tmp_path, state):
    torch.save({"a": state, "b": prefixed(state, "module.")}, tmp_path / "a.pth")
    assert holds(loaded(tmp_path / "a.pth"), state)


def test_an_at_in_a_files_name_is_no_request(tmp_path, state):
    torch.save(state, tmp_path / "a@b.pth")
    torch.save(network(3).state_dict(), tmp_path / "a")
    assert holds(loaded(tmp_path / "a@b.pth"), state)


def test_what_was_asked_for_is_kept_with_the_run(tmp_path, state):
    torch.save({"model": state, "ema": network(3).state_dict()}, tmp_path / "a.pth")
    initial = load_weights(network(2), NAME, f"{tmp_path / 'a.pth'}@ema")
    assert initial == InitialWeights("file", str(tmp_path / "a.pth"), "ema", initial.sha256)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bfloat16])
def test_values_that_are_no_numbers_are_named(tmp_path, state, value, kind):
    weights = {k: v.to(kind) if v.is_floating_point() else v for k, v in state.items()}
    weights["conv1.0.weight"] = weights["conv1.0.weight"].clone()
    weights["conv1.0.weight"].view(-1)[5] = value
    text = refused(tmp_path / "a.pth", {"model": prefixed(weights, "module.")})
    assert "'module.conv1.0.weight' holds 1 NaN or infinite values of" in text
    assert "take another file" in text


def test_a_classifier_that_is_left_out_may_hold_anything(tmp_path, state):
    weights = state | {"fc.weight": torch.full((7, 3), np.nan)}
    torch.save(weights, tmp_path / "a.pth")
    trunk = {name: value for name, value in state.items() if not name.startswith("fc.")}
    assert holds(loaded(tmp_path / "a.pth"), trunk)


def test_whole_numbers_are_no_weights(tmp_path, state):
    weights = state | {"conv1.0.weight": state["conv1.0.weight"].to(torch.int8)}
    text = refused(tmp_path / "a.pth", weights)
    assert "'conv1.0.weight' is of int8; expected floating point" in text


def test_another_shape_is_named(tmp_path, state):
    weights = state | {"conv1.0.weight": state["conv1.0.weight"][:, :1].clone()}
    text = refused(tmp_path / "a.pth", prefixed(weights, "module."))
    high = list(state["conv1.0.weight"].shape)
    has, expected = [high[0], 1, *high[2:]], high
    assert f"'module.conv1.0.weight', which is {has} where {expected} is expected" in text


def test_a_missing_name_is_set_beside_one_of_the_file(tmp_path, state):
    weights = {name: value for name, value in state.items() if name != "bn1.weight"}
    text = refused(tmp_path / "a.pth", weights | {"bn1.weights": state["bn1.weight"]})
    assert "1 of " in text
    assert "first 'bn1.weight' (the file has 'bn1." in text


def test_a_whole_network_is_refused_in_our_words(tmp_path):
    text = refused(tmp_path / "a.pth", network(1))
    assert "holds objects of timm.models.resnet.ResNet, whose code is not run" in text
    assert "save the state dict alone: torch.save(network.state_dict(), FILE)" in text


def test_a_script_is_refused_in_our_words(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as file:
        file.writestr("a/data.pkl", b"")
        file.writestr("a/constants.pkl", b"")
    with pytest.raises(CheckpointError, match="is a TorchScript program; save the state dict"):
        load_weights(network(2), NAME, str(tmp_path / "a.pt"))


OTHERS = {
    "empty": (b"", "it is empty"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
    "page": (b"\n<!DOCTYPE html><html>Sign in</html>", "it is a page of the web"),
    "keras": (b"\x89HDF\r\n\x1a\n" + bytes(80), "it is an HDF5 file"),
    "escapes": (b"\x1b[31mred\x1b[0m\n" * 9, "it is damaged, or no file of weights"),
    "pickle": (b"\x80\x02}q\x00.", "Invalid magic number"),
    "tensors": (b'\x09\0\0\0\0\0\0\0{"a": 3\n}', "SafetensorError"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_called_what_they_are(tmp_path, name):
    content, expected = OTHERS[name]
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        load_weights(network(2), NAME, str(tmp_path / "a.pth"))
    assert expected in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_is_cut_off_is_one_line(tmp_path, state, writer):
    WRITERS[writer](state, tmp_path / "a.pth")
    whole = (tmp_path / "a.pth").read_bytes()
    for size in (9, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.pth").write_bytes(whole[:size])
        with pytest.raises(CheckpointError) as caught:
            load_weights(network(2), NAME, str(tmp_path / "a.pth"))
        assert str(caught.value).isprintable()
        assert "weights_only" not in str(caught.value)


def test_a_network_of_vireids_own_is_called_so(tmp_path, state):
    safetensors.torch.save_file(state, tmp_path / "joint.safetensors", {"format": "vireid-1"})
    with pytest.raises(CheckpointError, match=r"network that vireid has trained, with two stems"):
        load_weights(network(2), NAME, str(tmp_path / "joint.safetensors"))


def test_one_line_says_what_was_taken(tmp_path, state, caplog):
    path = tmp_path / "a.pth"
    torch.save({"model": prefixed(state, "module."), "extra": {"w": torch.zeros(1)}}, path)
    with caplog.at_level(logging.INFO, "vireid"):
        loaded(path)
    assert caplog.messages == [
        f"weights {path}: {len(state)} entries loaded, of 'model.module' in the file, "
        "1 left out, no entries of the backbone stay random"
    ]
