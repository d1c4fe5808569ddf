"""Manifests of spreadsheets of other languages, with columns of their own."""

import pytest

from tests.people import HEADER, manifest, rows, two_folders
from vireid.data import open_data, read_manifest
from vireid.data.check.inspection import check
from vireid.errors import DataError


@pytest.fixture
def root(tmp_path):
    """Return two folders of six people, of whom four are for training."""
    return two_folders(tmp_path / "set", people=6, shots=2)


def assert_same(found, plain):
    assert (found.train.paths, found.roles) == (plain.train.paths, plain.roles)
    assert found.train.camera.tolist() == plain.train.camera.tolist()
    assert found.test_truth.identities.tolist() == plain.test_truth.identities.tolist()


@pytest.mark.parametrize("sign", [";", "\t"])
@pytest.mark.parametrize("first", ["", "sep={}\n", "{}{}{}{}\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_semicolons_and_tabs_are_read(root, sign, first, mark):
    path = manifest(root / "m.csv", rows(root))
    plain = read_manifest(path)
    text = path.read_text().replace(",", sign)
    path.write_bytes(mark + (first.replace("{}", sign) + text).encode())
    assert_same(read_manifest(path), plain)


def test_commas_within_cells_between_semicolons_and_the_other_way(root):
    table = [(*row, "1,2;3 4") for row in rows(root)]
    for sign in ",;":
        text = [HEADER.replace(",", sign) + f"{sign}frame"]
        text += [sign.join((*row[:5], f'"{row[5]}"')) for row in table]
        (root / "m.csv").write_text("\n".join(text))
        assert len(read_manifest(root / "m.csv").train) == 16


def test_a_windows_table_with_semicolons_tells_its_one_way_out(root):
    path = manifest(root / "m.csv", rows(root))
    path.write_bytes(path.read_text().replace(",", ";").replace("0/0", "0/é").encode("cp1252"))
    with pytest.raises(DataError, match=r"line 2 is no UTF-8.*\(Excel: CSV UTF-8\)"):
        read_manifest(path)


def test_columns_of_ones_own_are_named_and_not_read(root):
    plain = read_manifest(manifest(root / "plain.csv", rows(root)))
    table = [(*row, "sunny", "2") for row in rows(root)]
    path = manifest(root / "m.csv", table, HEADER + ",Wetter,camera_name")
    with pytest.warns(UserWarning, match="2 columns not read: 'Wetter', 'camera_name'; known are"):
        assert_same(open_data(path), plain)
    assert any("2 columns not read" in line for line in check(path).warnings)


@pytest.mark.parametrize(
    ("header", "hint"),
    [("path,modality,camera,idenity,split", "did you mean identity by 'idenity'"),
     ("path,modality,camera,PID,split", "did you mean identity by 'PID'"),
     ("path,modality,camera,identity,set", "did you mean split by 'set'"),
     ("path,modality,camera,identity,spilt", "did you mean split by 'spilt'"),
     ("path,modality,cam,identity,split", "misses columns 'camera' and has unknown columns 'cam'"),
     ("path;modality;camera;idenity;split", "did you mean identity by 'idenity'")],
)  # fmt: skip
def test_a_column_that_seems_to_be_meant_is_never_passed_over(root, header, hint):
    path = manifest(root / "m.csv", rows(root), header)
    if ";" in header:
        path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(DataError, match=hint):
        open_data(path)


def with_names(root, column, cells):
    """Write a manifest whose column holds cells in turn."""
    place, table = HEADER.split(",").index(column), rows(root)
    table = [
        (*row[:place], f'"{cells[k % len(cells)]}"', *row[place + 1 :])
        for k, row in enumerate(table)
    ]
    return manifest(root / "m.csv", table)


@pytest.mark.parametrize(
    "name",
    ["Anna\u00a0B", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
     "\U0001f469\u200d\U0001f680", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "a\u3000b"],
)  # fmt: skip
def test_what_belongs_to_text_is_a_name(root, name):
    for column in ("identity", "camera"):
        data = read_manifest(with_names(root, column, [name]))
        names = data.train_truth.names if column == "identity" else data.train.cameras
        assert list(names.values()) == [name]


@pytest.mark.parametrize("sign", ["\x07", "\u202e", "\u200b", "\ufeff", "\u2028", "\x85"])
def test_what_controls_and_turns_text_is_refused(root, sign):
    with pytest.raises(DataError, match="another sign that cannot be printed"):
        read_manifest(with_names(root, "identity", [f"a{sign}b"]))


def test_names_that_differ_in_unseen_signs_are_noted(root):
    path = with_names(root, "camera", ["a\u200cb", "ab"])
    assert any("differ in case or spaces only" in line for line in check(path).warnings)


@pytest.mark.parametrize("name", ["10.5", "192.168.1", "192.168.100", "1,5"])
def test_what_looks_like_a_number_is_a_name_among_names(root, name):
    data = read_manifest(with_names(root, "camera", ["gate", "hall", name]))
    assert name in data.train.cameras.values()
    if name != "192.168.1":
        with pytest.raises(DataError, match="is no whole number"):
            read_manifest(with_names(root, "camera", ["1", "2", name, "x"]))
    with pytest.raises(DataError, match="has lost digits"):
        read_manifest(with_names(root, "camera", ["gate", "hall", "2.02E+19"]))


@pytest.mark.parametrize("cells", [
    ["1234567890123450", "1234567890123460"], ["1234567890123000000"],
    ["7", "1234567890123450.0"], ["gate", "9876543210123450"],
])  # fmt: skip
def test_long_numbers_that_all_end_in_zeros_have_lost_digits(root, cells):
    for column in ("identity", "camera"):
        with pytest.raises(DataError, match="all long numbers of the column end in zeros"):
            read_manifest(with_names(root, column, cells))


def test_long_numbers_of_which_one_ends_otherwise_are_whole(root):
    cells = ["1234567890123450", "1234567890123457", "100000"]
    data = read_manifest(with_names(root, "identity", cells))
    assert {*data.train_truth.identities.tolist()} == set(map(int, cells))
