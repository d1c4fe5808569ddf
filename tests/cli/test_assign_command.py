"""`vireid assign`."""

import csv

import numpy as np
import pytest

import vireid
from tests.runs.test_assign import rates
from vireid.ranking import load_gallery, save_rates


@pytest.fixture(scope="module")
def files(trained, people, tmp_path_factory):
    """Return labels of the training images, and rates of the run."""
    folder = tmp_path_factory.mktemp("assign")
    known = vireid.embed(trained, people, part="train", device="cpu", cache="none")
    who = np.array([int(path.split("/")[1]) for path in known.images.paths])
    vireid.save_labelled(vireid.Labelled(known, who), folder / "known.npz")
    vireid.save_labelled(vireid.Labelled(known, who), folder / "known.csv")
    vireid.save_gallery(known, folder / "known-embeddings.npz")
    save_rates(rates(known.network), folder / "rates.json")
    return folder


def test_a_data_set_gets_numbers(files, trained, people, succeed, tmp_path, capsys):
    words = ("--rates", files / "rates.json", "--device", "cpu", "--cache", "none")
    for labels, more in (("npz", ()), ("csv", ("--old", files / "known-embeddings.npz"))):
        out = tmp_path / f"{labels}.csv"
        known = files / f"known.{labels}"
        succeed("assign", trained, known, people, "--part", "test", "--out", out, *words, *more)
    said = capsys.readouterr().out
    assert "images: " in said
    assert "two images match: visible-visible from 0.500" in said
    assert (tmp_path / "npz.csv").read_text() == (tmp_path / "csv.csv").read_text()
    rows = list(csv.DictReader((tmp_path / "npz.csv").read_text().splitlines()))
    assert [row["path"] for row in rows] == list(vireid.open_data(people).test.paths)
    largest = vireid.load_labelled(files / "known.npz").labels.max()
    assert all((row["new"] == "1") == (int(row["label"]) > largest) for row in rows)


def test_a_file_goes_on_and_can_be_searched(files, trained, succeed, tmp_path):
    out = tmp_path / "again.npz"
    new = files / "known-embeddings.npz"
    succeed(
        "assign", trained, files / "known.npz", new, "--out", out, "--rates", files / "rates.json"
    )
    with np.load(out) as found, np.load(files / "known.npz") as known:
        np.testing.assert_array_equal(found["labels"], known["labels"])
        assert not found["new"].any()
    assert len(load_gallery(out)) == len(load_gallery(new))


def test_mistakes_are_one_line(files, trained, people, mistake, tmp_path):
    known, out = files / "known.npz", tmp_path / "x.npz"
    assert "ends in .csv or .npz" in mistake("assign", trained, known, people, "--out", "x.txt")
    assert "keeps no error rates" in mistake("assign", trained, known, people, "--out", out)
    assert "--old names 2 files for 1" in mistake(
        "assign", trained, known, people, "--out", out, "--old", known, known
    )
    assert "no embeddings" in mistake("assign", trained, files / "known.csv", people, "--out", out)
    assert not out.exists()
