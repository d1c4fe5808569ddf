"""Private data that scored too well in silence: the query's own camera, copies, no cameras."""

import shutil

import pyarrow.parquet
import pytest
from safetensors.torch import load_file, save_file

from tests.people import manifest, two_folders
from tests.written import entries, only, table
from vireid.cli.main import main
from vireid.runs.checkpoint import load_metadata


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to."""
    return shutil.copytree(trained, tmp_path / "run")


@pytest.fixture
def root(tmp_path):
    """Return six people in two folders."""
    return two_folders(tmp_path / "own", people=6, shots=4)


def rows(root, camera=None):
    """Yield an archive: the first infrared shots are queries, all else is gallery."""
    for file in sorted(root.rglob("*.png")):
        path = file.relative_to(root).as_posix()
        kind, number = path.split("/")[0], int(path.split("/")[1])
        shot = int(file.stem)
        where = str((1 if kind == "visible" else 4) + shot % 2) if camera is None else camera
        word = "query" if kind == "infrared" and shot == 0 else "gallery"
        yield path, kind, where, str(number), word


@pytest.fixture
def said(run, capsys):
    """Return a function that evaluates, and gives what was printed."""

    def go(*words):
        capsys.readouterr()
        assert main(["evaluate", str(run), *map(str, words)]) == 0
        return capsys.readouterr().out

    return go


def facts(run, name):
    """Return the entry of the protocol whose name ends so."""
    every = entries(run / "evaluation.json").values()
    (found,) = [entry for entry in every if entry["protocol"].endswith(name)]
    return found


def pairs(run, name):
    """Return how many pairs of query and match there are, of one modality, and of one camera."""
    return tuple(facts(run, name)["matches"].values())


def test_the_own_camera_is_ignored_and_what_remains_is_counted(run, root, said):
    data = manifest(root / "archive.csv", rows(root))
    out = said(data)
    assert "query against gallery, own camera ignored, 1 draw, %" in out
    assert "ignored: images of the query's identity, modality and camera" in out
    # of a query's seven others one shares its camera, two only its modality, four neither
    assert "matches: 12 of 36 of the query's own modality, none of its own camera" in out
    out = said(data, "--ignore", "nothing")
    assert "warning: 6 of 42 matches are of the query's own camera and modality, which the f" in out
    assert pairs(run, "nothing ignored") == (42, 18, 6, 0)
    out = said(data, "--ignore", "own-modality")
    assert "matches: none of the query's own modality" in out
    assert pairs(run, "other modality only") == (24, 0, 0, 0)


def test_the_other_modality_only_is_the_same_as_a_gallery_of_it(run, root, said):
    said(manifest(root / "archive.csv", rows(root)), "--ignore", "own-modality")
    visible = [row for row in rows(root) if row[4] == "query" or row[1] == "visible"]
    said(manifest(root / "visible.csv", visible))
    one, other = (
        facts(run, name)["stages"]["aligned"] for name in ("modality only", "camera ignored")
    )
    assert one["mean"] == other["mean"]


@pytest.mark.parametrize("camera", ["0", "7"])
def test_unknown_cameras_and_one_camera(run, root, said, camera):
    out = said(manifest(root / "all.csv", rows(root, camera)))
    if camera == "0":
        assert "no camera known, nothing ignored" in out
        assert "warning: no camera is known, nothing is excluded" in out
        assert pairs(run, "nothing ignored") == (42, 18, 0, 18)
    else:
        assert "camera is" not in out
        assert pairs(run, "own camera ignored") == (24, 0, 0, 0)


def test_some_unknown_cameras_are_counted(run, root, said):
    some = [row if row[3] != "2" else (*row[:2], "0", *row[3:]) for row in rows(root)]
    out = said(manifest(root / "some.csv", some))
    assert "the camera of 8 images of 48 is unknown, where nothing is" in out
    assert "warning: 3 of 37 matches are of the query's modality and of an unknown camera" in out
    assert pairs(run, "own camera ignored") == (37, 13, 0, 3)
    half = [row if row[4] == "query" else (*row[:2], "0", *row[3:]) for row in rows(root)]
    out = said(manifest(root / "half.csv", half))
    assert "warning: 18 of 42 matches are of the query's modality and of an unknown camera" in out
    assert "no camera is known" not in out


def test_the_rule_is_named_where_it_excludes_all_matches(run, root, mistake):
    infrared = [row for row in rows(root, "4") if row[1] == "infrared"]
    message = mistake("evaluate", run, manifest(root / "all.csv", infrared))
    assert "none of the 6 queries counts by the protocol query against gallery, own ca" in message
    assert "ignore all of them by its rule, images of the query's identity, modality" in message
    assert message.endswith("--ignore nothing keeps them\n")
    assert not (run / "evaluation.json").exists()


def test_some_queries_that_the_rule_excludes_are_told(run, root, succeed, capsys):
    left = [row for row in rows(root) if row[3] != "2" or row[1:3] == ("infrared", "4")]
    left = [row for row in left if row[3] != "3" or row[4] == "query"]
    succeed("evaluate", run, manifest(root / "some.csv", left))
    out, err = capsys.readouterr()
    assert "queries: 4 of 6 count; ignored: images of" in out
    assert "1 of 6 queries have no image of their identity in their gallery and do not" in err
    assert "1 of 6 queries ignore all images of their identity and do not count; ignored" in err
    assert only(run / "metrics.json")["counting"] == {
        "valid": [4], "no_match_in_gallery": 1, "all_matches_ignored": 1, "unknown_camera": 0,
    }  # fmt: skip


@pytest.mark.parametrize("camera", ["4", "9"])
def test_copies_of_queries_in_the_gallery_are_told(run, root, said, camera):
    kept = [row for row in rows(root) if row[1] == "visible" or row[4] == "query"]
    copied = []
    (root / "copies").mkdir()
    for number, row in enumerate(row for row in kept if row[4] == "query"):
        shutil.copy(root / row[0], root / f"copies/{number}.png")
        copied.append((f"copies/{number}.png", "infrared", camera, row[3], "gallery"))
    out = said(manifest(root / "copies.csv", [*kept, *copied]))
    found = {"found": 0, "ignored": 6} if camera == "4" else {"found": 6, "ignored": 0}
    assert facts(run, "own camera ignored")["copies"] == found
    if camera == "4":
        assert "warning: 6 of 6 queries have an exact copy of themselves in their gallery, " in out
    else:
        assert "under another path: the scores are too good" in out
        assert only(run / "metrics.json")["stages"]["aligned"]["rank1"] == 100


def test_every_test_image_against_all_others(run, people, root, said):
    out = said(people, "--protocol", "leave-one-out")
    assert "leave-one-out, own camera ignored, 1 draw, %" in out
    assert "galleries: not drawn: all other test images; 64 images" in out
    found = pyarrow.parquet.read_table(table(run)).to_pylist()
    assert len(found) == 64
    assert all(row["best"] != row["query"] and row["matches"] == 12 for row in found)
    said(manifest(root / "m.csv", rows(root)), "--protocol", "leave-one-out", "--ignore", "nothing")
    assert facts(run, "leave-one-out, nothing ignored")["counting"]["valid"] == [48]


def test_a_network_that_has_collapsed_is_at_chance(run, root, said):
    file = run / "checkpoints" / "aligned.safetensors"
    told = load_metadata(file)
    weights = {name: value * 0 for name, value in load_file(file).items()}
    norms = [name for name, value in weights.items() if value.ndim == 1]
    for name in norms:  # every image becomes the same vector, of ones
        weights[name] = weights[name] + 1
    save_file(weights, file, told)
    data = manifest(root / "m.csv", rows(root))
    out = said(data)
    assert "warning: aligned is at chance level: the embeddings are nearly all equal; 100%" in out
    assert "mAP" not in out[out.index("warning:") :], "one line says it"
    assert facts(run, "own camera ignored")["ties"]["aligned"]["share"] == 1
    assert facts(run, "own camera ignored")["chance"]["mAP"] > 0
