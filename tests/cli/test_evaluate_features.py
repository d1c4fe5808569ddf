"""`vireid evaluate features.npz DATA`: features of any model."""

import shutil

import numpy as np
import pyarrow.parquet
import pytest

import vireid
from tests.written import entries, only
from vireid.cli.main import main
from vireid.data import DataFolder, open_data
from vireid.data.folder import no_images
from vireid.scoring import EvaluationOptions, ProtocolOptions, combinations, evaluate_each
from vireid.types import Embeddings, Images, Truth


@pytest.fixture(scope="module")
def embedded(trained, people, tmp_path_factory):
    """Return the file of embeddings of the test images."""
    file = tmp_path_factory.mktemp("features") / "mine.npz"
    assert main(["embed", str(trained), str(people), "--part", "test", "--out", str(file)]) == 0
    return file


@pytest.fixture
def arrays(embedded):
    """Return what the file holds."""
    with np.load(embedded) as file:
        return {name: file[name] for name in ("vectors", "modality", "paths")}


def go(*words):
    assert main(["evaluate", *map(str, words)]) == 0


def test_features_score_what_their_run_does(trained, people, embedded, tmp_path, capsys):
    run = shutil.copytree(trained, tmp_path / "run")
    go(run, people)
    expected = capsys.readouterr().out.splitlines()[:3]
    file = shutil.copy(embedded, tmp_path / "mine.npz")
    go(file, people)
    out = capsys.readouterr().out
    assert out.splitlines()[0] == expected[0]
    assert out.splitlines()[2].split()[1:] == expected[2].split()[1:]
    beside = tmp_path / "mine-evaluation"
    assert f"written: {beside / 'evaluation.json'}, {beside / 'queries-sysu'}" in out
    mine, its = (only(folder / "evaluation.json") for folder in (beside, run))
    assert mine["stages"]["mine"] == its["stages"]["aligned"]
    assert mine["networks"]["mine"].startswith("features ")
    for name in ("test_images", "chance", "counting", "matches"):
        assert mine[name] == its[name]


def test_rows_are_found_by_their_paths(people, embedded, arrays, tmp_path):
    go(embedded, people, "--out", tmp_path / "whole")
    order = np.random.default_rng(0).permutation(len(arrays["paths"]))
    paths = [f".\\{path}".replace("/", "\\") for path in arrays["paths"][order]]
    vectors = arrays["vectors"]
    longer = 3 * np.concatenate([vectors[order], np.ones((2, vectors.shape[1]))])
    np.savez(tmp_path / "other.npz", paths=[*paths, "train/a.png", "b.png"], vectors=longer)
    go(tmp_path / "other.npz", people, "--out", tmp_path / "other")
    absolute = [str(people / path) for path in arrays["paths"]]
    np.savez(tmp_path / "third.npz", paths=absolute, vectors=vectors)
    go(tmp_path / "third.npz", people, "--out", tmp_path / "third")
    one, other, third = (
        only(tmp_path / place / "evaluation.json")["stages"][name]["mean"]
        for place, name in (("whole", "mine"), ("other", "other"), ("third", "third"))
    )
    assert other == pytest.approx(one)
    assert third == one


def test_a_plain_array_is_in_the_order_of_the_test_images(people, arrays, embedded, tmp_path):
    assert arrays["paths"].tolist() == list(open_data(people).test.paths)
    np.save(tmp_path / "plain.npy", arrays["vectors"].astype(np.float64))
    go(tmp_path / "plain.npy", people, "--mode", "all", "indoor", "--rerank")
    found = entries(tmp_path / "plain-evaluation" / "evaluation.json")
    assert len(found) == 2
    assert all(entry["rerank"] for entry in found.values())
    go(embedded, people, "--rerank", "--out", tmp_path)
    whole = only(tmp_path / "evaluation.json")["stages"]["mine"]["mean"]
    assert next(iter(found.values()))["stages"]["plain"]["mean"] == pytest.approx(whole)


