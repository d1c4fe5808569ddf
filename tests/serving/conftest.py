"""A gallery of nine images, and clients of services over it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.serving.fakes import FakeEmbedding, fill, pixels_of

for package in ("fastapi", "uvicorn", "prometheus_client", "httpx2"):
    pytest.importorskip(package, reason=f"the extra serve is not installed: no {package}")
pytest.importorskip("lancedb", reason="the extra gallery is not installed")

READ, WRITE = "read-token-of-24-characters", "write-token-of-24-characters"


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """Return a folder with crops and the gallery of them; to be copied."""
    from vireid.gallery import create_gallery

    folder = tmp_path_factory.mktemp("service")
    images = fill(folder / "crops")
    network = FakeEmbedding()
    made = network.embed(pixels_of(images, network.size), images, None)
    create_gallery(folder / "gallery").add(made)
    return folder


@pytest.fixture(scope="session")
def begin(template) -> Callable[..., Any]:
    """Return what begins a service over a folder: a client of it, and the service."""
    from starlette.testclient import TestClient

    from vireid.gallery import open_gallery
    from vireid.serving import Limits, Listening, Places, Service, make_app
    from vireid.serving.access import Access
    from vireid.serving.judging import JudgementFile
    from vireid.serving.stored import Stores
    from vireid.serving.tokens import read_tokens

    @contextmanager
    def begun(
        folder: Path, *, tokens: bool = False, limits: Limits | None = None, **changes: Any
    ) -> Iterator[tuple[TestClient, Service]]:
        given = {"roots": (template / "crops",), "uploads": folder / "uploads"} | changes
        embedding = given.pop("embedding", None) or FakeEmbedding()
        rates = given.pop("rates", None)
        files = {"audit": folder / "audit.jsonl", "judgements": folder / "judged.csv"}
        places = Places(**files | given.pop("places", {}), **given)
        stores = Stores(*(open_gallery(folder / "gallery") for _ in range(2)))
        judgements = JudgementFile(places.judgements)
        service = Service(stores, embedding, places, limits or Limits(), judgements, rates)
        known = None
        if tokens:
            file = folder / "tokens.txt"
            file.touch(0o600)
            file.write_text(f"# roles\nread {READ} anna\nwrite {WRITE} bert\n")
            known = read_tokens(file)
        app = make_app(service, Access(Listening().hosts, known))
        with TestClient(app, "http://127.0.0.1:8000", client=("127.0.0.1", 1)) as client:
            yield client, service

    return begun


@pytest.fixture(scope="module")
def shared(template, tmp_path_factory, begin):
    """Return a client of a service whose gallery no test changes."""
    folder = tmp_path_factory.mktemp("shared") / "site"
    shutil.copytree(template, folder)
    with begin(folder) as (client, _):
        yield client


@pytest.fixture
def own(template, tmp_path):
    """Return a folder with a gallery of its own; its rows point to the template's crops."""
    shutil.copytree(template, tmp_path / "site")
    return tmp_path / "site"
