"""What a store says of itself, damaged in several ways, and options that do not apply."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.gallery.conftest import embedded
from tests.gallery.fake_embedder import Colours
from vireid.errors import ConfigError, DataError
from vireid.types import Images

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import pyarrow as pa

from vireid.gallery import AddOptions, Terms, create_gallery, open_gallery
from vireid.gallery.head import Head, Made


def spoilt():
    good = json.loads(Head(Made("rows")).to_json())
    yield "not JSON"
    yield "[]"
    yield json.dumps({**good, "format": "two"})
    yield json.dumps({name: one for name, one in good.items() if name != "made"})
    yield json.dumps({**good, "made": []})
    yield json.dumps({**good, "made": {"table": "rows", "levels": "{"}})
    yield json.dumps({**good, "renewing": {"table": "rows", "statistics": "[]"}})
    yield json.dumps({**good, "index": {"rows": 3}})
    yield json.dumps({**good, "more": 3})


@pytest.mark.parametrize("text", list(spoilt()))
def test_a_damaged_head_is_one_line(text):
    with pytest.raises(DataError, match=r"^site: what it says of itself cannot be read"):
        Head.from_json(text, "site")


def test_a_later_format_asks_for_a_later_version():
    text = Head(Made("rows")).to_json().replace('"format": 1', '"format": 2')
    with pytest.raises(DataError, match=r"^site has format 2; .* update it"):
        Head.from_json(text, "site")


def test_a_head_of_another_kind_is_no_store(store):
    store._storage.drop("about")
    store._storage.create("about", pa.table({"words": ["x"]}))
    with pytest.raises(DataError, match="does not say what it is"):
        open_gallery(store.place)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"modality": "visible"}, "--modality: applies to images"),
        ({"camera": "gate", "part": "test"}, "--camera, --part: applies to images"),
        ({"levels": ["auto"]}, "--levels: applies to images"),
        ({"centre": "none"}, "--centre: applies to images"),
        ({"network": "two"}, "say that they are of"),
    ],
)
def test_options_on_images_are_refused_for_embeddings(store, gallery, tmp_path, given, said):
    store.dump(tmp_path / "all.npz")
    for source in (gallery, tmp_path / "all.npz"):
        with pytest.raises(ConfigError, match=said):
            store.add(source, options=AddOptions(**given))


def test_a_run_and_a_network_are_refused_where_they_do_nothing(store, gallery, seen, folder):
    with pytest.raises(ConfigError, match="--run: applies to images"):
        store.add(gallery, Colours())
    network, kind = AddOptions(network="x"), AddOptions(modality="visible")
    for source in (folder, Images(folder, ("visible/0000/0.png",), [0], [0])):
        with pytest.raises(ConfigError, match="--network applies to embeddings"):
            seen.add(source, Colours(), options=network)
    with pytest.raises(ConfigError, match="said of 1 images"):
        seen.add(source, Colours(), options=kind)
    with pytest.raises(ConfigError, match="the store's rows are not centred"):
        seen.add(folder, Colours(), options=AddOptions(centre="training"))
    assert seen.add(folder, Colours(), options=AddOptions(centre="none")).present == 12


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf")])
def test_days_that_are_none_are_refused(tmp_path, days):
    for make in (lambda: Terms(keep=days), lambda: create_gallery(tmp_path / "s", keep=days)):
        with pytest.raises(ConfigError, match="expected more than 0"):
            make()
    assert not (tmp_path / "s").exists()


def test_a_store_that_grows_by_small_pieces_keeps_few_files(tmp_path, monkeypatch):
    monkeypatch.setattr("vireid.gallery.storage.OFTEN", 4)
    monkeypatch.setattr("vireid.gallery.storage.READ_FOR", timedelta(milliseconds=1))
    store = create_gallery(tmp_path / "s")
    every = embedded(tmp_path / "nowhere", 12)
    for row in range(12):
        store.add(every.subset([row]))
        store._storage.save_head(replace(store.head(), keep=row + 1.0))
    for table in ("rows", "events", "about"):
        assert len(store._storage.table(table).list_versions()) <= 4
    assert (len(store), store.head().keep, len(store.events())) == (12, 12, 13)
