"""ONNX Runtime: whether it is there, and an open graph."""

from importlib import import_module
from pathlib import Path
from typing import Any

from vireid.errors import CheckpointError, ConfigError


def demand(package: str) -> Any:
    """Return a package of the extra ``onnx``.

    Args:
        package: its name.

    Returns:
        The module.

    Raises:
        ConfigError: it cannot be imported.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise ConfigError(
            f"exports need the package {error.name or package}, which cannot be imported; install "
            "it by: pip install 'vireid[onnx]'"
        ) from error


def session_of(
    graph: bytes, name: Path | str, *, device: str = "cpu", threads: int | None = None
) -> Any:
    """Open a graph.

    Args:
        graph: the bytes of an ONNX file; files that it names are not opened.
        name: what messages call it.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU where this ONNX Runtime can.
        threads: of the CPU; all where None.

    Returns:
        A session of ONNX Runtime.

    Raises:
        ConfigError: ONNX Runtime is not there, or cannot use the device.
        CheckpointError: the bytes are no graph that it can read.
    """
    runtime = demand("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3
    providers = _providers(runtime, device)
    try:
        return runtime.InferenceSession(graph, options, providers=providers)
    except Exception as error:  # of the runtime's own classes, which are no public names
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{name} is no graph that ONNX Runtime reads: {line}") from error


def _providers(runtime: Any, device: str) -> list[Any]:
    """Return where ONNX Runtime computes."""
    kind, _, number = device.partition(":")
    can = "CUDAExecutionProvider" in runtime.get_available_providers()
    if kind == "cpu" or (kind == "auto" and not can):
        return ["CPUExecutionProvider"]
    if kind not in ("auto", "cuda") or not can or not (number or "0").isdecimal():
        raise ConfigError(
            f"--device {device} cannot be used by the ONNX Runtime that is installed; try cpu, or "
            "install onnxruntime-gpu in its place"
        )
    return [("CUDAExecutionProvider", {"device_id": int(number or 0)}), "CPUExecutionProvider"]
