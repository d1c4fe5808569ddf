"""Galleries off which statistics of cameras were taken: in files, and in a search."""

from pathlib import Path

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, load_gallery, read_features, save_gallery, search
from vireid.types import ANY, Embeddings, Images, NamedStatistics


def statistics(value=0.5, of="training"):
    mean = np.full((3, 2), value)
    return NamedStatistics([0, 1, 1], (ANY, ANY, "日"), [2, 2, 1], mean, np.ones((3, 2)), of)


def gallery(taken=None):
    images = Images(Path("root"), ("a", "b", "c"), [0, 1, 1], [1, 2, 0], cameras={2: "日"})
    rows = np.array([[1, 0], [0, 1], [0.6, 0.8]])
    return Gallery(images, Embeddings(rows, images.modality), statistics=taken)


def test_what_was_taken_off_is_saved_and_loaded(tmp_path):
    for name, taken in (("plain", None), ("centred", statistics())):
        save_gallery(gallery(taken), tmp_path / f"{name}.npz")
        with np.load(tmp_path / f"{name}.npz", allow_pickle=False) as arrays:
            assert ("centred" in arrays, "statistics" in arrays) == (bool(taken), bool(taken))
    found = load_gallery(tmp_path / "centred.npz")
    assert found.statistics.to_json() == statistics().to_json()
    assert found.subset([0, 2]).statistics is found.statistics
    assert load_gallery(tmp_path / "plain.npz").statistics is None
    read = read_features(tmp_path / "centred.npz")
    assert read.statistics.to_json() == statistics().to_json()
    assert read.cameras == {2: "日"}
    assert read_features(tmp_path / "plain.npz").statistics is None


def changed(path, **arrays):
    """Write a file again with other arrays; None leaves one out."""
    with np.load(path) as found:
        whole = {**found, **arrays}
    np.savez(path, **{name: value for name, value in whole.items() if value is not None})


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"statistics": None}, "does not hold the statistics that were taken off"),
        ({"centred": None}, "does not hold the statistics that were taken off"),
        ({"statistics": np.array(statistics(0.25).to_json())}, "does not hold the statistics"),
        ({"statistics": np.array("{")}, "x.npz: statistics of cameras cannot be read"),
        ({"centred": np.array("twice 12")}, "centred is 'twice 12', which this version cannot"),
        ({"centred": np.array(["", "own 1", "own 1"])}, "joined of files that differ in centred"),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(tmp_path, arrays, message):
    path = tmp_path / "x.npz"
    save_gallery(gallery(statistics()), path)
    changed(path, **arrays)
    with pytest.raises(DataError, match=message):
        load_gallery(path)
    with pytest.raises(DataError, match=message):
        read_features(path)


@pytest.mark.parametrize(
    ("queries", "others", "message"),
    [
        (None, statistics(), "queries are not centred and the gallery is centred by cameras of"),
        (
            statistics(),
            None,
            "are centred by cameras of 4 training .* the gallery is not centred",
        ),
        (
            statistics(),
            statistics(0.25),
            "are centred by cameras of 4 .* gallery is centred by cameras",
        ),
        (
            statistics(),
            statistics(of="own"),
            "by cameras of 4 training images .* by cameras of 4 im",
        ),
    ],
)
def test_what_was_centred_otherwise_is_not_compared(queries, others, message):
    with pytest.raises(DataError, match=message):
        search(gallery(queries), gallery(others))
    for both in (queries, others):
        found = search(gallery(both), gallery(both), 1)
        assert found.order[:, 0].tolist() == [0, 1, 2]
