"""Where the stem of a timm network ends, and what its stages are."""

from typing import NamedTuple

from torch import nn

from vireid.errors import ConfigError

FAMILIES = (
    "ResNet-like (resnet50, resnet18, seresnext26d_32x4d)",
    "EfficientNet-like (tf_efficientnet_lite0, efficientnet_b0, mobilenetv2_100, "
    "mobilenetv3_small_100, mnasnet_small, ghostnet_100)",
    "RegNet (regnety_002)",
    "ConvNeXt-like (convnext_atto, resnetv2_50)",
)

_RESNET_STAGES = ("layer1", "layer2", "layer3", "layer4")
_REGNET_STAGES = ("s1", "s2", "s3", "s4")


class Parts(NamedTuple):
    """A network cut where its stem ends."""

    stem: nn.Module
    """The layers before the first stage."""
    stages: list[nn.Module]
    """The stages in order; heads are left out."""


def cut(network: nn.Module, name: str) -> Parts:
    """Cut a timm network into its stem and its stages.

    Args:
        network: a network that timm made.
        name: its name in timm, for the message.

    Returns:
        The stem and the stages; the modules are shared with the network, not copied.

    Raises:
        ConfigError: the network has no recognisable stem.
    """
    children = dict(network.named_children())
    if {"conv1", "bn1", "act1", "maxpool", *_RESNET_STAGES} <= children.keys():
        stem = nn.Sequential(*(children[k] for k in ("conv1", "bn1", "act1", "maxpool")))
        return Parts(stem, [children[k] for k in _RESNET_STAGES])
    if {"conv_stem", "bn1"} <= children.keys() and _is_chain(children.get("blocks")):
        layers = [children[k] for k in ("conv_stem", "bn1", "act1") if k in children]
        return Parts(nn.Sequential(*layers), list(children["blocks"].children()))
    if {"stem", *_REGNET_STAGES} <= children.keys():
        return Parts(children["stem"], [children[k] for k in _REGNET_STAGES])
    if "stem" in children and _is_chain(children.get("stages")) and _is_safe(children["stem"]):
        return Parts(children["stem"], list(children["stages"].children()))
    raise ConfigError(
        f"backbone {name!r} has no stem that can be told apart; these families work: "
        + "; ".join(FAMILIES)
    )


def _is_chain(module: nn.Module | None) -> bool:
    return isinstance(module, nn.Sequential) and len(module) > 0


def _is_safe(stem: nn.Module) -> bool:
    """Refuse 1x1 convolutions of pixels: torch 2.14 crashes in their channels-last backward."""
    convolutions = (m for m in stem.modules() if isinstance(m, nn.Conv2d))
    return not any(m.in_channels == 3 and m.kernel_size == (1, 1) for m in convolutions)


def keep_resolution(stages: list[nn.Module]) -> None:
    """Give the last stage that halves the resolution stride 1, in place.

    Args:
        stages: all stages of a network, before any is dropped.
    """
    for stage in reversed(stages):
        strided = [m for m in stage.modules() if getattr(m, "stride", 1) not in (1, (1, 1))]
        if strided:
            _set_stride_one(stage)
            return


def _set_stride_one(stage: nn.Module) -> None:
    for parent in list(stage.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.AvgPool2d | nn.MaxPool2d):
                setattr(parent, name, nn.Identity())
            elif isinstance(child, nn.Conv2d) and child.stride != (1, 1):
                child.stride = (1, 1)
