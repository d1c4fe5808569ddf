"""Reader of manifests."""

import builtins

import pytest

from vireid.data import read_manifest
from vireid.errors import ConfigError, DataError

ROWS = """\
path,modality,camera,identity,split
b/2.png,infrared,3,12,query
a/1.png,visible,1,7,train
a/3.png,visible,2,12,gallery
a/4.png,infrared,0,8,train
"""


def write(root, text=ROWS, name="manifest.csv"):
    """Write a manifest and empty files for it, and return the manifest's path."""
    for file in ("a/1.png", "b/2.png", "a/3.png", "a/4.png"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    (root / name).write_text(text, encoding="utf-8")
    return root / name


def failing(root, text):
    """Return the one-line message that a manifest gives."""
    with pytest.raises(DataError) as caught:
        read_manifest(write(root, text))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_rows_become_images_and_sealed_identities(tmp_path):
    data = read_manifest(write(tmp_path))
    assert data.train.paths == ("a/1.png", "a/4.png")
    assert data.train.modality.tolist() == [0, 1]
    assert data.train.camera.tolist() == [1, 0]
    assert data.train_truth.identities.tolist() == [7, 8]
    assert data.test.paths == ("b/2.png", "a/3.png")
    assert data.test_truth.identities.tolist() == [12, 12]
    assert (data.roles, data.protocol) == (("query", "gallery"), "plain")
    assert (data.name, data.train.root) == (tmp_path.name, tmp_path)


def test_the_required_columns_suffice(tmp_path):
    data = read_manifest(write(tmp_path, "camera,path,modality\n1,a/1.png,visible\n", "day.csv"))
    assert (len(data.train), len(data.test), data.name) == (1, 0, "day")
    assert (data.train_truth, data.test_truth, data.roles, data.protocol) == (None,) * 4


def test_spaces_a_byte_order_mark_and_blank_lines_do_not_matter(tmp_path):
    text = "\ufeffpath , modality,camera,timestamp,track\n\n./a//1.png, visible ,3.0,5,t1\n\n"
    data = read_manifest(write(tmp_path, text))
    assert (data.train.paths, data.train.camera.tolist()) == (("a/1.png",), [3])


def test_modalities_may_be_in_upper_case(tmp_path):
    text = ROWS.replace("visible", "Visible").replace("infrared", "INFRARED", 1)
    assert read_manifest(write(tmp_path, text)).train.modality.tolist() == [0, 1]
    assert read_manifest(write(tmp_path, text)).test.modality.tolist() == [1, 0]


def test_a_row_of_another_length_does_not_hide_the_other_faults(tmp_path):
    message = failing(tmp_path, ROWS + "a/1.png,visible\na/9.png,visible,1,3,train\n")
    assert "line 6: 2 cells; expected 5 as in the header" in message
    assert "line 7: file 'a/9.png' is missing" in message


def test_a_missing_file_on_two_lines_is_missing_once(tmp_path):
    message = failing(tmp_path, ROWS + 2 * "a/9.png,visible,1,3,train\n")
    assert message.count("is missing") == 1
    assert "line 7: path 'a/9.png' is on line 6 already" in message


def test_identities_of_test_rows_alone(tmp_path):
    text = ROWS.replace(",7,train", ",,train").replace(",8,train", ",,train")
    data = read_manifest(write(tmp_path, text))
    assert data.train_truth is None
    assert data.test_truth.identities.tolist() == [12, 12]


def test_quoted_paths_and_lines(tmp_path):
    write(tmp_path)
    (tmp_path / "a" / "x,y.png").touch()
    text = 'path,modality,camera\n"a/x,y.png",visible,1\n'
    assert read_manifest(write(tmp_path, text)).train.paths == ("a/x,y.png",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "misses columns 'path', 'modality', 'camera'"),
        ("path|modality|camera\n", "separates its cells by bars; expected commas, semicolons"),
        ("path;modality;file\n", "misses columns 'camera' and has unknown columns 'file'"),
        ("path\tmodality\n", "misses columns 'camera'; expected path"),
        (
            "path,camera,file,idenity,path\n",
            "misses columns 'modality' and has unknown columns 'file', 'idenity' and repeats "
            "columns 'path'; expected path",
        ),
        ("path,camera\n", "misses columns 'modality'; expected path, modality, camera"),
        ("path,modality,camera,idenity\n", "has unknown columns 'idenity'"),
        ("path,modality,camera,path\n", "repeats columns 'path'"),
        ("path,modality,camera\n", "has a header but no rows"),
        ("path,modality,camera\na/1.png,visible\n", "line 2: 2 cells; expected 3"),
        ('path,modality,camera\n"a/1.png,visible,1\n', "cannot be read as CSV"),
    ],
)
def test_a_bad_table_is_explained(tmp_path, text, message):
    assert message in failing(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",infrared,3", ",night,3", "line 2: modality 'night' is unknown"),
        (",infrared,3", ",infrared,-1", "line 2: camera '-1' is below 0; expected a number or a"),
        (",infrared,3", ",infrared,3.5", "line 2: camera '3.5' is no whole number"),
        (",7,train", ",7.5,train", "line 3: identity '7.5' is no whole number and no name"),
        (",7,train", ",7,test", "line 3: split 'test' is unknown; expected train, query, gallery"),
        (",7,train", ",-1,train", "line 3: identity '-1' is below 0"),
        (
            ",7,train",
            ",7,",
            "line 3: split is empty; expected train, query, gallery, both, or no",
        ),
        ("a/3.png", "a/1.png", "line 4: path 'a/1.png' is on line 3 already"),
        ("a/3.png", "b/../a/./1.png", "line 4: path 'b/../a/./1.png' is on line 3 already"),
        ("a/3.png", "../x.png", "line 4: path '../x.png' leaves the folder"),
        ("a/3.png", "a/../../x.png", "line 4: path '../x.png' leaves the folder"),
        ("a/3.png", "/etc/hosts", "line 4: path '/etc/hosts' leaves the folder"),
        ("a/3.png", "a/9.png", "line 4: file 'a/9.png' is missing"),
        ("a/3.png", "n" * 5000, "is missing"),
        ("a/3.png", "a", "line 4: path 'a' is no file"),
        ("a/3.png", "", "line 4: path is empty"),
        (",12,query", ",,query", "line 2: identity is missing, but other query and gallery rows"),
        (",7,train", ",,train", "line 3: identity is missing, but other training rows"),
    ],
)
def test_a_bad_row_is_named_by_line(tmp_path, old, new, message):
    assert old in ROWS
    assert message in failing(tmp_path, ROWS.replace(old, new, 1))


