"""The verb: what it refuses before it listens, and that a run's network is the one of `embed`."""

from pathlib import Path

import numpy as np
import pytest

import vireid
from tests.serving.fakes import FakeEmbedding, draw
from vireid.errors import ConfigError, DataError


@pytest.fixture(scope="module")
def checkpoint(tiny, tmp_path_factory) -> Path:
    """Return the file of a network that was not trained."""
    from vireid.models import build_network
    from vireid.recipes import dump_recipe
    from vireid.runs.checkpoint import save_checkpoint

    path = tmp_path_factory.mktemp("network") / "before.safetensors"
    network = build_network("test_efficientnet", weights="none", seed=100)
    save_checkpoint(path, network.state_dict(), {"stage": "before", "recipe": dump_recipe(tiny)})
    return path


@pytest.mark.parametrize(("kind", "modality"), [("PNG", "visible"), ("JPEG", "infrared")])
def test_a_picture_that_is_sent_is_embedded_as_its_file_is(checkpoint, tmp_path, kind, modality):
    from vireid.serving.basis import Basis
    from vireid.serving.embedding import RunEmbedding
    from vireid.serving.pictures import Sent, decoded
    from vireid.serving.queries import embedded
    from vireid.types import Levels, Modality

    paths = [tmp_path / f"{colour}.{kind.lower()}" for colour in ("green", "red")]
    for path in paths:
        path.write_bytes(draw(path.stem, 1, kind, (33, 70)))
    network = RunEmbedding(checkpoint, device="cpu")
    sent = [Sent(path.read_bytes(), Modality[modality.upper()], "yard") for path in paths]
    pictures = [decoded(one, network.size, Levels(), 10**6) for one in sent]
    made = embedded(pictures, network, Basis())
    plain = vireid.embed(checkpoint, tmp_path, modality=modality, camera="yard", device="cpu")
    for one, row in zip(made, range(2), strict=True):
        np.testing.assert_array_equal(one.vectors[0], plain.vectors[row])
        assert one.network == plain.network
        assert one.levels == plain.levels


def test_a_gallery_of_another_network_is_refused_at_start(own, checkpoint):
    with pytest.raises(DataError, match="vireid gallery reembed"):
        vireid.serve(own / "gallery", checkpoint, device="cpu")


def test_a_gallery_that_is_none(tmp_path, checkpoint):
    with pytest.raises(DataError, match="holds no store"):
        vireid.serve(tmp_path, checkpoint, device="cpu")


def test_a_root_that_is_none(own):
    from vireid.serving import Places

    places = Places(own / "audit", own / "judged", roots=(own / "nowhere",))
    with pytest.raises(ConfigError, match="--root"):
        vireid.serve(own / "gallery", FakeEmbedding(), places=places)


def test_object_storage_needs_to_be_told_where_logs_go():
    with pytest.raises(ConfigError, match="--audit"):
        vireid.serve("s3://bucket/gallery", FakeEmbedding())


def test_a_log_that_cannot_be_written(own):
    from vireid.serving import Places

    (own / "file").touch()
    with pytest.raises(DataError, match="audit"):
        vireid.serve(
            own / "gallery", FakeEmbedding(), places=Places(own / "file" / "log", own / "judged")
        )


def test_a_missing_package_is_named(own, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConfigError, match=r"uvicorn.*vireid\[serve\]"):
        vireid.serve(own / "gallery", FakeEmbedding())


def test_an_address_that_is_taken(own):
    import socket

    from vireid.serving import Listening

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match=f"port {port}"):
            vireid.serve(own / "gallery", FakeEmbedding(), listening=Listening(port=port))


