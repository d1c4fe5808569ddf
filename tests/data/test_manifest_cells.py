"""Manifests with names for numbers, times and boxes, as table programs write them."""

import numpy as np
import pytest

from tests.people import HEADER, manifest, rows, two_folders
from vireid.data import read_manifest
from vireid.data.check.inspection import check
from vireid.data.layouts.names_in_cells import alike, numbering
from vireid.errors import DataError


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return two folders of six people, of whom four are for training."""
    return two_folders(tmp_path_factory.mktemp("cells") / "data", people=6, shots=2)


def write(root, change=lambda row: row, header=HEADER, **options):
    """Write a manifest of changed rows and return its path."""
    return manifest(root / "m.csv", [tuple(change(row)) for row in rows(root)], header, **options)


def refused(path):
    """Return the one-line message that a manifest gives."""
    with pytest.raises(DataError) as caught:
        read_manifest(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def with_cell(column, value):
    """Return a change that gives a column another cell in every row; {} is the person's number."""
    at = HEADER.split(",").index(column)
    return lambda row: (*row[:at], value.format(int(row[3])), *row[at + 1 :])


@pytest.mark.parametrize(
    "text", ["P{:03d}", "20240131{:012d}", "person no. {}", "3fa85f64-5717-4562-b3fc-2c9{:03d}",
             "12e{}", "größe-{}"]
)  # fmt: skip
def test_identities_may_be_any_text_and_are_the_same_in_all_parts(root, text):
    plain, named = read_manifest(write(root)), None
    named = read_manifest(write(root, with_cell("identity", text)))
    for part in ("train_truth", "test_truth"):
        before, after = getattr(plain, part), getattr(named, part)
        assert [after.name(i) for i in after.identities.tolist()] == [
            text.format(i) for i in before.identities.tolist()
        ]
    order = sorted({text.format(i) for i in range(6)})
    assert [named.train_truth.names[i] for i in range(6)] == order


def test_one_name_has_one_number_in_train_query_and_gallery(root):
    data = read_manifest(write(root, with_cell("identity", "anna")))
    assert {*data.train_truth.identities.tolist(), *data.test_truth.identities.tolist()} == {0}


def test_whole_numbers_keep_their_value(root):
    for text in ("{}", "{}.0", "00{}"):
        data = read_manifest(write(root, with_cell("identity", text)))
        assert sorted({*data.train_truth.identities.tolist()}) == [0, 1, 2, 3]
        assert data.train_truth.names == {}


def test_a_number_among_names_is_a_name_and_one_spelling_of_it():
    found = numbering(["b", "10", "9", "10.0", "9"], first=1)
    assert found.numbers == {"10": 1, "10.0": 1, "9": 2, "b": 3}
    assert found.names == {1: "10", 2: "9", 3: "b"}
    forms = numbering(["gar\u00e7on", "garc\u0327on", "x"], first=0)
    assert forms.numbers["gar\u00e7on"] == forms.numbers["garc\u0327on"]


def test_cameras_are_named_and_unknown_ones_are_unknown(root):
    names = iter(["gate", "", "0", "unknown", "nan", "hall 2"] * 10)
    data = read_manifest(write(root, lambda row: (*row[:2], next(names), *row[3:])))
    images = data.train.plus(data.test)
    assert {images.camera_name(c) for c in images.camera.tolist() if c} == {"gate", "hall 2"}
    assert np.sum(images.camera == 0) == 16
    everywhere = check(write(root, with_cell("camera", "")))
    assert everywhere.counts["cameras"] == 0
    assert not [line for line in everywhere.warnings if "one camera" in line]


