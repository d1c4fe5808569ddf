"""A load with faults: clients add, search, forget and misbehave; what was acknowledged stays."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import httpx2 as httpx
import numpy as np

from vireid.gallery import open_gallery

IMAGE = {"content-type": "image/jpeg"}
FLAT = 1.15
"""How much more memory the end may hold than the first third."""


class Running(Protocol):
    """A service in a process of its own."""

    url: str

    def megabytes(self) -> float:
        """Return the memory that it holds."""
        ...


class Load:
    """What clients do, and what was acknowledged.

    Args:
        url: of the service.
        files: images.
    """

    def __init__(self, url: str, files: list[bytes]) -> None:
        self.url, self.files, self.until = url, files, 0.0
        self.lock, self.added, self.gone = threading.Lock(), set[str](), set[str]()
        self.statuses: Counter[str] = Counter()

    def image(self, rng: np.random.Generator) -> bytes:
        """Return an image that the gallery does not have: some bytes behind its end."""
        return self.files[rng.integers(len(self.files))] + rng.bytes(12)

    def add(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Add an image."""
        answer = client.post("/api/images?modality=visible", content=self.image(rng), headers=IMAGE)
        self.count("add", answer)
        if answer.status_code == 200:
            with self.lock:
                self.added.add(answer.json()["key"])

    def search(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Search by an image."""
        path = "/api/search/image?modality=visible&top=10"
        self.count("search", client.post(path, content=self.image(rng), headers=IMAGE))

    def forget(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Forget one of the images that were added, now and then."""
        with self.lock:
            if len(self.added) < 10 or rng.random() > 0.1:
                return
            key = self.added.pop()
        answer = client.post("/api/forget", json={"keys": [key]})
        self.count("forget", answer)
        with self.lock:
            if answer.status_code == 200:
                self.gone.add(key)

    def harm(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Send half an image, nonsense, or half a request."""
        path = "/api/search/image?modality=visible"
        half = self.image(rng)[: int(rng.integers(1, 600))]
        self.count("harm", client.post(path, content=half, headers=IMAGE))
        with socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2]))) as one:
            one.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le".encode())

    def count(self, what: str, answer: httpx.Response) -> None:
        """Count an answer."""
        with self.lock:
            self.statuses[f"{what} {answer.status_code}"] += 1

    def work(self, do: Callable[[httpx.Client, np.random.Generator], None], seed: int) -> None:
        """Do something again and again."""
        rng = np.random.default_rng(seed)
        with httpx.Client(base_url=self.url, timeout=120) as client:
            while time.monotonic() < self.until:
                do(client, rng)


def load_with_faults(served: Running, place: Path, files: list[bytes], seconds: float) -> int:
    """Load a service, and look at the gallery afterwards.

    Args:
        served: the service.
        place: of its gallery.
        files: images.
        seconds: how long.

    Returns:
        How many promises were broken: acknowledged rows that are not there or there twice,
        forgotten ones that are, answers of 500, and memory that grew.
    """
    load = Load(served.url, files)
    load.until = time.monotonic() + seconds
    tasks = [load.add, load.add, load.search, load.search, load.search, load.forget, load.harm]
    threads = [
        threading.Thread(target=load.work, args=(do, 100 + seed)) for seed, do in enumerate(tasks)
    ]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        memory.append(served.megabytes())
    facts = open_gallery(place).rows().facts
    there = Counter(key.decode() for key in facts.key.tolist())
    lost = sum(there[key] != 1 for key in load.added)
    back = sum(there[key] != 0 for key in load.gone)
    faults = sum(count for status, count in load.statuses.items() if status.endswith(" 500"))
    third = max(1, len(memory) // 3)
    first, last = np.median(memory[:third]), np.median(memory[-third:])
    print(f"load of {seconds:.0f} s: {dict(sorted(load.statuses.items()))}")
    print(f"acknowledged {len(load.added)} rows, {lost} lost; forgot {len(load.gone)}, {back} back")
    print(f"memory: {first:.0f} MB in the first third, {last:.0f} MB in the last")
    return lost + back + faults + int(last > FLAT * first)