def test_all_that_the_service_writes_is_for_its_owner(own, begin):
    import os

    from vireid.serving import Places
    from vireid.serving.serve import check_places

    before = set(own.rglob("*"))
    given = {"audit": own / "logs" / "audit", "judgements": own / "marks" / "judged"}
    old = os.umask(0)
    try:
        check_places(Places(**given, uploads=own / "uploads"))
        with begin(own, places=given) as (client, service):
            image = {"content-type": "image/png"}
            client.post("/api/images?modality=visible", content=draw("red", 8), headers=image)
            keys = [key.decode() for key in service._reader.look().facts.key.tolist()]
            mark = {"query": keys[0], "result": keys[1], "rank": 1, "similarity": 0.5}
            mark |= {"query_modality": "visible", "judged": "right"}
            assert client.post("/api/judgements", json=mark).status_code == 200
            client.post("/api/forget", json={"keys": keys[:1]})
    finally:
        os.umask(old)
    made = [path for path in own.rglob("*") if path not in before | {own / "gallery"}]
    made = [path for path in made if not path.is_relative_to(own / "gallery")]
    assert {path.name for path in made} >= {"logs", "audit", "marks", "judged", "uploads"}
    assert len(made) == 6
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_expected_false_matches_are_the_rate_times_what_was_searched(own, begin):
    from vireid.ranking import MatchRates
    from vireid.types import Modality, PairRates

    steps = np.linspace(-1, 1, 21)
    rate = np.clip(1 - steps, 0, 1)
    zero = np.zeros(21)
    pair = PairRates(
        (Modality.VISIBLE, Modality.VISIBLE), steps, rate, zero, zero + 0.7, zero, zero, zero,
        supported=0.5, different=100, disputed=0, same=10, clusters=(5, 5),
    )  # fmt: skip
    rates = MatchRates((pair,), "fake")

    def expected(one):
        below = np.floor(one["similarity"] * 10 + 1e-6) / 10
        return 0.7 if one["similarity"] >= 0.6 else min(1, 1 - below)

    image = {"content-type": "image/png"}
    with begin(own, rates=rates) as (client, _):
        other, mine = draw("red", 7), draw("red", 0)  # which is a row of the gallery
        yard = {"camera": "yard"}
        for data, filters, searched in ((other, {}, 6), (mine, {}, 5), (other, yard, 3)):
            words = {"modality": "visible", "top": 9, **filters}
            answer = client.post("/api/search/image", params=words, content=data, headers=image)
            told = answer.json()
            if data is mine:
                again = client.get("/api/search", params={"key": told["query"], "top": 9}).json()
                counts = {one["key"]: one["false_matches"] for one in told["results"]}
                assert {one["key"]: one["false_matches"] for one in again["results"]} == {
                    key: count for key, count in counts.items() if key != told["query"]
                }
            for one in told["results"]:
                told = one["false_matches"], one["fewer"]
                if one["modality"] == "infrared":
                    assert told == (None, False)
                    continue
                assert told[0] == pytest.approx(searched * expected(one), abs=1e-6)
                assert told[1] == (one["similarity"] >= 0.6)
        shown = [one for one in answer.json()["results"] if one["modality"] == "visible"]
        itself = {"key": shown[0]["key"], "top": 9, "only": "visible"}
        for one in client.get("/api/search", params=itself).json()["results"]:
            assert one["false_matches"] == pytest.approx(5 * expected(one), abs=1e-6)
        told = client.get("/api/search", params={"of_track": "1"}).json()["results"]
        assert {one["false_matches"] for one in told} == {None}


def test_rates_of_the_run_are_passed_over_where_they_cannot_be_used(own):
    from vireid.gallery import open_gallery
    from vireid.serving import Places
    from vireid.serving.serve import find_rates

    run, store = own / "run", open_gallery(own / "gallery")
    places = Places(own / "audit", own / "judged")
    assert find_rates(places, run, FakeEmbedding(), store) is None
    run.mkdir()
    (run / "rates.json").write_text("{")
    with pytest.warns(UserWarning, match=r"rates.json is not used"):
        assert find_rates(places, run, FakeEmbedding(), store) is None
    named = Places(own / "audit", own / "judged", rates=run / "rates.json")
    with pytest.raises(DataError, match="cannot be used"):
        find_rates(named, run, FakeEmbedding(), store)
