"""The network of one modality -> an ONNX file that says what it is."""

import io
import warnings
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import torch

from vireid.errors import CheckpointError
from vireid.exporting.runtime import demand, session_of
from vireid.exporting.side import Side
from vireid.files import whole_file
from vireid.models import CrossModalNetwork
from vireid.types import Modality

OPSET = 17
"""Version of the operators: ONNX Runtime 1.12, TensorRT 8.5, OpenVINO 2022.3 and later read it."""
TOLERANCE = 1e-4
"""What ONNX Runtime makes of images differs by less from what torch does, or nothing is written."""
TRIED = (1, 3)
"""Numbers of images on which that is tried."""


def write_onnx(
    network: CrossModalNetwork,
    modality: Modality,
    size: tuple[int, int],
    metadata: Mapping[str, str],
    path: Path,
) -> None:
    """Write the graph of a modality, once ONNX Runtime has been seen to embed as torch does.

    The graph takes ``images`` [B, height, width, 3] uint8 and gives ``embeddings`` [B, D] float32.

    Args:
        network: in evaluation mode, on the CPU; not changed.
        modality: which of its stems.
        size: height and width of its images.
        metadata: text by name, kept in the file.
        path: the file.

    Raises:
        ConfigError: the extra ``onnx`` is not installed.
        CheckpointError: the file cannot be written, or ONNX Runtime embeds otherwise.
    """
    demand("onnx")
    side = Side(deepcopy(network), modality).eval()
    graph = _described(_graph(side, size), metadata)
    _try(graph, side, size)
    with whole_file(path, CheckpointError) as file:
        file.write_bytes(graph)


def _graph(side: Side, size: tuple[int, int]) -> bytes:
    """Trace a network; the number of images stays free."""
    images = torch.zeros(2, *size, 3, dtype=torch.uint8)
    written = io.BytesIO()
    free = {"images": {0: "batch"}, "embeddings": {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        # The exporter that torch has now needs another package; and a trace warns of numbers that
        # it takes as fixed, such as the batch's: `_try` sees that they are not.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            side,
            (images,),
            written,  # type: ignore[arg-type]  # the exporter in use takes it
            dynamo=False,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["embeddings"],
            dynamic_axes=free,
        )
    return written.getvalue()


def _described(graph: bytes, metadata: Mapping[str, str]) -> bytes:
    """Return a graph that is sound by ONNX's own check and says what it is."""
    import onnx

    model = onnx.load_model_from_string(graph)
    onnx.helper.set_model_props(model, dict(metadata))
    model.producer_name = "vireid"
    onnx.checker.check_model(model)
    described: bytes = model.SerializeToString()
    return described


def _try(graph: bytes, side: Side, size: tuple[int, int]) -> None:
    """Refuse a graph that embeds otherwise than the network that it is of."""
    session = session_of(graph, "the graph")
    drawn = torch.Generator().manual_seed(0)
    for count in TRIED:
        images = torch.randint(0, 256, (count, *size, 3), dtype=torch.uint8, generator=drawn)
        with torch.inference_mode():
            expected = side(images)
        found = torch.from_numpy(session.run(None, {"images": images.numpy()})[0])
        worst = float((found - expected).abs().max()) if found.shape == expected.shape else 2.0
        if not worst < TOLERANCE:
            raise CheckpointError(
                f"ONNX Runtime embeds {count} images otherwise than torch, by up to {worst:.1e}; "
                "nothing was written: report the backbone and the versions of torch and onnxruntime"
            )
