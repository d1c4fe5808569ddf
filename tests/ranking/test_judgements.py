"""Judged results as lines of a file."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from vireid.errors import DataError
from vireid.ranking import Judgement, append_judgement, read_judgements
from vireid.ranking.judgement import now
from vireid.ranking.judgements import rename_judged

ONE = Judgement("n 1.jpg", 'a,"b".jpg', 1, 0.5, "infrared", "visible", "right", now(), "net")


def test_what_was_appended_is_read_and_the_last_one_holds(tmp_path):
    path = tmp_path / "new" / "judged.csv"
    two, other = replace(ONE, result="b.jpg", rank=2), replace(ONE, network="other")
    for one in (ONE, two, other, replace(ONE, judged="wrong"), replace(two, judged="unsure")):
        append_judgement(path, one)
    assert read_judgements(path) == (replace(ONE, judged="wrong"), other)
    assert len(path.read_text().splitlines()) == 6


@pytest.mark.parametrize("kept", [1, 30, -3])
def test_a_killed_writer_loses_only_the_line_in_hand(tmp_path, kept):
    path = tmp_path / "judged.csv"
    append_judgement(path, ONE)
    size = path.stat().st_size
    append_judgement(path, replace(ONE, result="é" * 3000))
    os.truncate(path, kept + (size if kept > 0 else path.stat().st_size))
    with pytest.warns(UserWarning, match="not whole"):
        assert read_judgements(path) == (ONE,)
    append_judgement(path, replace(ONE, result="c"))
    assert read_judgements(path) == (ONE, replace(ONE, result="c"))


def test_a_last_line_that_an_editor_left_without_its_end_counts(tmp_path):
    path = tmp_path / "judged.csv"
    append_judgement(path, ONE)
    append_judgement(path, replace(ONE, result="b.jpg"))
    path.write_bytes(path.read_bytes()[:-1])
    assert read_judgements(path) == (ONE, replace(ONE, result="b.jpg"))
    append_judgement(path, replace(ONE, result="c.jpg"))
    assert [one.result for one in read_judgements(path)] == [ONE.result, "b.jpg", "c.jpg"]


def test_a_verdict_holds_at_every_rank_at_which_the_result_was_judged(tmp_path):
    path, later = tmp_path / "judged.csv", replace(ONE, rank=3)
    append_judgement(path, ONE)
    append_judgement(path, later)
    assert read_judgements(path) == (ONE, later)
    append_judgement(path, replace(later, judged="wrong"))
    assert read_judgements(path) == (replace(ONE, judged="wrong"), replace(later, judged="wrong"))
    append_judgement(path, replace(later, judged="unsure"))
    assert read_judgements(path) == ()


@pytest.mark.parametrize("text", ["notes on my experiment", "query;result\n1;2", "a,b\n1,2\n"])
def test_another_file_is_refused_and_stays_as_it_is(tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    for touch in (lambda: append_judgement(path, ONE), lambda: rename_judged(path, {"a": "b"})):
        with pytest.raises(DataError, match="has no column"):
            touch()
        assert path.read_text() == text


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_without_networks_gets_their_column(tmp_path, end, mark):
    path = tmp_path / "judged.csv"
    head = "note,query,result,rank,similarity,query_modality,modality,judged,when"
    lines = [head, "mine,q,r,1,0.5,visible,infrared,right,"]
    path.write_bytes((mark + (end or "\n").join(lines) + end).encode())
    append_judgement(path, replace(ONE, network=""))
    assert "network" not in path.read_text()
    append_judgement(path, ONE)
    append_judgement(path, replace(ONE, network="other"))
    assert [one.network for one in read_judgements(path)] == ["", "", "net", "other"]
    assert b"mine,q,r,1" in path.read_bytes()


@pytest.mark.parametrize(
    "text", ["", "judged,query,result,rank,similarity,query_modality,modality,when"]
)
def test_a_head_alone_is_a_file_without_judgements(tmp_path, text):
    path = tmp_path / "judged.csv"
    path.write_text(text)
    assert read_judgements(path) == ()
    append_judgement(path, ONE)
    assert read_judgements(path) == (ONE,)


def test_names_that_are_no_unicode_are_kept(tmp_path):
    path, name = tmp_path / "judged.csv", os.fsdecode(b"\xff.jpg")
    append_judgement(path, replace(ONE, query=name))
    assert read_judgements(path)[0].query == name
    with pytest.raises(DataError, match="no file can hold"):
        replace(ONE, query="\ud800.jpg")


def test_a_head_that_is_not_whole_is_written_anew(tmp_path):
    path = tmp_path / "judged.csv"
    path.write_text("query,res")
    append_judgement(path, ONE)
    assert read_judgements(path) == (ONE,)


def test_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "judged.csv"
    many = [replace(ONE, query=f"{number}" * 40) for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: append_judgement(path, one), many))
    assert sorted(read_judgements(path), key=str) == sorted(many, key=str)


def test_renaming_while_others_write_loses_nothing(tmp_path):
    path = tmp_path / "judged.csv"
    many = [replace(ONE, query=f"query {number}") for number in range(40)]

    def work(number):
        append_judgement(path, many[number])
        if number % 4 == 0:
            rename_judged(path, {f"query {number}": f"other {number}"})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))
    found = {one.query for one in read_judgements(path)}
    assert found == {f"{'query' if number % 4 else 'other'} {number}" for number in range(40)}


def test_a_judgement_that_was_taken_back_keeps_no_name_either(tmp_path):
    path = tmp_path / "judged.csv"
    for one in (ONE, replace(ONE, judged="unsure"), replace(ONE, result="b.jpg")):
        append_judgement(path, one)
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o640)
    rename_judged(path, {ONE.result: "gone"})
    assert read_judgements(path) == (replace(ONE, result="b.jpg"),)
    assert "gone" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "judged.csv"
    append_judgement(path, ONE)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(DataError, match=r"cannot write .*No space"):
        append_judgement(path, ONE)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,label\n", "has no column query, result"),
        ("{head}\nq,r,0,0.5,visible,visible,right,now,\n", "line 2: rank is 0"),
        ("{head}\nq,r,1,0.5,visible,green,right,now,\n", "line 2: modality is 'green'"),
        ("{head}\nq,r,first,0.5,visible,visible,right,now,\n", "line 2: invalid literal"),
        ("{head}\na,q,r,1,0.5,visible,visible,right,now,\n", "line 2: 10 values; expected 9"),
        ('{head}\n"q,r,1,0.5,visible,visible,right,now,\nq,r\n', "no CSV"),
        ("{head}\n" + "q" * 200_000 + ",r,1,0.5,visible,visible,right,now,\n", "no CSV"),
    ],
)
def test_other_files_are_refused(tmp_path, text, words):
    path = tmp_path / "judged.csv"
    head = "query,result,rank,similarity,query_modality,modality,judged,when,network"
    path.write_text(text.replace("{head}", head))
    with pytest.raises(DataError, match=words):
        read_judgements(path)


def test_names_with_line_breaks_are_refused():
    with pytest.raises(DataError, match="query holds a line break"):
        replace(ONE, query="a\nb")
