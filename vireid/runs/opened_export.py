"""An export, opened to embed by ONNX Runtime."""

from pathlib import Path
from typing import Any

from vireid.cluster.threads import thread_count
from vireid.config.evaluation import check_centre
from vireid.errors import CheckpointError
from vireid.exporting.exported import Exported
from vireid.exporting.facts import FILE, Facts
from vireid.runs.folder import Origin
from vireid.types import Embeddings, Int, NamedStatistics, Tell


class OpenedExport:
    """An export; see ``runs.opened.Opened``.

    Args:
        folder: of the export.
        device: where ONNX Runtime computes.

    Raises:
        CheckpointError: the export is damaged.
        ConfigError: ONNX Runtime is not installed, or cannot use the device.
    """

    def __init__(self, folder: Path, device: str = "auto") -> None:
        self._exported = Exported(folder, device, thread_count())
        facts = self._exported.facts
        self.size, self.levels = (facts.height, facts.width), facts.levels
        self.stage = facts.stage
        """The stage after which its network was saved."""
        self.centre = check_centre(facts.centre)
        self.network, self.labelling = facts.network, facts.labelling
        self.origin, self.file = Origin(facts.data, facts.fold), folder / FILE
        size = f"{facts.height}x{facts.width}"
        self.words = f"{folder} (export), stage {facts.stage}, {size}"

    def embed(self, pixels: Any, modality: Int, progress: Tell | None = None) -> Embeddings:
        """Embed N images; see ``Opened``.

        Args:
            pixels: [N, H, W, 3] uint8 of the network's size.
            modality: [N] 0 visible, 1 infrared.
            progress: called with the images done and N.
        """
        return self._exported.embed(pixels, modality, progress)

    def statistics(self, *, asked: bool) -> NamedStatistics | None:
        """Return what was exported with the network; see ``Opened``.

        Args:
            asked: whether the user asks for them.
        """
        return exported_statistics(self._exported.facts, self.file, asked=asked)


def exported_statistics(facts: Facts, file: Path, *, asked: bool) -> NamedStatistics | None:
    """Return the statistics of cameras that were exported with a network.

    Args:
        facts: of the export.
        file: that holds them, for messages.
        asked: whether the user asks for them.

    Returns:
        The statistics; None where there are none.

    Raises:
        CheckpointError: there are none, and the user asks.
    """
    if facts.statistics is None and asked:
        raise CheckpointError(
            f"{file} keeps no statistics of cameras, as the recipe takes none off or the training "
            "knew none; say --centre own or none"
        )
    return facts.statistics