def in_another_order(arrays):
    del arrays["paths"]
    order = np.argsort(arrays["modality"], kind="stable")[::-1]
    for name in arrays:
        arrays[name] = arrays[name][order]


def without_one(arrays):
    for name in arrays:
        arrays[name] = arrays[name][1:]


def without_paths(arrays):
    without_one(arrays)
    del arrays["paths"]


def with_two_of_one(arrays):
    for name in arrays:
        arrays[name] = np.append(arrays[name], arrays[name][:1], axis=0)


def with_nan(arrays):
    arrays["vectors"][5] = np.nan


def with_other_paths(arrays):
    arrays["paths"] = np.array([f"x/{path}" for path in arrays["paths"]])


def with_fewer_modalities(arrays):
    arrays["modality"] = arrays["modality"][:5]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (in_another_order, "rows is another than that of their test image, the first for"),
        (without_one, "lacks 1 of 64 test images: cam1/0009/0000.jpg; it has 63 paths"),
        (without_paths, "has 63 rows for 64 test images; expected one for each, in their order"),
        (with_two_of_one, "has several rows of a path: cam1/0009/0000.jpg; expected one each"),
        (with_nan, "finite"),
        (with_other_paths, "lacks 64 of 64 test images: "),
        (with_fewer_modalities, "modality has shape (5,); expected one for each row"),
    ],
)
def test_features_that_do_not_fit_are_refused(people, arrays, tmp_path, mistake, spoil, message):
    spoil(arrays)
    np.savez(tmp_path / "wrong.npz", **arrays)
    found = mistake("evaluate", tmp_path / "wrong.npz", people)
    assert message in found
    assert "wrong.npz" in found
    assert not (tmp_path / "wrong-evaluation" / "evaluation.json").exists()


def test_options_of_networks_are_refused(people, embedded, mistake, tmp_path):
    for words, option in (
        (["--flip"], "--flip"), (["--every-stage"], "--every-stage"), (["--stage", "x"], "--stage"),
    ):  # fmt: skip
        message = mistake("evaluate", embedded, people, *words)
        assert "holds features, which are final: leave" in message
        assert option in message
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    assert "bad.npz is damaged or no npz" in mistake("evaluate", tmp_path / "bad.npz", people)
    assert "is not a file" in mistake("evaluate", tmp_path / "none.npz", people)
    assert "they are swapped" in mistake("evaluate", people, embedded)


def test_features_in_memory_leave_no_files_unless_a_folder_is_named(people, arrays, tmp_path):
    found = vireid.evaluate(arrays["vectors"], people)
    same = vireid.evaluate(Embeddings(arrays["vectors"], arrays["modality"]), people)
    assert found.table() == same.table()
    assert (found.files, list(found.scores)) == ((), ["features"])
    written = vireid.evaluate(arrays["vectors"], people, out=tmp_path / "out")
    entry = only(tmp_path / "out" / "evaluation.json")
    assert entry["stages"]["features"]["mean"] == found.table()["features"]
    assert len(written.files) == 3


def test_features_of_images_without_files(tmp_path):
    camera = np.tile([1, 2, 3, 6], 10)
    images = Images.of(np.isin(camera, (3, 6)).astype(int), camera)
    truth = Truth(np.repeat(np.arange(5), 8), {2: "anna"})
    data = DataFolder("mine", no_images("."), images, test_truth=truth, protocol="sysu")
    features = np.eye(5)[truth.identities] + 0.1
    options = combinations(ProtocolOptions(), mode=["all", "indoor"], shots=[1, 10])
    every = list(evaluate_each([features], data, EvaluationOptions(protocol=options, out=tmp_path)))
    assert [one.table()["features"]["mAP"] for one in every] == [100.0] * 4
    assert len({one.key for one in every}) == 4
    assert len(str(every[0]).splitlines()) == 3, "the table alone"
    assert [file.suffix for file in every[0].files] == [".json", ".parquet"]
    found = pyarrow.parquet.read_table(every[0].files[1]).to_pylist()
    for name in ("identity", "best_identity"):
        assert {row[name] for row in found} == {"0", "1", "anna", "3", "4"}
