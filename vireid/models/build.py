"""From plain options to a network."""

import difflib
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from vireid.errors import ConfigError
from vireid.models.neck import Neck
from vireid.models.network import CrossModalNetwork
from vireid.models.nonlocal_block import NonLocalBlock
from vireid.models.pooling import GeneralisedMean
from vireid.models.stems import Parts, cut, keep_resolution
from vireid.models.weights import load_weights


def build_network(
    backbone: str = "tf_efficientnet_lite0",
    *,
    weights: str = "none",
    depth: int | None = None,
    frozen: int = 0,
    stem_stages: int = 0,
    last_stride: int = 1,
    nonlocal_blocks: Sequence[int] = (),
    nonlocal_width: int = 1,
    stripes: int = 1,
    power: float = 3.0,
    trainable_power: bool = False,
    split_statistics: bool = False,
    seed: int = 0,
) -> CrossModalNetwork:
    """Build the two-stem network on a timm backbone.

    Args:
        backbone: name of a CNN in timm: ResNet-, EfficientNet- (with MobileNets), RegNet- or
            ConvNeXt-like; with or without the tag of its weights, as ``resnet50.tv_in1k``.
        weights: initial weights: ``"none"``, ``"pip"``, ``"hub"``, ``"torchvision"`` or a file;
            see ``load_weights``. Both stems start from the same weights.
        depth: number of stages to keep, 1 up to all of the backbone; all if not given.
        frozen: number of lowest parts that stay as loaded: 0 nothing, 1 the stem, 2 also the
            first stage, and so on. Frozen parts are shared by both modalities, whatever
            ``stem_stages`` says.
        stem_stages: number of lowest stages of which each modality has its own copy, beside the
            stem.
        last_stride: 1 lets the last stage of the full backbone that halves the resolution keep
            it (a no-op where ``depth`` drops that stage), 2 leaves the backbone as it is.
        nonlocal_blocks: for each stage the number of non-local blocks, one after each of its
            last blocks; stages that are not named get none.
        nonlocal_width: inner channels of the non-local blocks.
        stripes: horizontal stripes of the pooling; 1 pools globally.
        power: p of the generalised-mean pooling, above 0.
        trainable_power: whether p is learned.
        split_statistics: whether the neck keeps batch statistics for each modality.
        seed: seed of the weights that are not loaded.

    Returns:
        The network in training mode, laid out channels last; ``initial`` says what was loaded.

    Raises:
        ConfigError: an option is unknown, out of range or does not apply to the backbone.
        CheckpointError: the weights cannot be found, read or fitted to the backbone.

    >>> network = build_network("resnet18", depth=2, stripes=2)
    >>> network.embedding_size
    256
    """
    if last_stride not in (1, 2):
        raise ConfigError(f"last_stride is {last_stride}; expected 1 or 2")
    if power <= 0:
        raise ConfigError(f"power is {power}; expected a number above 0")
    _check_range("stripes", stripes, 1, None)
    _check_range("nonlocal_width", nonlocal_width, 1, None)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        full = _create(backbone)
        initial = load_weights(full, backbone, weights)
        stem, stages = cut(full, backbone)
        _check_range("depth", depth if depth is not None else len(stages), 1, len(stages))
        if last_stride == 1:
            keep_resolution(stages)
        stages = stages[:depth]
        _check_range("stem_stages", stem_stages, 0, len(stages) - 1)
        _check_range("frozen", frozen, 0, len(stages))
        channels = _channels(Parts(stem, stages), backbone)
        stages = _with_nonlocal(stages, channels, nonlocal_blocks, nonlocal_width)
    parts = [stem, *stages]
    own = max(frozen, 1 + stem_stages)
    configuration = _configuration(full)
    network = CrossModalNetwork(
        nn.Sequential(*parts[:frozen]),
        nn.Sequential(*parts[frozen:own]),
        nn.Sequential(*parts[own:]),
        GeneralisedMean(power, stripes, trainable_power),
        Neck(stripes * channels[-1], split_statistics),
        configuration["mean"],
        configuration["std"],
    )
    network.initial = initial
    return network.train()


def build_agw(weights: str = "hub", split_statistics: bool = False) -> CrossModalNetwork:
    """Build the network of the paper: ResNet-50 with non-local blocks and GeM pooling (AGW).

    Source: Ye et al., Deep Learning for Person Re-identification: A Survey and Outlook,
    section 4.

    Args:
        weights: initial weights; see ``build_network``.
        split_statistics: whether the neck keeps batch statistics for each modality.

    Returns:
        A network with D = 2048 and output stride 16.

    Raises:
        CheckpointError: the weights cannot be found, read or fitted.
    """
    return build_network(
        "resnet50.tv_in1k",
        weights=weights,
        nonlocal_blocks=(0, 2, 3, 0),
        split_statistics=split_statistics,
    )


def _create(backbone: str) -> nn.Module:
    import timm  # it takes seconds, and most commands build no network

    if not timm.is_model(backbone):
        near = difflib.get_close_matches(backbone, timm.list_models(), 3)
        hint = f"did you mean {', '.join(near)}?" if near else "see timm.list_models()"
        raise ConfigError(f"timm has no backbone {backbone!r}; {hint}")
    name, dot, _ = backbone.partition(".")
    if dot and backbone not in (known := timm.list_models(f"{name}.*", include_tags=True)):
        near = difflib.get_close_matches(backbone, known, 3, cutoff=0)
        raise ConfigError(f"timm has no weights {backbone!r}; did you mean {', '.join(near)}?")
    return timm.create_model(backbone)


def _configuration(network: nn.Module) -> dict[str, Any]:
    configuration: dict[str, Any] = vars(network)["pretrained_cfg"]
    return configuration


def _check_range(name: str, value: int, low: int, high: int | None) -> None:
    if value < low or (high is not None and value > high):
        expected = f"at least {low}" if high is None else f"{low} to {high}"
        raise ConfigError(f"{name} is {value}; expected {expected}")


@torch.no_grad()
def _channels(parts: Parts, backbone: str) -> list[int]:
    """Return the channels that leave each stage, by running a small image through them."""
    modules = nn.ModuleList([parts.stem, *parts.stages]).eval()
    maps, channels = torch.zeros(1, 3, 128, 64), []
    for module in modules:
        maps = module(maps)
        if maps.ndim != 4:
            raise ConfigError(f"backbone {backbone!r} makes no feature maps; choose a CNN")
        channels.append(maps.shape[1])
    return channels[1:]


def _with_nonlocal(
    stages: list[nn.Module], channels: list[int], counts: Sequence[int], width: int
) -> list[nn.Module]:
    """Put non-local blocks after the last blocks of each stage."""
    if len(counts) > len(stages):
        raise ConfigError(f"nonlocal_blocks names {len(counts)} stages; there are {len(stages)}")
    padded = [*counts, *[0] * (len(stages) - len(counts))]
    result = []
    for number, (stage, size, count) in enumerate(zip(stages, channels, padded, strict=True)):
        if count == 0:
            result.append(stage)
            continue
        if not isinstance(stage, nn.Sequential):
            raise ConfigError("nonlocal_blocks applies to ResNet- and EfficientNet-like backbones")
        _check_range(f"nonlocal_blocks[{number}]", count, 0, len(stage))
        blocks = list(stage.children())
        first = len(blocks) - count
        layers = [*blocks[:first]]
        for block in blocks[first:]:
            layers += [block, NonLocalBlock(size, width)]
        result.append(nn.Sequential(*layers))
    return result
