"""The file of rows."""

from dataclasses import replace
from threading import Thread

import pytest

from vireid.errors import CheckpointError
from vireid.studies.comparison import Row, RowFile, read_table, write_table
from vireid.studies.comparison.rows import alone_beside

ROW = Row(
    "mmm", "abc", "people", "def", "all-search", 0, 50.0, 40.0, 30.0, 0.5, 70.0, 0.25, 1.5, 900.0,
    setting="eps − 0.1, k1, k2 × 1.5", oracle=True, cameras=True, images=100,
    network="net, 96 x 48", commit="123", code="456",
)  # fmt: skip
FAILED = Row("mmm", "abc", "people", "def", "all-search", 1, failed="no clusters, none")


def test_rows_survive_writing():
    assert read_table(write_table([ROW, FAILED])) == [ROW, FAILED]
    assert read_table(write_table([])) == []


def test_the_order_of_the_file_does_not_depend_on_that_of_the_trainings():
    rows = [replace(ROW, seed=seed, method=name) for seed in (2, 10, 1) for name in ("b", "a")]
    text = write_table(rows)
    assert text == write_table(reversed(rows))
    assert [(row.method, row.seed) for row in read_table(text)] == [
        (name, seed) for name in ("a", "b") for seed in (1, 2, 10)
    ]


def test_a_row_of_the_same_training_takes_the_place_of_the_earlier_one(tmp_path):
    file = RowFile(tmp_path / "rows.csv")
    assert file.rows() == []
    file.add([ROW])
    file.add([replace(ROW, mAP=41.0, commit="789"), replace(ROW, protocol="indoor")])
    assert [(row.mAP, row.protocol) for row in file.rows()] == [
        (41.0, "all-search"), (40.0, "indoor"),
    ]  # fmt: skip


def test_processes_add_one_after_the_other(tmp_path):
    file, done = RowFile(tmp_path / "new" / "rows.csv"), []

    def add(seed):
        file.add([replace(ROW, seed=seed)])
        done.append(seed)

    adders = [Thread(target=add, args=(seed,)) for seed in range(8)]
    with alone_beside(file.path):
        for adder in adders:
            adder.start()
        assert not done
    for adder in adders:
        adder.join()
    assert [row.seed for row in file.rows()] == list(range(8)), "no line is lost"
    assert [path.name for path in file.path.parent.iterdir()] == ["rows.csv"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match=r"cannot write .*rows\.csv: "):
        RowFile(tmp_path / "file" / "rows.csv").add([ROW])


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("method,", "name,", "rows.csv holds no rows of a comparison: expected the columns method"),
        (",40.0,", ",much,", r"line 2 is damaged \(could not convert"),
        (",yes,yes,", ",yes,no,", "no is neither yes nor empty"),
        (",40.0,", ",,", "expected either scores, or why there are none"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, before, after, message):
    path = tmp_path / "rows.csv"
    text = write_table([ROW])
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(CheckpointError, match=message):
        RowFile(path).rows()


def test_a_folder_is_no_file_of_rows(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read as CSV"):
        RowFile(tmp_path).rows()


@pytest.mark.parametrize("later", ["neighbour_overlap", "scored_by"])
def test_a_file_of_before_a_column_was_there_is_read(tmp_path, later):
    path = tmp_path / "rows.csv"
    row = replace(ROW, protocol="p", setting="k1", network="net")
    lines = [line.split(",") for line in write_table([row]).splitlines()]
    place = lines[0].index(later)
    path.write_text("".join(f"{','.join(one[:place] + one[place + 1 :])}\n" for one in lines))
    (found,) = RowFile(path).rows()
    assert found == replace(row, neighbour_overlap=found.neighbour_overlap)
    assert (found.neighbour_overlap is None) == (later == "neighbour_overlap")
    RowFile(path).add([replace(ROW, seed=9, neighbour_overlap=0.5, scored_by="abc")])
    assert 0.5 in {row.neighbour_overlap for row in RowFile(path).rows()}
    assert {row.scored_by for row in RowFile(path).rows()} == {"", "abc"}
