"""What embeds, opened: the network of a run by torch, or an export by ONNX Runtime."""

from pathlib import Path
from typing import Any, Protocol

from vireid.config import Centre
from vireid.errors import ConfigError
from vireid.exporting.facts import is_export
from vireid.runs.folder import Origin, Run
from vireid.runs.opened_export import OpenedExport
from vireid.types import Embeddings, Int, Levels, NamedStatistics, Tell


class Opened(Protocol):
    """A network that embeds, and what is known of it."""

    size: tuple[int, int]
    """Height and width of its images."""
    levels: Levels | None
    """What became black and white of its training images; None where they had 8 bits."""
    centre: Centre
    """What the run's recipe takes off embeddings: training, own or none."""
    origin: Origin
    """Which data it was trained on, as far as known."""
    file: Path
    """The checkpoint, or the file of an export."""
    network: str
    """Fingerprint, before anything is taken off embeddings."""
    words: str
    """What made the embeddings."""
    labelling: str | None
    """Settings by which the run labels."""

    def embed(self, pixels: Any, modality: Int, progress: Tell) -> Embeddings:
        """Embed N images.

        Args:
            pixels: [N, H, W, 3] uint8 of the network's size.
            modality: [N] 0 visible, 1 infrared.
            progress: called with the images done and N.

        Returns:
            Embeddings [N, D], rows of unit length.

        Raises:
            DataError: one is not finite.
        """
        ...

    def statistics(self, *, asked: bool) -> NamedStatistics | None:
        """Return what the embeddings of the training images have in common, by camera.

        Args:
            asked: whether the user asks for them; else the recipe does.

        Returns:
            The statistics; None, which is said, where the recipe asks for what is not kept.

        Raises:
            CheckpointError: there are none, and the user asks.
        """
        ...


def open_model(run: Run | Path | str, stage: str | None = None, device: str = "auto") -> Opened:
    """Open what embeds.

    Args:
        run: a run, its folder, the file of a checkpoint, or the folder of an export.
        stage: of a run; the last finished one where not given.
        device: where to compute.

    Returns:
        The network; torch is loaded for a run alone.

    Raises:
        CheckpointError: the run, the stage or the export is missing or damaged.
        ConfigError: the device does not exist here, or a stage is given with an export.
    """
    if isinstance(run, Path | str) and is_export(run):
        if stage is not None:
            raise ConfigError(f"stage {stage} applies to runs; {run} is an export: leave it out")
        return OpenedExport(Path(run), device)
    from vireid.runs.opened_run import OpenedRun

    return OpenedRun(run, stage, device)
