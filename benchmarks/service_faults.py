"""A load with faults: clients add, search, forget and misbehave; what was acknowledged stays."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import httpx2 as httpx
import numpy as np

from vireid.gallery.facts import Facts

IMAGE = {"content-type": "image/jpeg"}
SEARCH = "/api/search/image?modality=visible&top=10"
FLAT = 1.15
"""How much more memory the end may hold than the first third."""
BETWEEN = 15.0
"""Seconds of load between two kills."""


class Running(Protocol):
    """A service in a process of its own."""

    url: str

    def megabytes(self) -> float:
        """Return the memory that it holds."""
        ...

    def kill(self) -> None:
        """Kill it, whatever it does."""
        ...

    def begin(self) -> None:
        """Begin it."""
        ...


class Load:
    """What clients do, and what was acknowledged.

    Args:
        files: images.
    """

    def __init__(self, files: list[bytes]) -> None:
        self.files, self.url, self.over = files, "", threading.Event()
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
        self.count("search", client.post(SEARCH, content=self.image(rng), headers=IMAGE))

    def forget(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Forget one of the images that were added, now and then."""
        time.sleep(float(rng.uniform(0, 4)))
        with self.lock:
            if len(self.added) < 10:
                return
            key = self.added.pop()
        try:
            answer = client.post("/api/forget", json={"keys": [key]})
        except httpx.ConnectError:  # it was not asked
            with self.lock:
                self.added.add(key)
            raise
        self.count("forget", answer)
        if answer.status_code == 200:
            with self.lock:
                self.gone.add(key)

    def harm(self, client: httpx.Client, rng: np.random.Generator) -> None:
        """Send half an image, wrong words, a long body, or half a request."""
        half = self.image(rng)[: int(rng.integers(1, 600))]
        self.count("harm", client.post(SEARCH, content=half, headers=IMAGE))
        self.count("harm", client.post("/api/forget", json={f"w{i}": 0 for i in range(500)}))
        self.count("harm", client.post("/api/judgements", content=b"[" * 9_000))
        with socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2]))) as one:
            one.sendall(f"POST {SEARCH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le".encode())
            time.sleep(float(rng.uniform(0, 1)))

    def count(self, what: str, answer: httpx.Response) -> None:
        """Count an answer."""
        with self.lock:
            self.statuses[f"{what} {answer.status_code}"] += 1

    def work(self, do: Callable[[httpx.Client, np.random.Generator], None], seed: int) -> None:
        """Do something again and again; a service that is killed is asked again once it is back."""
        rng = np.random.default_rng(seed)
        while not self.over.is_set():
            with httpx.Client(base_url=self.url, timeout=120) as client:
                try:
                    while not self.over.is_set():
                        do(client, rng)
                except (httpx.TransportError, OSError):
                    with self.lock:
                        self.statuses[f"{do.__name__} cut off"] += 1
                    time.sleep(0.5)

    def under(self, served: Running, seconds: float, kills: int) -> int:
        """Load a service for some time, and then while it is killed.

        Args:
            served: the service.
            seconds: how long without a kill.
            kills: how often it is killed and begun again.

        Returns:
            How many promises were broken: memory that grew, requests that were cut off before the
            first kill, and answers of 500.
        """
        self.url = served.url
        tasks = [self.add, self.add, self.search, self.search, self.forget, self.harm]
        threads = [
            threading.Thread(target=self.work, args=(do, 100 + seed))
            for seed, do in enumerate(tasks)
        ]
        for thread in threads:
            thread.start()
        memory, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.5)
            memory.append(served.megabytes())
        cut = sum(count for what, count in self.statuses.items() if what.endswith("cut off"))
        for _ in range(kills):
            time.sleep(BETWEEN)
            served.kill()
            served.begin()
            self.url = served.url
        time.sleep(BETWEEN if kills else 0)
        self.over.set()
        for thread in threads:
            thread.join()
        third = max(1, len(memory) // 3)
        first, last = np.median(memory[:third]), np.median(memory[-third:])
        faults = sum(count for what, count in self.statuses.items() if what.endswith(" 500"))
        print(f"{seconds:.0f} s of load, then {kills} kills: {dict(sorted(self.statuses.items()))}")
        print(f"memory: {first:.0f} MB in the first third, {last:.0f} MB in the last")
        return cut + faults + int(last > FLAT * first)

    def broken(self, facts: Facts) -> int:
        """Return how many acknowledged rows are not in a gallery once, or forgotten ones are.

        Args:
            facts: of its rows.
        """
        there = Counter(key.decode() for key in facts.key.tolist())
        lost = sum(there[key] != 1 for key in self.added)
        back = sum(there[key] != 0 for key in self.gone)
        print(f"acknowledged: {len(self.added)} rows there, {lost} of them lost or twice; "
              f"{len(self.gone)} forgotten, {back} of them back")  # fmt: skip
        return lost + back
