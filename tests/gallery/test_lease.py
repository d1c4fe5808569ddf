"""Who may write to object storage: a lease that can be lost."""

import time

import pytest

from vireid.errors import DataError

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import lancedb

from vireid.gallery import lease as leases
from vireid.gallery.lease import Lease, free_lease, lease


@pytest.fixture
def tables(tmp_path):
    """Return the table of a lease, opened twice."""
    database = lancedb.connect(tmp_path)
    database.create_table("writer", free_lease())
    return [database.open_table("writer") for _ in range(2)]


def test_one_has_the_lease_and_the_other_waits_until_it_is_free(tables):
    one, other = (Lease("here", table) for table in tables)
    assert (one.take(), other.take()) == (True, False)
    one.renew()
    one.check()
    with pytest.raises(DataError, match="others may write by now"):
        other.check()
    one.free()
    assert other.take()


def test_who_was_stopped_for_too_long_writes_no_more(tables, monkeypatch):
    one, other = (Lease("here", table) for table in tables)
    assert one.take()
    began, late = time.time(), leases.SECONDS + 1
    monkeypatch.setattr("time.time", lambda: began + late)
    with pytest.raises(DataError, match="this process was stopped"):
        one.check()
    assert other.take()
    one.renew()
    with pytest.raises(DataError, match="others may write by now"):
        one.check()
    one.free()
    other.check()
    assert tables[1].to_arrow().column("owner").to_pylist() == [other.owner]


def test_where_the_place_cannot_be_reached_the_lease_lasts_as_long_as_it_did(tables, monkeypatch):
    one = Lease("here", tables[0])
    assert one.take()
    monkeypatch.setattr(type(tables[0]), "count_rows", lambda *_: (_ for _ in ()).throw(OSError()))
    one.renew()
    one.check()
    one.free()


def test_a_lease_is_renewed_while_work_goes_on(tables, monkeypatch):
    monkeypatch.setattr(leases, "SECONDS", 0.4)
    monkeypatch.setattr(leases, "SPARE", 0.0)
    renewed = []
    monkeypatch.setattr(Lease, "renew", lambda _: renewed.append(1))
    with lease("here", tables[0]) as held:
        while not renewed:
            time.sleep(0.01)
    assert held.owner
    assert tables[1].to_arrow().column("owner").to_pylist() == [""]


def test_a_store_is_not_changed_once_others_may(store, gallery):
    class Lost:
        def check(self) -> None:
            raise DataError("others may write by now")

    storage = store._storage
    storage._lease, before = Lost(), storage.table("rows").version
    for verb in (
        store.prune,
        store.index,
        lambda: storage.save_head(store.head()),
        lambda: storage.drop("rows"),
        lambda: storage.clean("rows"),
    ):
        with pytest.raises(DataError, match="others may write by now"):
            verb()
    storage._lease = None
    assert storage.table("rows").version == before
    assert len(store) == len(gallery)
