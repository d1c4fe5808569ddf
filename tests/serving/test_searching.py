"""Search over HTTP: by an image, a row or a track, with filters."""

import json

import numpy as np
import pytest

from tests.serving.fakes import DAY, FakeEmbedding, draw

IMAGE = {"content-type": "image/png"}


def search(client, data=None, **words):
    words = {"modality": "visible", **words}
    answer = client.post(
        "/api/search/image", params=words, content=data or draw("red", 7), headers=IMAGE
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_image_finds_its_person(shared, template):
    from vireid.gallery import open_gallery

    told = search(shared, top=3)
    assert {one["name"].split()[0] for one in told["results"]} == {"red"}
    assert told["rows"] == 9
    rows = open_gallery(template / "gallery").rows()  # the slow way
    query = FakeEmbedding()
    from tests.serving.fakes import pixels_of
    from vireid.types import Images

    (template / "query.png").write_bytes(draw("red", 7))
    images = Images(template, ("query.png",), [0], [0])
    vector = query.embed(pixels_of(images, query.size), images, None).vectors[0]
    products = rows.vectors @ vector
    order = np.argsort(-products, kind="stable")[:3]
    assert [one["key"] for one in told["results"]] == [rows.facts.key[i].decode() for i in order]
    found = [one["similarity"] for one in told["results"]]
    assert found == pytest.approx(products[order], abs=6e-5)


def test_the_very_image_is_marked(shared):
    told = search(shared, draw("blue", 1))
    assert [one["itself"] for one in told["results"]] == [True, *[False] * 8]
    assert told["results"][0]["key"] == told["query"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({"only": "infrared"}, {"red 2.png", "green 2.png", "blue 2.png"}),
        ({"camera": "yard"}, {"red 1.png", "green 1.png", "blue 1.png"}),
        (
            {"camera": ["yard", "<b>gate</b>"], "since": DAY + 300},
            {"blue 0.png", "blue 1.png"},
        ),
        ({"until": DAY + 60}, {"red 0.png"}),
        ({"track": "3"}, {"green 0.png"}),
        ({"camera": "' OR 1=1 --"}, set()),
    ],
)
def test_filters(shared, words, names):
    assert {one["name"] for one in search(shared, **words)["results"]} == names


def test_a_filter_that_nobody_knows_is_named(shared):
    answer = shared.get("/api/search", params={"key": "0" * 16, "colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("colour: nothing here has that name; /openapi.json")


def test_one_result_for_each_track(shared):
    tracks = [one["track"] for one in search(shared, by="track")["results"]]
    assert sorted(tracks) == ["0", "1", "3", "4", "6", "7"]


def test_a_result_finds_others_like_it(shared):
    first = search(shared, top=1)["results"][0]
    told = shared.get("/api/search", params={"key": first["key"], "top": 2}).json()
    assert {one["name"].split()[0] for one in told["results"]} == {"red"}
    assert first["key"] not in {one["key"] for one in told["results"]}


def test_what_the_query_shows_is_told(shared):
    """A row's modality is that of the row, whatever the page's buttons say by then."""
    image = search(shared, modality="infrared")
    assert image["query_modality"] == "infrared"
    for one in image["results"]:
        told = shared.get("/api/search", params={"key": one["key"]}).json()
        assert told["query_modality"] == one["modality"]


def test_a_track_finds_others_like_it(shared):
    told = shared.get("/api/search", params={"of_track": "1", "top": 1}).json()
    assert told["query"] is told["query_modality"] is None
    assert told["results"][0]["name"] == "red 0.png"


def test_a_small_picture_is_a_jpeg(shared):
    key = search(shared, top=1)["results"][0]["key"]
    answer = shared.get(f"/api/thumbnails/{key}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert answer.headers["cache-control"] == "no-store"


def test_what_the_gallery_is(shared):
    told = shared.get("/api/about").json()
    assert told["rows"] == 9
    assert told["cameras"]["visible"] == ["<b>gate</b>", "yard"]
    assert told["writes"] is True


def test_health_and_measures(shared):
    assert shared.get("/healthz").text == "ok"
    search(shared)
    told = shared.get("/metrics").text
    assert 'vireid_requests_total{method="POST",route="/api/search/image",status="200"}' in told
    assert "vireid_rows 9.0" in told


def test_openapi_names_every_route(shared):
    told = shared.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/api/search/image", "/api/search", "/api/thumbnails/{key}", "/api/about", "/api/images",
        "/api/forget", "/api/judgements", "/healthz", "/metrics",
    }  # fmt: skip
    json.dumps(told)