def test_five_problems_are_named_and_the_others_counted(tmp_path):
    cells = [("a/9.png", "visible", "1"), ("", "visible", "1"), ("a/3.png", "green", "1.5")]
    cells += [("a/1.png", "visible", "-2"), ("a/4.png", "visible", "#REF!")]
    rows = "".join(",".join(row) + "\n" for row in cells)
    message = failing(tmp_path, "path,modality,camera\n" + rows)
    assert message.count("; line") == 4
    assert message.endswith("and 1 more")


def test_text_that_is_no_utf_8(tmp_path):
    path = write(tmp_path)
    path.write_bytes(b"path,modality,camera\n\xff\xfe,visible,1\n")
    with pytest.raises(DataError, match="CSV in UTF-8"):
        read_manifest(path)


@pytest.mark.parametrize("name", ["manifest.csv", "manifest.parquet"])
def test_a_missing_manifest_is_named(tmp_path, name):
    with pytest.raises(DataError, match=f"{name} is missing"):
        read_manifest(tmp_path / name)


def parquet(root, columns):
    """Write columns as a Parquet manifest and return its path."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    write(root)
    files.write_table(pyarrow.table(columns), root / "manifest.parquet")
    return root / "manifest.parquet"


def test_parquet_reads_as_csv_does(tmp_path):
    lines = [line.split(",") for line in ROWS.splitlines()]
    columns = {name: list(cells) for name, *cells in zip(*lines, strict=True)}
    columns["camera"] = [int(cell) for cell in columns["camera"]]
    columns["identity"] = [float(cell) for cell in columns["identity"]]  # as beside empty cells
    found, expected = read_manifest(parquet(tmp_path, columns)), read_manifest(write(tmp_path))
    assert (found.train.paths, found.roles) == (expected.train.paths, expected.roles)
    assert found.test.camera.tolist() == expected.test.camera.tolist()
    assert found.test_truth.identities.tolist() == expected.test_truth.identities.tolist()


def test_parquet_problems_are_named_by_row(tmp_path):
    columns = {
        "path": ["a/1.png", None],
        "modality": ["visible", "infrared"],
        "camera": [1.0, float("inf")],
        "identity": [None, None],
    }
    with pytest.raises(DataError, match=r"row 2: path is empty; row 2: camera 'inf' is no"):
        read_manifest(parquet(tmp_path, columns))


def test_a_damaged_parquet_file_is_named(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_manifest(tmp_path / "a.parquet")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    original = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return original(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install 'vireid\[parquet\]'"):
        read_manifest(tmp_path / "a.parquet")
