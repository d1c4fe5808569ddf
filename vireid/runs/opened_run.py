"""The network of a run, opened to embed."""

from pathlib import Path
from typing import Any

from vireid.models.extract import extract
from vireid.models.passing import KeptFold, Passing
from vireid.runs import Run
from vireid.runs.carried import carried_settings
from vireid.runs.centring import training_statistics
from vireid.runs.fingerprints import network_fingerprint
from vireid.runs.machine import find_device
from vireid.runs.networks import open_network
from vireid.runs.opened_export import exported_statistics
from vireid.types import Embeddings, Int, NamedStatistics, Tell


class OpenedRun:
    """The network of a run, or of one of its checkpoints; see ``runs.opened.Opened``.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        stage: after which stage; the last finished one where not given.
        device: where to compute.

    Raises:
        CheckpointError: the run or the stage is missing or damaged.
        ConfigError: the device does not exist here.
    """

    def __init__(
        self, run: Run | Path | str, stage: str | None = None, device: str = "auto"
    ) -> None:
        found = open_network(run, stage)
        self._network = found.network.to(find_device(device))
        self._how = Passing(fold=KeptFold())
        self.size = (found.recipe.height, found.recipe.width)
        self.levels, self.origin, self.file = found.levels, found.origin, found.file
        self.centre = found.recipe.centre
        self.network = network_fingerprint(self._network.state_dict(), self.size, found.levels)
        where = run.folder if isinstance(run, Run) else run
        high, wide = self.size
        self.words = f"{where}, stage {found.stage}, {high}x{wide}"
        self._hub = found.hub
        self.labelling = (
            carried_settings(found.text, f"the recipe of {where}")
            if found.hub is None
            else found.hub.labelling
        )

    def embed(self, pixels: Any, modality: Int, progress: Tell | None = None) -> Embeddings:
        """Embed N images; see ``Opened``.

        Args:
            pixels: [N, H, W, 3] uint8 of the network's size.
            modality: [N] 0 visible, 1 infrared.
            progress: called with the images done and N.
        """
        return extract(self._network, pixels, modality, how=self._how, progress=progress)

    def statistics(self, *, asked: bool) -> NamedStatistics | None:
        """Return what the checkpoint keeps; see ``Opened``.

        Args:
            asked: whether the user asks for them.
        """
        if self._hub is not None:
            return exported_statistics(self._hub, self.file, asked=asked)
        return training_statistics({"": self.file}, asked=asked).get("")