@pytest.mark.parametrize("column", ["identity", "camera", "track"])
@pytest.mark.parametrize(
    "cell",
    ["2.0240131E+19", "1.23457e+11", "1e+20", "9007199254740993.0", "2,0240131E+19", "1,234,567",
     "1 234 567", "1.234.567", "12.5", "#REF!", "########", '=A1&"x"', "inf"],
)  # fmt: skip
def test_numbers_that_a_table_program_changed_are_refused(root, column, cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    header, change = HEADER, with_cell(column if column != "track" else "path", quoted)
    if column == "track":
        header, change = HEADER + ",track", lambda row: (*row, quoted)
    message = refused(write(root, change, header))
    assert f"24 lines: the {column} " in message
    assert f"line 2: {column} '{cell}'" in message


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_numbers_of_parquet_that_have_lost_digits_are_refused(root, kind):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = dict(zip(HEADER.split(","), map(list, zip(*rows(root), strict=True)), strict=True))
    base = 2.0**53 if kind == "float64" else 2.0**24
    columns["identity"] = [np.dtype(kind).type(base + 2 * int(i)) for i in columns["identity"]]
    parquet.write_table(pyarrow.table(columns), root / "lost.parquet")
    assert "has lost digits; format the column as text" in refused(root / "lost.parquet")


def test_an_address_and_a_hash_are_names(root):
    for cell in ("192.168.100.200", "3e12", "10.0.0.7", "#A12", "-gate"):
        data = read_manifest(write(root, with_cell("camera", cell)))
        assert data.train.cameras == {1: cell}


@pytest.mark.parametrize("cell", ["nan", "None", "N/A", "#N/A", "null", "NA", "<NA>"])
def test_what_table_programs_write_for_nothing_is_nobody(root, cell):
    def lost(row):
        return (*row[:3], cell, row[4]) if row[4] == "train" else row

    data = read_manifest(write(root, lost))
    assert data.train_truth is None
    assert data.test_truth is not None
    some = iter([cell] + 30 * [""])
    message = refused(write(root, lambda row: (*row[:3], next(some) or row[3], row[4])))
    assert f"identity is missing, but other training rows have one ('{cell}' is none)" in message


@pytest.mark.parametrize("cell", ["unknown", "?", "-", "Unlabelled"])
def test_a_word_for_unknown_people_is_no_person(root, cell):
    message = refused(write(root, with_cell("identity", cell)))
    assert f"identity '{cell}' is no person, and one name stands for one" in message


def test_names_that_differ_in_case_only_and_numbers_in_zeros_only_are_noted(root):
    path = write(root, lambda row: (*row[:3], "Pp"[row[1] == "visible"] + row[3], row[4]))
    with pytest.warns(UserWarning, match="'P0' and 'p0'.* differ in case or spaces only"):
        read_manifest(path)
    path = write(root, lambda row: (*row[:3], "0" * (row[1] == "visible") + row[3], row[4]))
    with pytest.warns(UserWarning, match="'0' and '00'.* are the same number"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("one", "other"),
    [("P01", "P1"), ("hall 2", "hall2"), ("gate-007b", "Gate-7B"), ("\uff11\uff12", "12"),
     ("\uff30x", "Px"), ("\ufb01n", "fin"), ("p000", "p0"), ("P\u00b2", "P2")],
)  # fmt: skip
def test_names_that_people_take_for_the_same_are_noted(one, other):
    numbers = numbering([one, other, "x"], first=1)
    assert len({*numbers.numbers.values()}) == 3
    (line,) = alike("camera", numbers)
    assert line.startswith("camera: ")
    assert f"'{other}'" in line
    assert "count as different" in line


def test_names_of_other_numbers_are_not_alike():
    assert list(alike("identity", numbering(["P1", "P10", "P100", "P2", "q1"], first=1))) == []


def test_track_time_and_box_reach_whoever_labels(root):
    header = HEADER + ",track,timestamp,box,frame"

    def add(row):
        track = f"t{row[3]}" if row[1] == "visible" else ""
        return (*row, track, "2024-01-31T12:00:00+01:00", "10 20.5 64 128", "f/1.png")

    data = read_manifest(write(root, add, header))
    known = data.train.known()
    assert sorted({*known.track.tolist()}) == [-1, 0, 1, 2, 3]
    assert data.train.tracks[3] == "t3"
    assert {*known.time.tolist()} == {1706698800.0}
    assert known.box[0].tolist() == [10, 20.5, 64, 128]
    plain = read_manifest(write(root)).train.known()
    assert (plain.track, plain.time, plain.box) == (None, None, None)


@pytest.mark.parametrize("cell", ["10,20,64,128", "10; 20; 64; 128", "[10, 20, 64, 128]"])
def test_boxes_are_read_with_any_sign_between(root, cell):
    data = read_manifest(write(root, lambda row: (*row, f'"{cell}"'), HEADER + ",box"))
    assert data.test.box[0].tolist() == [10, 20, 64, 128]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [("box", "1 2 3", "is no box; expected left top width height"),
     ("box", "1 2 0 5", "holds nothing; expected a width and a height of more than 0"),
     ("timestamp", "noon", "is no time; expected such as 2024-01-31T12:00:00+01:00"),
     ("timestamp", "31.01.2024 12:00", "is no time; expected such as"),
     ("timestamp", "2024-01-31", "is no time; expected such as"),
     ("timestamp", "20240131", "is a day, or seconds since 1970"),
     ("timestamp", "1706698800000", "is too large for seconds since 1970; divide"),
     ("timestamp", "1.7067E+09", "has lost digits")],
)  # fmt: skip
def test_times_and_boxes_that_cannot_be_read_are_one_fault(root, column, cell, message):
    found = refused(write(root, lambda row: (*row, cell), f"{HEADER},{column}"))
    assert f"24 lines: the {column} {message}" in found
    assert found.count("line ") == 1


def test_a_time_without_a_zone_is_taken_for_utc_and_that_is_said(root):
    path = write(root, lambda row: (*row, "1970-01-01 00:00:10"), HEADER + ",timestamp")
    with pytest.warns(UserWarning, match="24 timestamps without a zone, taken for UTC"):
        assert read_manifest(path).train.time[0] == 10.0


def test_tracks_that_go_through_several_cameras_are_noted(root):
    path = write(root, lambda row: (*row, row[3]), HEADER + ",track")
    assert any("6 tracks with images of several cameras" in line for line in check(path).warnings)


@pytest.mark.parametrize(
    ("visible", "infrared"),
    [("RGB", "IR"), ("vis", "NIR"), ("Visible Light", "near-infrared"), ("rgb", "Thermal")],
)
def test_words_that_mean_one_modality_are_taken(root, visible, infrared):
    words = {"visible": visible, "infrared": infrared}
    data = read_manifest(write(root, lambda row: (row[0], words[row[1]], *row[2:])))
    assert data.train.modality.tolist() == read_manifest(write(root)).train.modality.tolist()


def test_a_split_may_be_both_in_any_case(root):
    def both(row):
        return (*row[:4], "Both" if row[4] == "query" else row[4].upper())

    data = read_manifest(write(root, both))
    assert {*data.roles} == {"both", "gallery"}


def test_a_path_on_a_query_and_a_gallery_row_is_both(root):
    table = [row for row in rows(root) if row[4] == "query"]
    twice = [*rows(root), *((*row[:4], "gallery") for row in table)]
    data = read_manifest(manifest(root / "m.csv", twice))
    assert len(data.test) == len([row for row in rows(root) if row[4] != "train"])
    assert [role for role in data.roles if role == "both"] == ["both"] * len(table)
    other = [(*row[:2], "9", row[3], "gallery") for row in table]
    message = refused(manifest(root / "m.csv", [*rows(root), *other]))
    assert "is on line 10 already; give an image one row, with split both" in message
