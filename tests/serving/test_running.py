"""A real server in a process of its own: slow clients, many connections, signals."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.serving.fakes import draw

ROOT = Path(__file__).resolve().parents[2]
IMAGE = {"content-type": "image/png"}


def wait(condition, what: str, process: subprocess.Popen) -> None:
    """Wait until something is so; a server that has ended will never do it."""
    for _ in range(60_000):
        if condition():
            return
        if process.poll() is not None:
            pytest.fail(f"the server has ended: {process.communicate()[1].decode()}")
        time.sleep(0.02)
    pytest.fail(what)


class Served:
    """A server of a gallery.

    Args:
        folder: of the gallery.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.serving.server", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
        )
        wait((folder / "port").exists, "it does not listen", self.process)
        self.port = int((folder / "port").read_text())
        self.url = f"http://127.0.0.1:{self.port}"

    def connect(self, text: bytes) -> socket.socket:
        """Open a connection and send something."""
        one = socket.create_connection(("127.0.0.1", self.port), timeout=600)
        one.sendall(text)
        return one

    def health(self) -> str:
        return httpx.get(f"{self.url}/healthz", timeout=600).text


@pytest.fixture(scope="module")
def server(template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(template, folder)
    served = Served(folder)
    yield served
    served.process.kill()
    served.process.communicate()


def head(port: int, length: int) -> bytes:
    return (
        f"POST /api/search/image?modality=visible HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: image/png\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def answer_of(one: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    parts = []
    while part := one.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_a_head_that_does_not_come_ends_the_connection(server):
    for text in (b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "):
        with server.connect(text) as one:
            assert answer_of(one) == b""
    assert server.health() == "ok"


def test_a_second_head_that_does_not_come_ends_the_connection_too(server):
    whole = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    with server.connect(whole.encode()) as one:
        assert one.recv(65536).startswith(b"HTTP/1.1 200")
        one.sendall(b"GET /hea")
        assert answer_of(one) in (b"", b"ok")


def test_a_body_that_does_not_come_is_refused(server):
    with server.connect(head(server.port, 1000) + b"12345") as one:
        assert answer_of(one).startswith(b"HTTP/1.1 408")
    assert server.health() == "ok"


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",  # TLS
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
        b"POST /api/forget HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(server, text):
    with server.connect(text) as one:
        assert b" 4" in answer_of(one)[:13]
    assert server.health() == "ok"


def test_chunks_without_end_are_cut(server):
    chunk = b"10000\r\n" + b"\0" * 65536 + b"\r\n"
    begun = head(server.port, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with server.connect(begun) as one:
        try:
            for _ in range(400):
                one.sendall(chunk)
            answer = answer_of(one)
        except OSError:  # it has closed while we sent
            answer = b"HTTP/1.1 413"
    assert answer.startswith(b"HTTP/1.1 413")
    assert server.health() == "ok"


def test_many_connections_that_say_nothing_do_no_harm(server):
    ones = [server.connect(b"GET") for _ in range(100)]
    assert server.health() == "ok"
    for one in ones:
        assert answer_of(one) == b""
        one.close()


def test_a_signal_lets_what_is_under_way_be_finished(server):
    """The last test of this server."""
    answers = []

    def ask():
        url = f"{server.url}/api/search/image?modality=visible&top=1"
        answers.append(httpx.post(url, content=draw(), headers=IMAGE, timeout=600))

    thread = threading.Thread(target=ask)
    thread.start()
    wait((server.folder / "begun").exists, "no search begins", server.process)
    server.process.send_signal(signal.SIGTERM)

    def closed():
        try:
            server.connect(b"").close()
        except OSError:
            return True
        return False

    wait(closed, "it still listens", server.process)
    (server.folder / "go").touch()
    thread.join()
    assert answers[0].status_code == 200
    assert answers[0].json()["results"][0]["similarity"] == 1.0
    assert server.process.wait(600) == 0, server.process.communicate()
    assert (server.folder / "ended").exists()
    (line,) = (server.folder / "audit.jsonl").read_text().splitlines()
    assert json.loads(line)["what"] == "search"
