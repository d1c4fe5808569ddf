"""What a service costs beside the work itself, and whether it stands a load with faults.

    python benchmarks/service.py RUN CROPS [--rows 20000] [--queries 400] [--minutes 0.5]

RUN is a run folder, CROPS a plain folder of visible images. A gallery of random rows is made for
the run's network. The same images are decoded, embedded and searched for in one process, in batches
of 8; then 8 clients send them to a service in a process of its own. Both are measured by the time
on the processor of the process that works, so that neither clients nor other programs count;
wall time and p99 are told too. Then clients add, search, forget and misbehave for some minutes, and
the service is killed (-9) and begun again a few times under the same load: every acknowledged row
has to be there at the end, no forgotten one, no answer a 500, and memory flat before the kills.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import numpy as np
from service_faults import Load

from vireid.data.find_images import find_images
from vireid.gallery import Wish, create_gallery, open_gallery
from vireid.ranking import Gallery
from vireid.serving.embedding import RunEmbedding
from vireid.serving.pictures import Sent, decoded
from vireid.serving.queries import embedded
from vireid.serving.reading import Reader
from vireid.types import Embeddings, Images, Levels, Modality

CLIENTS, BATCH, PIXELS = 8, 8, 16_000_000
IMAGE = {"content-type": "image/jpeg"}
ASK = "/api/search/image?modality=visible&top=10"


def fill(place: Path, network: RunEmbedding, rows: int) -> None:
    """Make a gallery of random rows that says it is of a network."""
    blank = np.zeros((1, *network.size, 3), np.uint8)
    size = network.embed(blank, Images.of([0]), None).vectors.shape[1]
    vectors = np.random.default_rng(100).normal(size=(rows, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    images = Images(
        Path(), tuple(f"row {i}" for i in range(rows)), np.arange(rows) % 2, np.ones(rows, int),
        levels=Levels(),
    )  # fmt: skip
    made = Embeddings(vectors, images.modality)
    create_gallery(place).add(Gallery(images, made, network.network(None), "random"))


def one_process(place: Path, network: RunEmbedding, files: list[bytes]) -> float:
    """Return the processor's seconds for an image: decode, embed and search in batches."""
    reader, wish = Reader(open_gallery(place)), Wish(top=10)

    def work(some: list[bytes]) -> None:
        sent = [Sent(data, Modality.VISIBLE) for data in some]
        pictures = [decoded(one, network.size, Levels(), PIXELS) for one in sent]
        for query in embedded(pictures, network, reader.basis):
            reader.search(query, wish)

    work(files[:BATCH])
    begun = time.process_time()
    for start in range(0, len(files), BATCH):
        work(files[start : start + BATCH])
    return (time.process_time() - begun) / len(files)


class Served:
    """A service in a process of its own.

    Args:
        place: of the gallery.
        run: whose network it is.
        folder: for its files.
    """

    def __init__(self, place: Path, run: str, folder: Path) -> None:
        self._words = ["serve", str(place), run, "--port", "0", "--device", "cpu", "--threads", "1",
                       "--uploads", str(folder / "uploads")]  # fmt: skip
        self._log = folder / "log"
        self.begin()

    def begin(self) -> None:
        """Begin the service."""
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "vireid", *self._words], stdout=log, stderr=log
            )
        while (found := re.search(r"http://127.0.0.1:(\d+)", self._log.read_text())) is None:
            if self.process.poll() is not None:
                raise SystemExit(self._log.read_text())
            time.sleep(0.1)
        self.url = f"http://127.0.0.1:{found[1]}"

    def kill(self) -> None:
        """Kill it, whatever it does."""
        self.process.kill()
        self.process.wait()

    def seconds(self) -> float:
        """Return the time that it has had on the processor."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return the memory that it holds."""
        told = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(told[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> int:
        """Ask it to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def clients(served: Served, files: list[bytes]) -> tuple[float, list[float], float]:
    """Send all images by eight clients: processor's seconds for each, all latencies, wall time."""
    own = threading.local()

    def ask(data: bytes) -> float:
        if not hasattr(own, "client"):
            own.client = httpx.Client(base_url=served.url, timeout=120)
        begun = time.perf_counter()
        answer = own.client.post(ASK, content=data, headers=IMAGE)
        if answer.status_code != 200 or len(answer.json()["results"]) != 10:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
        return time.perf_counter() - begun

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, files[: 2 * CLIENTS]))
        before, begun = served.seconds(), time.perf_counter()
        taken = list(pool.map(ask, files))
    return (served.seconds() - before) / len(files), taken, time.perf_counter() - begun


def main() -> int:
    """Measure, print, and return 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("crops", type=Path)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=0.5, help="of load with faults")
    parser.add_argument("--kills", type=int, default=2, help="of the service under that load")
    words = parser.parse_args()
    paths = find_images(words.crops, "visible")
    some = [paths.paths[i % len(paths)] for i in range(words.queries)]
    files = [(paths.root / path).read_bytes() for path in some]
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        network = RunEmbedding(words.run, device="cpu")
        import torch

        torch.set_num_threads(1)
        fill(folder / "gallery", network, words.rows)
        alone = one_process(folder / "gallery", network, files)
        served = Served(folder / "gallery", words.run, folder)
        try:
            each, taken, wall = clients(served, files)
            ratio = alone / each
            print(f"{words.rows:,} rows, {len(files)} queries, {CLIENTS} clients")
            print(f"load of the machine: {os.getloadavg()}")
            print(f"one process: {alone * 1e3:.1f} ms of processor for a query")
            print(
                f"service:     {each * 1e3:.1f} ms, {ratio:.0%} of its throughput (promised: 60%)"
            )
            p50, p99 = np.percentile(taken, (50, 99)) * 1e3
            print(f"wall: {len(files) / wall:.1f} queries/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms")
            load = Load(files)
            broken = load.under(served, words.minutes * 60, words.kills)
            code = served.end()
            print(f"ended with {code}")
            broken += load.broken(open_gallery(folder / "gallery").rows().facts)
        finally:
            served.kill()
    return int(ratio < 0.6 or broken > 0 or code != 0)


if __name__ == "__main__":
    sys.exit(main())
