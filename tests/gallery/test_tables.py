"""Embeddings in Parquet files, as a store writes them and as others do."""

import os
from datetime import UTC, datetime

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.gallery import Where

pytest.importorskip("lancedb", reason="stores need the extra gallery")
import pyarrow as pa
from pyarrow import parquet

from vireid.gallery import AddOptions, Terms, create_gallery
from vireid.gallery.tables import SAID, read_table

TWO = [[1.0, 0.0], [0.0, 1.0]]
GOOD = {
    "vector": TWO, "modality": ["visible", "infrared"], "path": ["a.png", "b.png"],
    "network": ["one", "one"],
}  # fmt: skip
LATE = 1_700_000_000.123457


def written(tmp_path, said=None, **columns):
    """Return a Parquet file with these columns beside those that are needed."""
    every = {name: one for name, one in (GOOD | columns).items() if one is not None}
    table = pa.table(every).replace_schema_metadata(said)
    path = tmp_path / "given.parquet"
    parquet.write_table(table, path)
    return path


def times():
    moments = [datetime.fromtimestamp(LATE, UTC), None]
    yield pa.array([LATE, None])
    yield pa.array([LATE, float("nan")])
    yield pa.array(moments, pa.timestamp("us"))
    yield pa.array(moments, pa.timestamp("us", "Europe/Paris"))
    yield pa.array([int(LATE * 1e6) * 1000 + 1, None], pa.timestamp("ns"))


@pytest.mark.parametrize("column", tuple(times()), ids=lambda one: str(one.type))
def test_times_are_seconds_or_timestamps(tmp_path, column):
    found = read_table(written(tmp_path, time=column)).gallery.images.time
    np.testing.assert_allclose(found, [LATE, np.nan], rtol=0, atol=2e-6)


def test_names_may_be_numbers_and_missing_ones_are_none(tmp_path):
    images = read_table(written(tmp_path, camera=[np.nan, 3.0], track=[7, None])).gallery.images
    assert (images.cameras, images.camera.tolist()) == ({1: "3"}, [0, 1])
    assert (images.tracks, images.track.tolist()) == ({0: "7"}, [0, -1])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"vector": [[1.0, 0.0, 0.0], [1.0]]}, "1 numbers in some rows and 3 in others"),
        ({"vector": [[1.0, 0.0], None]}, "vector is empty in some rows"),
        ({"vector": [[1.0, None], [0.0, 1.0]]}, "vector is empty in some rows"),
        ({"vector": [["1"], ["1"]]}, "lists of string; expected lists of numbers"),
        ({"vector": [1.0, 0.0]}, "of type double; expected lists"),
        ({"vector": [[2.0, 0.0], [0.0, 1.0]]}, "length"),
        ({"modality": [0, 1]}, "modality is '0'"),
        ({"modality": None}, "lacks the columns modality"),
        ({"path": ["a.png", None]}, "path holds None"),
        ({"time": ["now", "then"]}, "time is of type string"),
        ({"time": [LATE * 1000, 0.0]}, "expected seconds since 1970, not parts of them"),
        ({"camera": [[1], [2]]}, r"camera holds \[1\]"),
        ({"network": ["one", "two"]}, "rows of 2 networks"),
        ({"said": {SAID: b"{"}}, "cannot be read as embeddings"),
        ({"said": {SAID: b'{"levels": "5"}'}}, "given.parquet"),
        ({"said": {SAID: b"[1]"}}, "cannot be read as embeddings"),
        ({"said": {SAID: b'{"network": "one"}'}}, "cannot be read as embeddings"),
        ({"said": {SAID: b'{"network": "one"}'}, "key": ["x", "y"], "content": ["", ""]},
         "key is 'x'; expected 16 hexadecimal digits"),
    ],
)  # fmt: skip
def test_a_table_of_another_kind_is_one_line(tmp_path, columns, said):
    path = written(tmp_path, **columns)
    with pytest.raises(DataError, match=said) as raised:
        read_table(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_dump_keeps_keys_digests_and_expiry_and_leaves_out_what_has_expired(seen, tmp_path):
    seen.forget(Where(modality="infrared"))
    seen.dump(tmp_path / "all.parquet")
    again = create_gallery(tmp_path / "again", keep=1000)
    again.add(tmp_path / "all.parquet")
    first = again.rows().facts.expires.copy()
    again.dump(tmp_path / "once.parquet")
    more = create_gallery(tmp_path / "more", keep=3)
    more.add(tmp_path / "once.parquet")
    one, other = seen.rows().facts, more.rows().facts
    assert set(one.key) == set(other.key)
    every = np.arange(6)
    assert set(one.contents(every)) == set(other.contents(every)) != {""}
    assert set(other.expires) == set(first)


@pytest.mark.parametrize("ending", ["npz", "parquet"])
def test_what_has_expired_is_in_no_dump(tmp_path, gallery, ending):
    store = create_gallery(tmp_path / "short", keep=30)
    store.add(gallery)  # images of 2001 have expired, those of unknown time are as of today
    assert store.dump(tmp_path / f"all.{ending}") == 20
    keep = AddOptions(terms=Terms(keep=3))
    other = create_gallery(tmp_path / "other")
    assert other.add(tmp_path / f"all.{ending}", options=keep).added == 20
    facts = other.rows().facts
    np.testing.assert_allclose(facts.expires - facts.added, 3 * 86_400)


@pytest.mark.parametrize("ending", ["npz", "parquet"])
def test_a_file_changed_since_its_embedding_is_not_taken_for_what_was_embedded(
    seen, folder, tmp_path, ending
):
    path = tmp_path / f"all.{ending}"
    seen.dump(path)
    if ending == "parquet":  # as another program writes it
        parquet.write_table(parquet.read_table(path).replace_schema_metadata({}), path)
    changed = folder / "visible/0000/0.png"
    changed.write_bytes((folder / "visible/0001/0.png").read_bytes() + b"later")
    os.utime(changed, (2e9, 2e9))
    other = create_gallery(tmp_path / "other")
    assert other.add(path).added == 12
    facts = other.rows().facts
    contents = dict(zip(facts.paths(np.arange(12)), facts.contents(np.arange(12)), strict=True))
    assert [path for path, content in contents.items() if not content] == [str(changed)]
    assert sum(facts.key == key for key in seen.rows().facts.key).sum() == 11
