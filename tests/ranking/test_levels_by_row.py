"""Levels of embeddings in files, also of files that were joined."""

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, load_gallery, read_features, save_gallery
from vireid.types import ANY, Embeddings, Images, Levels, Modality, Span

IR = Modality.INFRARED
COUNTS, KELVIN = Span(7800.61678, 8444.5442, "percentiles"), Span(29185, 31262, "given")


def saved(path, spans, camera=(1, 2, 0), kinds=(1, 1, 0)):
    """Save three images, and return the arrays of the file."""
    levels = None if spans is None else Levels({(IR, name): span for name, span in spans.items()})
    images = Images("r", "xyz", kinds, camera, cameras={1: "Hof", 2: "Tür"}, levels=levels)
    save_gallery(Gallery(images, Embeddings(np.eye(3), images.modality), "n"), path)
    return dict(np.load(path, allow_pickle=False))


def joined(path, one, other):
    """Save two files' rows as one file, as users do."""
    np.savez(
        path, **{k: np.concatenate([one[k], other[k]]) if one[k].ndim else one[k] for k in one}
    )
    return path


@pytest.mark.parametrize(
    "spans",
    [
        {}, {ANY: COUNTS}, {"Hof": COUNTS, "Tür": KELVIN}, {"Hof": COUNTS, ANY: KELVIN},
        {ANY: None}, {"Tür": Span(255, 0)},
    ],
)  # fmt: skip
def test_levels_are_read_as_they_were(tmp_path, spans):
    arrays = saved(tmp_path / "x.npz", spans)
    found = load_gallery(tmp_path / "x.npz").levels
    assert found == Levels({(IR, name): span for name, span in spans.items()})
    assert arrays["levels"][2] == b"[]"


def test_files_without_levels_say_that_they_are_unknown(tmp_path):
    assert "levels" not in saved(tmp_path / "x.npz", None)
    assert load_gallery(tmp_path / "x.npz").levels is None


def test_one_text_for_all_rows_is_read(tmp_path):
    arrays = saved(tmp_path / "x.npz", {})
    text = Levels({(IR, ANY): COUNTS}).to_json()
    np.savez(tmp_path / "x.npz", **{**arrays, "levels": np.array(text)})
    assert load_gallery(tmp_path / "x.npz").levels == Levels({(IR, ANY): COUNTS})
    assert len(read_features(tmp_path / "x.npz").vectors) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({ANY: COUNTS}, {ANY: KELVIN}),
        ({ANY: COUNTS}, {"Hof": KELVIN, "Tür": COUNTS}),
        ({"Hof": COUNTS, "Tür": KELVIN}, {"Hof": KELVIN, "Tür": COUNTS}),
        ({ANY: COUNTS}, {ANY: None}),
        ({}, {ANY: Span(255, 0)}),
    ],
)
def test_rows_of_other_levels_are_refused_by_all_readers(tmp_path, one, other):
    first, second = (
        saved(tmp_path / f"{name}.npz", spans) for name, spans in (("a", one), ("b", other))
    )
    for path in (
        joined(tmp_path / "ab.npz", first, second), joined(tmp_path / "ba.npz", second, first),
    ):  # fmt: skip
        for read in (load_gallery, read_features):
            words = r"[ab]{2}.npz was joined of files that differ in levels: those of its infrared"
            with pytest.raises(DataError, match=words):
                read(path)


def test_rows_that_go_together_are_joined(tmp_path):
    infrared = saved(tmp_path / "a.npz", {ANY: COUNTS})
    visible = saved(tmp_path / "b.npz", {}, kinds=(0, 0, 0))
    path = joined(tmp_path / "ab.npz", infrared, visible)
    assert load_gallery(path).levels == Levels({(IR, ANY): COUNTS})
    one = saved(tmp_path / "a.npz", {"Hof": COUNTS}, camera=(1, 1, 0))
    other = saved(tmp_path / "b.npz", {"Tür": KELVIN}, camera=(2, 2, 0))
    found = load_gallery(joined(tmp_path / "ab.npz", one, other)).levels
    assert found == Levels({(IR, "Hof"): COUNTS, (IR, "Tür"): KELVIN})


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (np.zeros(3), "levels are of type float64; expected text"),
        (np.array(["[]"]), r"levels have shape \(1,\); expected \(3,\)"),
        (np.array(["[]", "[3]", "[]"]), "levels cannot be read"),
        (np.array([b"[]", b"\xff", b"[]"]), "'utf-8' codec can't decode"),
        (np.array("[" * 99999), "levels cannot be read"),
        (np.array("hello"), "levels cannot be read"),
    ],
)
def test_damaged_levels_are_named_in_one_line(tmp_path, levels, message):
    arrays = saved(tmp_path / "x.npz", {})
    np.savez(tmp_path / "x.npz", **{**arrays, "levels": levels})
    for read in (load_gallery, read_features):
        with pytest.raises(DataError, match=rf"x\.npz: {message}"):
            read(tmp_path / "x.npz")
