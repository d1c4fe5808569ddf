"""Processes forked from one that has loaded the large libraries, where tests need several.

A new interpreter takes seconds to load torch, timm, numba and matplotlib before a test's own work
begins. The server does so once for each process that runs tests; no thread of it computes.
"""

import os
import resource
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from socket import socket

LOADED = (
    "torch", "timm", "sklearn.cluster", "matplotlib.figure", "numba", "vireid.parallel.network",
    "vireid.studies", "vireid.cli.train", "vireid.cli.evaluate",
)  # fmt: skip
"""What the server loads."""


METHOD = "forkserver"
"""How multiprocessing and torch call this way to start processes."""


def server() -> ForkServerContext:
    """Return the context whose processes are forked from the server."""
    return get_context(METHOD)


get_context(METHOD).set_forkserver_preload(list(LOADED))


class Command:
    """A command of vireid in a process of its own; like subprocess.Popen where the names agree."""

    def __init__(
        self, words: list[str], said: Path, *, folder: Path = Path(), largest: int | None = None,
        environment: Mapping[str, str] = {},
    ) -> None:  # fmt: skip
        """Start it.

        Args:
            words: what follows `vireid`.
            said: a file for what it prints; its complaints go into another beside it.
            folder: where it runs.
            largest: bytes beyond which no file of the process may grow.
            environment: variables to be set.
        """
        self.said, self.complained = said, said.with_name(said.name + ".err")
        arguments = (words, said, self.complained, folder, largest, dict(environment))
        self._process = server().Process(target=_run, args=arguments)
        self._process.start()

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """Kill it as SIGKILL does."""
        self._process.kill()

    def wait(self) -> int:
        """Wait for its end, an hour at most, and return the exit code."""
        self._process.join(3600)
        assert self._process.exitcode is not None, "it does not end"
        return self._process.exitcode

    @property
    def out(self) -> str:
        """What it printed."""
        return self.said.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it complained of."""
        return self.complained.read_text(encoding="utf-8")


def pair(words: list[str], folder: Path) -> list[Command]:
    """Start a command that two processes work on, without the launcher's own seconds."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    meet = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [
        Command(words, folder / f"said-{rank}", environment=meet | {"RANK": str(rank)})
        for rank in range(2)
    ]


def _run(
    words: list[str], said: Path, complained: Path, folder: Path, largest: int | None,
    environment: dict[str, str],
) -> None:  # fmt: skip
    """Run a command as a process of its own does, with strict streams, and end with its code."""
    os.environ.update(environment)
    os.chdir(folder)
    streams = ((sys.stdout, said, "strict"), (sys.stderr, complained, "backslashreplace"))
    for stream, path, errors in streams:
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
        stream.reconfigure(encoding="utf-8", errors=errors, line_buffering=True)
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    from vireid.cli.main import main

    sys.exit(main(words))
