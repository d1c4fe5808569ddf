"""`vireid.export`, and an export in place of its run."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import vireid
from vireid.cli.main import main
from vireid.data.pixels.images import decode_image
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.exporting.facts import Facts, read_facts
from vireid.ranking import MatchRates, save_rates
from vireid.runs import BEFORE
from vireid.runs.embedder import Embedder
from vireid.runs.export import thresholds
from vireid.types import Levels, Modality, PairRates, Span

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")


@pytest.fixture
def copied(exported, tmp_path):
    """Return a copy of the export that may be damaged."""
    return shutil.copytree(exported, tmp_path / "copy")


def test_an_export_embeds_as_its_run_in_one_space(kept, exported, people):
    test = vireid.open_data(people).test
    ways = {"centre": "training"}, {"centre": "own"}, {"centre": "none"}, {}
    for way in ways:
        expected = vireid.embed(kept, test, stage=BEFORE, **way)
        found = vireid.embed(exported, test, **way)
        if way != {"centre": "own"}:  # whose last digits are those of the embeddings
            assert found.network == expected.network
        assert found.labelling == expected.labelling
        np.testing.assert_allclose(
            found.embeddings.vectors, expected.embeddings.vectors, rtol=0, atol=1e-4
        )
    ranking = vireid.search(found, expected, top=1)  # each image finds itself, or its double
    assert (ranking.similarity[:, 0] > 1 - 1e-4).all()


def test_scores_are_those_of_the_run_to_the_last_digit(kept, exported, people, tmp_path):
    scores = [
        vireid.evaluate(model, people, stages=stages, flip=flip, out=tmp_path / name / str(flip))
        for model, stages, name in ((kept, BEFORE, "run"), (exported, None, "export"))
        for flip in (False, True)
    ]
    assert [str(one) for one in scores[2:]] == [str(one) for one in scores[:2]]
    assert str(scores[0]) != str(scores[1])
    networks = [one.facts["networks"] for one in scores]
    assert networks[0] == networks[2]


def test_results_of_an_evaluation_lie_beside_the_export(copied, people):
    before = sorted(copied.iterdir())
    found = vireid.evaluate(copied, people)
    assert {file.parent for file in found.files} == {copied.with_name("copy-evaluation")}
    assert sorted(copied.iterdir()) == before


WITHOUT = """
import sys
from vireid.cli.main import main
exported, gallery, query, store, data = sys.argv[1:]
words = (
    ["search", exported, query, "--modality", "infrared", "--gallery", gallery],
    ["embed", exported, data, "--part", "test", "--out", store + ".npz"],
    ["gallery", "create", store],
    ["gallery", "add", store, data, "--part", "test", "--run", exported],
    ["gallery", "search", store, query, "--run", exported, "--modality", "infrared"],
)
for one in words:
    assert main(one) == 0, one
