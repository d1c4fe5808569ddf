"""`vireid label`."""

import csv

import numpy as np
import pytest

import vireid
from vireid.cli.main import main
from vireid.cluster import dbscan, jaccard_distance
from vireid.labelling import CameraUse, ClusteringConfig, MultiMemoryMatching, TrackUse
from vireid.labelling.settings import settings_text
from vireid.types import Known

PEOPLE, IMAGES, SIZE = 6, 9, 24


@pytest.fixture
def features(tmp_path):
    """Return a file of embeddings of both modalities, with paths, and what it holds."""
    generator = np.random.default_rng(3)
    base = generator.normal(size=(PEOPLE, SIZE))
    modality = np.tile([0, 1, 0], PEOPLE * IMAGES // 3)
    rows = np.repeat(base, IMAGES, axis=0) + generator.normal(0, 0.1, (PEOPLE * IMAGES, SIZE))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    paths = np.array([f"p{i:02d}.jpg" for i in range(len(rows))])
    path = tmp_path / "x.npz"
    np.savez(path, vectors=rows, modality=modality, paths=paths)
    return path, rows, modality, paths


def label(*words):
    assert main(["label", *(str(word) for word in words)]) == 0


def test_both_modalities_are_clustered_together(features, tmp_path, capsys):
    path, rows, modality, paths = features
    out = tmp_path / "new" / "labels.csv"
    label(path, "--k1", 9, "--k2", 3, "--eps", 0.5, "--out", out)
    distance = jaccard_distance(rows, k1=9, k2=3, modality=modality, max_distance=0.5)
    expected = dbscan(distance, eps=0.5, min_samples=4)
    table = list(csv.reader(out.read_text().splitlines()))
    assert table[0] == ["path", "label"]
    assert [name for name, _ in table[1:]] == list(paths)
    assert [int(one) for _, one in table[1:]] == expected.tolist()
    said = capsys.readouterr().out
    assert said.startswith("54 images, 6 clusters, 0.0% noise, largest cluster 9 images, ")
    assert said.splitlines()[1].startswith("k1 9, k2 3, eps 0.5, min_samples 4; margin 0.")
    assert "clear (clear from 0.35, doubtful below 0.2, on drawn people)" in said


def test_balanced_neighbours_that_a_file_carries_are_named(features, tmp_path, capsys):
    path, rows, modality, paths = features
    mixed = ClusteringConfig(k1=8, k2=2, neighbours="balanced")
    carried = settings_text(MultiMemoryMatching(mixed=mixed, subset=0.5))
    np.savez(path, vectors=rows, modality=modality, paths=paths, labelling=np.array(carried))
    out = tmp_path / "labels.npz"
    label(path, "--out", out)
    distance = jaccard_distance(
        rows, k1=8, k2=2, modality=modality, balanced=True, max_distance=0.6
    )
    with np.load(out) as found:
        np.testing.assert_array_equal(found["labels"], dbscan(distance, eps=0.6))
    said = capsys.readouterr().out.splitlines()[1]
    assert said.startswith("balanced neighbours, k1 8, k2 2, eps 0.6, min_samples 4; margin 0.")


@pytest.mark.filterwarnings("default:no image says its:UserWarning")
def test_cameras_and_tracks_of_a_file_count_where_its_settings_ask_for_them(
    features, tmp_path, capsys
):
    path, rows, modality, paths = features
    camera, track = np.arange(54) % 4 + 1, np.arange(54) // 2
    settings = MultiMemoryMatching(
        mixed=ClusteringConfig(k1=8, k2=2, neighbours="cameras"),
        cameras=CameraUse("camera"),
        tracks=TrackUse(labels=True),
    )
    carried = np.array(settings_text(settings))
    out = tmp_path / "labels.npz"
    known = {"modality": modality, "camera": camera, "track": track}
    np.savez(path, vectors=rows, paths=paths, labelling=carried, **known)
    label(path, "--out", out)
    with np.load(out) as found:
        labels = found["labels"]
    expected = vireid.label(rows, Known(modality, camera, track), settings=settings)
    np.testing.assert_array_equal(labels, expected)
    assert capsys.readouterr().out.splitlines()[1].startswith("cameras neighbours, k1 8, k2 2, ")
    np.savez(path, vectors=rows, modality=modality, paths=paths, labelling=carried)
    label(path, "--out", out)
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "vireid label: no image says its camera: embeddings lose the mean of their modality in "
        "place of their camera's before they are labelled",
        "vireid label: no image says its camera: labels are made without clusters or shares of "
        "cameras",
        "vireid label: no image says its track: images are labelled without labelling.tracks",
    ]
    assert said.out.splitlines()[1].startswith("k1 8, k2 2, ")
    np.savez(path, vectors=rows, paths=paths, labelling=carried, **known | {"track": track[:-1]})
    assert main(["label", str(path), "--out", str(out)]) == 2
    assert "track has shape (53,); expected shape (54,)" in capsys.readouterr().err


