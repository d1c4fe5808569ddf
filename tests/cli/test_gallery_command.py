"""`vireid gallery` from a file of embeddings to a file of embeddings."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.cli.main import main
from vireid.ranking import MatchRates, load_gallery, save_gallery, save_rates
from vireid.types import Modality, PairRates

V = Modality.VISIBLE

pytest.importorskip("lancedb", reason="stores need the extra gallery")


def test_a_store_is_made_filled_searched_and_emptied(tmp_path, capsys):
    site, npz = str(tmp_path / "site"), tmp_path / "all.npz"
    save_gallery(embedded(tmp_path / "nowhere", 40), npz)

    def told(*words: str, code: int = 0) -> str:
        assert main(["gallery", *words]) == code
        out, err = capsys.readouterr()
        assert (err.count("\n"), bool(err)) == (int(code > 0), code > 0)
        return out or err

    assert "an empty store" in told("create", site, "--keep", "99999")
    assert "made by   none yet" in told("info", site)
    assert told("add", site, str(npz)) == "40 new rows, 0 images there already\n"
    assert told("add", site, str(npz)) == "0 new rows, 40 images there already\n"
    every = json.loads(told("search", site, "--track", "first", "--top", "40", "--json"))
    assert len(every) == 40 - 5
    key = every[0]["key"]
    found = json.loads(told("search", site, "--key", key, "--only", "infrared", "--json"))
    assert {one["modality"] for one in found} == {"infrared"}
    assert key in told("search", site, "--key", key, "--with-itself", "--by-track")
    assert told("forget", site, "--key", key) == "forgotten: 1 row\n"
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # which the command prints
        assert main(["gallery", "forget", site, "--camera", "gates"]) == 0
    out, err = capsys.readouterr()
    assert out == "forgotten: 0 rows\n"
    assert "no row has camera 'gates'; did you mean gate's?" in err
    assert told("forget", site, "--camera", "gate's", "--path", str(tmp_path)).startswith("forgott")
    assert "has no key" in told("search", site, "--key", key, code=2)
    assert told("prune", site) == "expired and forgotten: 0 rows\n"
    assert "too few rows" in told("index", site)
    info = json.loads(told("info", site, "--json"))
    assert info["head"]["keep"] == 99999
    assert [event["what"] for event in json.loads(told("info", site, "--events"))] == [
        "create", "add", "forget", "forget", "index",
    ]  # fmt: skip
    out = tmp_path / "left.npz"
    told("dump", site, "--out", str(out))
    assert len(load_gallery(out)) == info["rows"] < 30


def test_false_matches_are_told_beside_each_result(tmp_path, capsys):
    site, npz, file = str(tmp_path / "site"), tmp_path / "all.npz", tmp_path / "rates.json"
    gallery = embedded(tmp_path / "nowhere", 40)
    save_gallery(gallery, npz)
    grid = np.linspace(-1, 1, 3)
    fmr, none = np.array([1.0, 0.5, 0.25]), np.full(3, np.nan)
    pair = PairRates((V, V), grid, fmr, fmr, fmr, none, none, none, 1.0, 9, 0, 9, (3, 3))
    save_rates(MatchRates((pair,), "one"), file)

    def told(*words):
        assert main(["gallery", *map(str, words)]) == 0
        return capsys.readouterr().out

    told("create", site)
    told("add", site, npz)
    every = json.loads(told("search", site, "--track", "first", "--top", 40, "--json"))
    key = next(one["key"] for one in every if one["modality"] == "visible")
    words = ["search", site, "--key", key, "--rates", file]
    found = json.loads(told(*words, "--top", 40, "--json"))
    others = int((gallery.embeddings.modality == V).sum()) - 1
    for one in found:
        visible = one["modality"] == "visible"
        assert one["false_matches"] == (others * (0.5 if one["similarity"] >= 0 else 1) if visible
                                        else None)  # fmt: skip
    assert json.loads(told(*words, "--only", "visible", "--camera", "Süd", "--json")) == []
    assert "false matches" in told(*words)
    assert "false matches" not in told("search", site, "--track", "first", "--rates", file)
    save_rates(MatchRates((pair,), "other"), file)
    assert main(["gallery", *map(str, words)]) == 2
    assert "rates are of network other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("frget x", "did you mean forget?"),
        ("forget x", "x holds no store"),
        ("search x", "expected images to search by, --key or --track"),
        ("create x --storage region", "expected NAME=VALUE"),
        ("create x --keep 0", "keep is 0 days"),
        ("search x --key y --run z", "--run: applies to images to search by"),
        ("search x --track y --query-camera z", "--query-camera: applies to images to search by"),
        ("add x y --stage joint", "--stage is that of a run"),
        ("add x y --every 3", "--every is between two looks"),
    ],
)
def test_mistakes_are_one_line(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["gallery", *words.split()]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
    assert not Path("x").exists()
