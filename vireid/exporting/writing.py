"""A network and what is known of it -> the folder of an export."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from vireid.errors import CheckpointError, ConfigError
from vireid.exporting.exported import graph_file
from vireid.exporting.facts import FILE, Facts
from vireid.exporting.onnx_file import OPSET, write_onnx
from vireid.files import whole_file
from vireid.models import CrossModalNetwork
from vireid.types import Modality


def write_graphs(network: CrossModalNetwork, facts: Facts, folder: Path) -> None:
    """Write both graphs and what is said of them.

    Args:
        network: in evaluation mode, on the CPU.
        facts: of it.
        folder: which exists.

    Raises:
        ConfigError: the extra ``onnx`` is not installed.
        CheckpointError: a file cannot be written, or a graph embeds otherwise than the network.
    """
    for side in Modality:
        size = facts.height, facts.width
        write_onnx(network, side, size, metadata_of(facts, side), graph_file(folder, side))
    with whole_file(folder / FILE, CheckpointError) as file:
        file.write_text(facts.to_json(), encoding="utf-8")


def metadata_of(facts: Facts, side: Modality) -> dict[str, str]:
    """Return what a graph says of itself.

    Args:
        facts: of the network.
        side: which modality the graph is of.

    Returns:
        Text by name; values of several parts as JSON.
    """
    told = {
        "vireid": version("vireid"),
        "modality": side.name.lower(),
        "network": facts.network,
        "height": str(facts.height),
        "width": str(facts.width),
        "colours": "RGB",
        "resizing": "Lanczos, outside the graph",
        "opset": str(OPSET),
        "stage": facts.stage,
        "licence": facts.licence,
        "centre": facts.centre,
    }
    if facts.thresholds:
        told["thresholds"] = json.dumps(facts.thresholds, default=dict)
    if facts.statistics is not None:
        told["statistics"] = facts.statistics.to_json()
    if facts.levels is not None:
        told["levels"] = facts.levels.to_json()
    return told


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Yield a folder to write to, which takes its place at the end, whole or not at all.

    Args:
        out: the folder; it is new, or empty.

    Yields:
        A folder beside it.

    Raises:
        ConfigError: something is there.
        CheckpointError: the place cannot be written to.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is there and not empty; choose another folder")
    try:
        begun = out.with_name(f".{out.name}.{os.getpid()}")
        begun.mkdir(parents=True)
    except OSError as error:
        raise CheckpointError(f"cannot write {out}: {error.strerror}; choose another") from error
    try:
        yield begun
        begun.replace(out)
    except OSError as error:
        raise CheckpointError(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            shutil.rmtree(begun)