def test_one_modality_alone(features, tmp_path, capsys):
    path, rows, modality, paths = features
    out = tmp_path / "labels.npz"
    label(path, "--modality", "infrared", "--k1", 3, "--k2", 1, "--min-samples", 3, "--out", out)
    chosen = modality == 1
    distance = jaccard_distance(rows[chosen], k1=3, k2=1, max_distance=0.6)
    with np.load(out) as found:
        assert (found["labels"][~chosen] == -1).all()
        expected = dbscan(distance, eps=0.6, min_samples=3)
        np.testing.assert_array_equal(found["labels"][chosen], expected)
        np.testing.assert_array_equal(found["paths"], paths)
    assert capsys.readouterr().out.startswith("18 images, 6 clusters, 0.0% noise")


def test_bare_features_of_any_length(features, tmp_path):
    _, rows, _, _ = features
    bare, out = tmp_path / "bare.npy", tmp_path / "labels.csv"
    np.save(bare, 3 * rows.astype(np.float64))
    label(bare, "--normalise", "--k1", 9, "--out", out)
    expected = dbscan(jaccard_distance(rows, k1=9, max_distance=0.6), eps=0.6)
    table = list(csv.reader(out.read_text().splitlines()))
    assert table[0] == ["row", "label"]
    assert table[1:] == [[str(i), str(one)] for i, one in enumerate(expected)]


def test_the_approximate_search_finds_the_same_here(features, tmp_path, capsys):
    pytest.importorskip("faiss")
    path = features[0]
    for backend in ("exact", "ivf", "hnsw", "auto"):
        label(path, "--backend", backend, "--k1", 9, "--out", tmp_path / f"{backend}.csv")
        said = " ".join(capsys.readouterr().out.split())
        assert ("neighbours are approximate, by" in said) == (backend in {"ivf", "hnsw"})
        assert ("exact: " in said) == (backend == "auto")
        assert (tmp_path / f"{backend}.csv").read_text() == (tmp_path / "exact.csv").read_text()


def test_features_without_any_cluster(tmp_path, capsys, succeed):
    np.save(tmp_path / "x.npy", np.eye(8))
    succeed("label", tmp_path / "x.npy", "--k1", 1, "--out", tmp_path / "x.csv")
    said = capsys.readouterr()
    assert "8 images, 0 clusters, 100.0% noise, largest cluster 0" in said.out
    assert said.err == (
        "vireid label: no clusters: all 8 images are noise; try more neighbours (k1 2), a larger "
        "eps (0.7) or fewer min_samples (2)\n"
    )


UNIT = np.eye(4, dtype=np.float32)


@pytest.mark.parametrize(
    ("arrays", "words", "message"),
    [
        ({"x": UNIT}, (), "holds x; expected an array `vectors`"),
        ({"vectors": UNIT[0]}, (), "of shape (4,); expected floating (N, D)"),
        ({"vectors": np.eye(3, dtype=int)}, (), "int64 of shape (3, 3); expected floating"),
        ({"vectors": UNIT[:0]}, (), "not empty"),
        ({"vectors": 2 * UNIT}, (), "normalise the rows, say with normalise=True or --normalise"),
        ({"vectors": np.nan * UNIT}, (), "NaN or infinite"),
        (
            {"vectors": 0 * UNIT},
            ("--normalise",),
            "(counted from 0) is zero",
        ),
        ({"vectors": UNIT, "modality": np.arange(4)}, (), "modality must be 0"),
        ({"vectors": UNIT, "modality": np.zeros(3, int)}, (), "of shape (4,)"),
        ({"vectors": UNIT, "paths": np.array(["a"])}, (), "paths have shape (1,)"),
        ({"vectors": UNIT}, ("--modality", "visible"), "the file has no array modality"),
        ({"vectors": UNIT}, ("--eps", "1"), "eps is 1.0"),
        ({"vectors": UNIT}, ("--k1", "0"), "k is 0; expected at least 1"),
        ({"vectors": UNIT}, ("--k2", "0"), "k2 is 0"),
        ({"vectors": UNIT}, ("--min-samples", "0"), "min_samples is 0"),
        ({"vectors": UNIT}, ("--threads", "0"), "--threads 0: expected at least 1"),
        ({"vectors": UNIT}, ("--out", "x.txt"), "ends in .csv or .npz"),
    ],
)
def test_mistakes(tmp_path, mistake, arrays, words, message):
    path, out = tmp_path / "x.npz", tmp_path / "y.csv"
    np.savez(path, **arrays)
    assert message in mistake("label", path, "--out", out, *words)
    assert not out.exists()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"\x93NUMPY short"])
def test_files_that_hold_no_features(tmp_path, mistake, content):
    path = tmp_path / "x.npz"
    if content is not None:
        path.write_bytes(content)
    message = mistake("label", path, "--out", tmp_path / "y.csv")
    assert f"{path} is " in message


@pytest.mark.parametrize(
    ("content", "seen"),
    [(b"path,label\na.png,0\n", "it holds text"), (b"", "it is empty"),
     (b"\x80\x04\x95rest", "it begins as neither does")],
)  # fmt: skip
def test_a_file_of_another_kind_is_named_and_never_told_to_be_unpickled(
    tmp_path, mistake, content, seen
):
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    message = mistake("label", path, "--out", tmp_path / "out.csv")
    assert (
        f"{path} is damaged or no npz or npy file: {seen}; expected the file of `vireid" in message
    )
    assert "pickle" not in message
