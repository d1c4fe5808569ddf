"""The same store on object storage: a server that speaks S3, from a package."""

import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
server = pytest.importorskip("moto.server", reason="an S3 server needs moto[server]")
boto3 = pytest.importorskip("boto3", reason="an S3 server needs boto3")
from vireid.gallery import create_gallery, open_gallery  # noqa: E402


@pytest.fixture(scope="module")
def endpoint():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch):
    """Return a bucket's client and the options by which a store is reached in it."""
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="site")
    return client, {"endpoint": endpoint, "allow_http": "true", "region": "us-east-1"}


def objects_with(client, needle: bytes) -> list[str]:
    """Return the objects that hold some bytes."""
    names = [one["Key"] for one in client.list_objects_v2(Bucket="site").get("Contents", [])]
    return [n for n in names if needle in client.get_object(Bucket="site", Key=n)["Body"].read()]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_store_in_a_bucket_grows_forgets_and_has_one_writer_at_a_time(bucket, monkeypatch):
    client, options = bucket
    monkeypatch.setattr("vireid.gallery.lease.LOOKS", 0.05)
    store = create_gallery("s3://site/one", storage=options)
    gallery, more = embedded(Path("/nowhere"), 40), embedded(Path("/more"), 40, seed=101)
    store.add(gallery)
    found = store.search(gallery.subset(np.array([3])), wish=Wish(top=1), itself=True)[0]
    assert found.similarity == pytest.approx(1)
    needle = gallery.vectors[3].tobytes()
    assert objects_with(client, needle)

    failed: list[Exception] = []

    def add() -> None:
        try:
            open_gallery("s3://site/one", storage=options).add(more)
        except DataError as error:
            failed.append(error)

    adding = threading.Thread(target=add)
    adding.start()
    assert store.forget(Where(keys=[found.key])) == 1
    adding.join()
    assert failed == []
    assert objects_with(client, needle) == []
    assert len(open_gallery("s3://site/one", storage=options)) == 79
    with pytest.raises(DataError, match="holds no store"):
        open_gallery("s3://site/two", storage=options)
