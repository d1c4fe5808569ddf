"""Tables as spreadsheets and pandas write them, and files that are listed under other names."""

import re
import shutil
import unicodedata

import pytest

from tests.people import HEADER, manifest, rows, two_folders
from vireid.data import open_data, read_manifest
from vireid.data.check.inspection import check
from vireid.data.layouts.problems import Problem, folded
from vireid.errors import DataError


@pytest.fixture
def root(tmp_path):
    """Return two folders of six people, of whom four are for training."""
    return two_folders(tmp_path / "set", people=6, shots=2)


def refused(path):
    """Return the one-line message that data gives."""
    with pytest.raises(DataError) as caught:
        open_data(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def same_as_plain(root, path):
    """Demand that a table is read as the plain one is."""
    found, plain = read_manifest(path), read_manifest(manifest(root / "plain.csv", rows(root)))
    assert (found.train.paths, found.roles) == (plain.train.paths, plain.roles)
    assert found.train.camera.tolist() == plain.train.camera.tolist()
    assert found.test_truth.identities.tolist() == plain.test_truth.identities.tolist()


@pytest.mark.parametrize("case", ["rows", "columns", "named columns", "above", "index", "pandas",
                                  "header", "more cells", "sep", "text formula"])  # fmt: skip
def test_what_spreadsheets_add_does_not_count(root, case):
    table, header, end = list(rows(root)), HEADER, "\n"
    if case == "rows":
        table, end = [*table[:5], ("",) * 5, *table[5:], ("", " ", "", "", "")], "\r\n"
    elif case == "columns":
        table, header = [(*row, "", "") for row in table], HEADER + ",,"
    elif case == "named columns":
        table, header = [(*row, "", "") for row in table], HEADER + ",remarks,Unnamed: 6"
    elif case == "above":
        table, header = [tuple(HEADER.split(",")), *table], ",,,,"
    elif case in ("index", "pandas"):
        table = [(str(7 * k), *row) for k, row in enumerate(table)]
        header = ("" if case == "index" else "Unnamed: 0") + "," + HEADER
    elif case == "header":
        header = " Path,MODALITY , Camera,Identity,SPLIT"
    elif case == "more cells":
        table = [(*row, "", "") for row in table]
    elif case == "sep":
        table, header = [tuple(HEADER.split(",")), *table], "sep=,"
    elif case == "text formula":
        table = [(*row[:3], f'"=""{row[3]}"""', row[4]) for row in table]
    same_as_plain(root, manifest(root / "m.csv", table, header, end))


def test_a_nameless_column_that_holds_more_than_row_numbers_is_named(root):
    path = manifest(root / "m.csv", [(*row, "note") for row in rows(root)], HEADER + ",")
    assert "has unknown columns '' (column 6, which holds 'note')" in refused(path)


def test_a_column_of_another_name_is_refused_still(root):
    path = manifest(root / "m.csv", [(*row, "x") for row in rows(root)], HEADER + ",idenity")
    assert "has unknown columns 'idenity'" in refused(path)


def test_parquet_of_a_filtered_frame_with_paths_as_bytes(root):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = dict(zip(HEADER.split(","), map(list, zip(*rows(root), strict=True)), strict=True))
    columns["path"] = [path.encode() for path in columns["path"]]
    columns["__index_level_0__"] = list(range(3, 3 + len(columns["path"])))
    parquet.write_table(pyarrow.table(columns), root / "m.parquet")
    same_as_plain(root, root / "m.parquet")
    columns["path"][0] = b"\xff.png"
    parquet.write_table(pyarrow.table(columns), root / "m.parquet")
    assert "holds bytes that are no UTF-8" in refused(root / "m.parquet")


@pytest.mark.parametrize(
    ("change", "message"),
    [(lambda text: text.encode("utf-16"), "it is UTF-16 (Excel's 'Unicode text'); save it"),
     (lambda text: text.encode("utf-16-le"), "it is UTF-16"),
     (lambda text: text.replace("0/0", "0/é").encode("cp1252"),
      "line 2 is no UTF-8, perhaps Windows-1252 ('ed/0000/é.png"),
     (lambda text: text.replace("0/0", "0/\0").encode(), "line 2 holds a NUL byte"),
     (lambda text: text.replace("vis", '"vis"x', 1).encode(), "in what begins on line")],
)  # fmt: skip
def test_text_that_is_no_utf_8_is_named_for_what_it_is(root, change, message):
    path = manifest(root / "m.csv", rows(root))
    path.write_bytes(change(path.read_text()))
    assert message in refused(path)


def test_a_line_break_in_a_cell_is_shown_in_one_line(root):
    table = list(rows(root))
    table[0] = ('"infrared/00\n00/0.png"', *table[0][1:])
    assert r"file 'infrared/00\n00/0.png' is missing" in refused(manifest(root / "m.csv", table))


CHANGES = {
    "backslashes": (lambda p: p.replace("/", "\\"), None),
    "absolute": (lambda p: "{root}/" + p, None),
    "dots": (lambda p: "./visible/../" + p, None),
    "drive": (
        lambda p: "D:\\set\\" + p.replace("/", "\\"),
        "with slashes for backslashes",
    ),
    "case": (lambda p: p.replace("visible", "Visible"), "upper and lower case must agree"),
    "ending": (lambda p: p.replace("png", "PNG"), "upper and lower case must agree"),
    "elsewhere": (lambda p: "/home/me/set/" + p, "without 'home/me/set/'"),
    "prefix": (lambda p: "data/" + p, "without 'data/'"),
    "url": (lambda p: "file:///set/" + p.replace("/", "%2F"), "without URL quoting, without 'file"),
    "spaces": (
        lambda p: p.replace("/0.png", " /0.png").replace("/1.png", " /1.png"),
        "with other sp",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_is_listed_under_another_name_is_found_or_read(root, name):
    change, hint = CHANGES[name]
    table = [(change(row[0]).replace("{root}", str(root)), *row[1:]) for row in rows(root)]
    path = manifest(root / "m.csv", table)
    if name == "backslashes":
        with pytest.warns(UserWarning, match="24 paths with backslashes between folders, read as"):
            same_as_plain(root, path)
    elif hint is None:
        same_as_plain(root, path)
    else:
        message = refused(path)
        assert hint in message
        assert f"{24 if name != 'case' else 12} lines: the " in message
        assert "; there is " in message
        assert message.count("such as line") == 1


def test_a_first_folder_that_is_left_out_is_found(root):
    table = [(row[0].split("/", 1)[1], *row[1:]) for row in rows(root) if row[1] == "visible"]
    shutil.move(root / "infrared", root.parent)
    message = refused(manifest(root / "m.csv", table))
    assert "there is 'visible/0000/0.png', below 'visible/'" in message


def test_names_in_another_unicode_form_are_shown_apart_and_not_called_unused(root):
    file = root / "visible" / "0000" / "0.png"
    file.rename(file.with_name(unicodedata.normalize("NFD", "garçon.png")))
    table = [(row[0].replace("visible/0000/0.", "visible/0000/garçon."), *row[1:])
             for row in rows(root) if "ga" not in row[0]]  # fmt: skip
    table.append(("visible/0000/garçon.png", "visible", "1", "0", "train"))
    found = check(manifest(root / "m.csv", table))
    (fault,) = found.faults
    assert "there is one with the same letters in another Unicode form: " in fault
    assert r"'visible/0000/garc\u0327on.png' on disk, 'visible/0000/gar\xe7on.png' here" in fault
    assert found.findings["image files in no list"] == 0


def test_several_files_of_nearly_the_same_name_are_no_hint(root):
    for name in ("A.png", "a.PNG"):
        shutil.copy(root / "visible/0000/0.png", root / "visible/0000" / name)
    table = [*rows(root), ("visible/0000/a.png", "visible", "1", "0", "train")]
    assert refused(manifest(root / "m.csv", table)).endswith("file 'visible/0000/a.png' is missing")


@pytest.mark.parametrize("layout", ["regdb", "llcm"])
def test_lists_with_backslashes_are_read_and_others_are_named(copied, layout):
    root = copied(layout)
    name = {"regdb": "idx/train_visible_1.txt", "llcm": "idx/train_vis.txt"}[layout]
    text = (root / name).read_text()
    before = open_data(root).train.paths
    (root / name).write_text(text.replace("/", "\\"))
    with pytest.warns(UserWarning, match="paths with backslashes between folders"):
        assert open_data(root).train.paths == before
    for sign, word in (("\t", "tab"), (",", "comma")):
        (root / name).write_text(text.replace(" ", sign))
        message = refused(root)
        lines = len(text.splitlines())
        assert (
            f"{lines} lines: it is no path and label with a space between, but with a {word}"
            in (message)
        )
    (root / name).write_bytes(text.encode("utf-16"))
    assert "cannot be read as text: it is UTF-16" in refused(root)


def test_what_follows_from_faulty_rows_is_not_reported_as_a_fact(root):
    table = [(row[0].replace("visible", "nowhere"), *row[1:]) for row in rows(root)]
    found = check(manifest(root / "m.csv", table))
    assert len(found.faults) == 1
    assert "12 lines: the file is missing, such as" in found.faults[0]
    assert found.warnings == ()
    assert found.reasons[0].label == "list entries without a file (12)"


def test_faults_of_one_kind_are_one_line_and_a_few_are_told_one_by_one():
    def empty(number):
        return Problem("faulty entry", f"it is {number}", f"line {number}", same="it is wrong")

    assert folded([empty(n) for n in range(3)]) == [f"line {n}: it is {n}" for n in range(3)]
    other = Problem("missing file", "gone", "line 9")
    assert folded([*(empty(n) for n in range(4)), other]) == [
        "4 lines: it is wrong, such as line 0: it is 0",
        "line 9: gone",
    ]


def test_what_is_expected_is_said_once_for_many_damaged_files(root):
    for file in sorted(root.rglob("*.png"))[:4]:
        file.write_text("no image")
    (fault,) = check(root).faults
    assert fault.count("expected an undamaged") == 1
    assert fault.count("cannot be decoded") == 4


@pytest.mark.parametrize("folder", ["cam7", "cam10", "Cam3"])
def test_camera_folders_that_a_layout_does_not_know_are_named(copied, folder):
    root = copied("sysu")
    shutil.copytree(root / "cam1", root / folder)
    number = len(list((root / folder).rglob("*.jpg")))
    line = f"unknown camera folders, not used: {folder} ({number} images); this layout knows cam1"
    with pytest.warns(UserWarning, match=re.escape(line)):
        open_data(root)
    assert check(root).warnings[0].startswith(line)
    llcm = copied("llcm")
    shutil.copytree(llcm / "test_vis" / "cam2", llcm / "test_vis" / "cam10")
    with pytest.warns(UserWarning, match=r"unknown camera folders, not used: test_vis/cam10 \("):
        open_data(llcm)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("gone", "what"), [("cam5", "image of the listed people"),
                                            ("cam3/000[45]", "test image")])  # fmt: skip
def test_cameras_of_the_protocol_without_images_are_named(copied, gone, what):
    root = copied("sysu")
    for folder in root.glob(gone):
        shutil.rmtree(folder)
    line = f"camera folders of the protocol without any {what}: {gone[:4]}"
    with pytest.warns(UserWarning, match=line):
        open_data(root)
    assert check(root).warnings[0] == line
