"""A process that serves a small gallery by a fake network; begun by tests.

It answers a search only once the file `go` is there, so that a test decides what is under way.
"""

import sys
import time
from pathlib import Path

import numpy as np

import vireid
from tests.serving.fakes import FakeEmbedding
from vireid.ranking import Gallery
from vireid.serving import Limits, Listening, Places
from vireid.types import Images


class Waiting(FakeEmbedding):
    """A network that waits for a file."""

    folder: Path = Path()

    def embed(self, pixels: np.ndarray, images: Images, statistics: None) -> Gallery:
        (self.folder / "begun").touch()
        while not (self.folder / "go").exists():
            time.sleep(0.01)
        return super().embed(pixels, images, statistics)


def main(folder: Path) -> None:
    """Serve the gallery in a folder; its port goes into the file `port`."""
    network = Waiting()
    network.folder = folder

    def ready(port: int) -> None:
        (folder / "port.new").write_text(str(port))
        (folder / "port.new").rename(folder / "port")

    vireid.serve(
        folder / "gallery",
        network,
        listening=Listening(port=0),
        limits=Limits(upload_seconds=1.0),
        places=Places(folder / "audit.jsonl", folder / "judged.csv"),
        ready=ready,
    )
    (folder / "ended").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