from vireid.gallery import open_gallery
import vireid.serving.app, vireid.serving.running
from vireid.serving.embedding import RunEmbedding
from vireid.serving.serve import check_network, find_rates, default_places
from vireid.serving.stored import Stores
network = RunEmbedding(exported)
opened = open_gallery(store)
assert network.network(network.first_statistics()) == opened.head().made.network
assert find_rates(default_places(store), exported, network, opened) is None
assert "torch" not in sys.modules, "torch"
"""


def test_what_takes_an_export_loads_no_torch(kept, exported, people, tmp_path):
    for package in ("lancedb", "fastapi", "uvicorn", "prometheus_client"):
        pytest.importorskip(package, reason="needs the extras gallery and serve")
    gallery = tmp_path / "gallery.npz"
    vireid.save_gallery(vireid.embed(kept, people, part="test", stage=BEFORE), gallery)
    query = people / vireid.open_data(people).test.paths[-1]
    words = [exported, gallery, query, tmp_path / "store", people]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, words)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "64 new rows" in done.stdout


def test_the_page_shows_python_that_embeds_as_vireid(exported, people, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "exporting.md"
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(exported.parent)
    shown: dict = {}
    exec(block, shown)
    test = vireid.open_data(people).test
    rows = np.flatnonzero(test.modality == Modality.INFRARED)[:3]
    crops = [decode_image(test, int(row)) for row in rows]
    expected = vireid.embed(exported, test.subset(rows), centre="none").embeddings.vectors
    np.testing.assert_allclose(shown["embed"](crops, "infrared"), expected, rtol=0, atol=1e-5)


def test_the_command(kept, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    words = ["export", kept.recipe_file.parent, out, "--stage", BEFORE]
    assert main([*map(str, words)]) == 0
    assert f"written: {out}" in capsys.readouterr().out.replace("\n", "")
    assert sorted(one.name for one in out.iterdir()) == [
        "export.json", "infrared.onnx", "visible.onnx",
    ]  # fmt: skip
    assert [one.name for one in out.parent.iterdir()] == ["out"]
    assert read_facts(out).licence == "not stated"
    assert main([*map(str, words)]) == 2
    assert "is there and not empty; choose another folder" in capsys.readouterr().err


def rates(network):
    """Return rates that fall to 0.004 at similarity 0.6, and are known up to 0.5."""
    fmr = np.array([1, 0.2, 0.09, 0.02, 0.01, 0.004, 0])
    curves = dict.fromkeys(("fmr_low", "fmr_high"), fmr)
    curves |= dict.fromkeys(("fnmr", "fnmr_low", "fnmr_high"), fmr[::-1])
    kinds = (Modality.VISIBLE, Modality.INFRARED)
    pair = PairRates(kinds, np.arange(1, 8) / 10, fmr, **curves, supported=0.5, different=900,
        disputed=0, same=9, clusters=(9, 9))  # fmt: skip
    return MatchRates((pair,), network)


def test_rates_go_with_an_export_as_thresholds_too(kept, exported, tmp_path):
    network = Embedder(exported).fingerprint(read_facts(exported).statistics)
    save_rates(rates(network), tmp_path / "rates.json")
    out = vireid.export(kept, tmp_path / "out", stage=BEFORE, rates=tmp_path / "rates.json")
    assert vireid.load_rates(out / "rates.json").network == network
    expected = {"infrared-visible": {"0.1": 0.3, "0.01": 0.5, "0.001": None}}
    assert read_facts(out).thresholds == expected == thresholds(rates(None))
    save_rates(rates("0" * 16), tmp_path / "rates.json")
    with pytest.raises(DataError, match="the rates are of network 0000"):
        vireid.export(kept, tmp_path / "other", stage=BEFORE, rates=tmp_path / "rates.json")
    with pytest.raises(DataError, match="the rates are of network 0000"):
        vireid.export(kept, tmp_path / "other", stage=BEFORE, rates=rates("0" * 16))
    assert not (tmp_path / "other").exists()


def test_facts_are_read_as_they_were_written(exported, tmp_path):
    facts = replace(
        read_facts(exported), levels=Levels({(Modality.INFRARED, "a"): Span(10, 900)}), fold=3
    )
    (tmp_path / "export.json").write_text(facts.to_json())
    found = read_facts(tmp_path)
    assert found.to_json() == facts.to_json()
    assert (found.levels, found.fold) == (facts.levels, 3)
    assert found.statistics.fingerprint == facts.statistics.fingerprint
    assert isinstance(found, Facts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "it has format 2; this version of vireid reads 1"),
        ({"height": "32"}, "height is '32'"),
        ({"centre": "some"}, "centre is 'some'"),
        ({"more": 1}, "cannot be used"),
        ({"network": "0" * 16}, "files of several exports are mixed"),
    ],
)
def test_a_damaged_export_is_refused(copied, people, change, words):
    file = copied / "export.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(CheckpointError, match=words):
        vireid.embed(copied, people, part="test")


def test_graphs_that_are_swapped_cut_or_gone_are_refused(copied, people):
    visible, infrared = copied / "visible.onnx", copied / "infrared.onnx"
    whole = visible.read_bytes()
    visible.write_bytes(infrared.read_bytes())
    for damage, words in (
        (None, "says modality infrared"),
        (whole[:1000], "is no graph that ONNX Runtime reads"),
    ):
        if damage is not None:
            visible.write_bytes(damage)
        with pytest.raises(CheckpointError, match=words):
            vireid.embed(copied, people, part="test")
    visible.unlink()
    with pytest.raises(CheckpointError, match="No such file"):
        vireid.embed(copied, people, part="test")


def test_what_does_not_apply_to_an_export(exported, people, tmp_path):
    with pytest.raises(ConfigError, match="stage joint applies to runs"):
        vireid.embed(exported, people, stage="joint")
    with pytest.raises(ConfigError, match="apply to runs"):
        vireid.evaluate(exported, people, stages="every")
    with pytest.raises(ConfigError, match="is an export already"):
        vireid.export(exported, tmp_path / "out")
    with pytest.raises(ConfigError, match="does not know its training images"):
        vireid.calibrate(exported, people)
    with pytest.raises(ConfigError, match="--device cuda:7 cannot be used"):
        vireid.embed(exported, people, device="cuda:7")
