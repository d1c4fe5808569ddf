"""The folder of an export, read by ONNX Runtime: images -> embeddings, without torch."""

from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import CheckpointError, DataError
from vireid.exporting.facts import read_facts
from vireid.exporting.runtime import demand, session_of
from vireid.types import Embeddings, Float, Int, Modality, Tell

BATCH = 64
"""Images in one pass."""


class Exported:
    """Two graphs that embed images of either modality in one space.

    A graph is opened when the first image of its modality comes.

    Args:
        folder: what ``vireid.export`` wrote.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU where the ONNX Runtime installed can.
        threads: of the CPU; all where None.

    Raises:
        ConfigError: ONNX Runtime is not installed.
        CheckpointError: the folder is no export, or is damaged.
    """

    def __init__(
        self, folder: Path | str, device: str = "auto", threads: int | None = None
    ) -> None:
        self.folder = Path(folder)
        """Where it is."""
        self.facts = read_facts(self.folder)
        """What it says of itself."""
        demand("onnxruntime")
        self._device, self._threads = device, threads
        self._sessions: dict[Modality, Any] = {}

    def embed(self, pixels: Any, modality: Int, progress: Tell | None = None) -> Embeddings:
        """Embed N images.

        Args:
            pixels: [N, H, W, 3] uint8 of the network's size, or any array that gives such blocks
                for a slice.
            modality: [N] 0 visible, 1 infrared.
            progress: called with the images done and N.

        Returns:
            Embeddings [N, D] in the order of the images, rows of unit length.

        Raises:
            CheckpointError: a graph is missing, damaged, or of another export.
            DataError: an embedding is not finite.
        """
        count = len(modality)
        found = np.empty((count, self.facts.dimensions), dtype=np.float32)
        for start in range(0, count, BATCH):
            rows = slice(start, start + BATCH)
            found[rows] = self._block(np.asarray(pixels[rows]), np.asarray(modality[rows]))
            if progress:
                progress(min(start + BATCH, count), count)
        if not np.isfinite(found).all():
            raise DataError(f"the embeddings of {self.folder} are not finite; export another run")
        return Embeddings(found, modality)

    def _block(self, pixels: Any, modality: Int) -> Float:
        """Embed a block, each modality by its own graph."""
        found = np.empty((len(modality), self.facts.dimensions), dtype=np.float32)
        for side in Modality:
            rows = np.flatnonzero(modality == side)
            if rows.size:
                images = np.ascontiguousarray(pixels[rows])
                found[rows] = self._session(side).run(None, {"images": images})[0]
        return found

    def _session(self, side: Modality) -> Any:
        if side not in self._sessions:
            self._sessions[side] = self._opened(side)
        return self._sessions[side]

    def _opened(self, side: Modality) -> Any:
        """Open the graph of a modality, if it is the one that the folder speaks of."""
        path = graph_file(self.folder, side)
        try:
            graph = path.read_bytes()
        except OSError as error:
            raise CheckpointError(
                f"{path} cannot be read ({error.strerror}); expected a graph of the export"
            ) from error
        session = session_of(graph, path, device=self._device, threads=self._threads)
        told = session.get_modelmeta().custom_metadata_map
        wanted = {"modality": side.name.lower(), "network": self.facts.network}
        for name, value in wanted.items():
            if told.get(name) != value:
                raise CheckpointError(
                    f"{path} says {name} {told.get(name)}, and {self.folder} is of {value}: files "
                    "of several exports are mixed; export anew"
                )
        return session


def graph_file(folder: Path, side: Modality) -> Path:
    """Return the graph of a modality.

    Args:
        folder: of the export.
        side: the modality.

    Returns:
        visible.onnx or infrared.onnx.
    """
    return folder / f"{side.name.lower()}.onnx"
