"""Add, forget and judge over HTTP, what lies on the disk before and after, and the audit log."""

import csv
import json
from pathlib import Path

import pytest

from tests.serving.fakes import DAY, FakeEmbedding, draw
from vireid.errors import DataError

IMAGE = {"content-type": "image/png"}


def holds(folder: Path, *needles: bytes) -> set[bytes]:
    """Return which texts are somewhere in the names or bytes of the files below a folder."""
    found = set()
    for path in folder.rglob("*"):
        text = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        found |= {needle for needle in needles if needle in text}
    return found


def test_an_image_is_added_found_judged_and_forgotten(own, begin):
    with begin(own) as (client, _):
        image = draw("green", 9)
        words = {"modality": "infrared", "camera": "pier", "track": "new one", "time": DAY}
        answer = client.post("/api/images", params=words, content=image, headers=IMAGE)
        assert answer.json()["added"] is True
        key = answer.json()["key"]
        again = client.post("/api/images", params=words, content=image, headers=IMAGE)
        assert again.json() == {"key": key, "added": False}
        (file,) = (own / "uploads").iterdir()
        assert file.read_bytes() == image
        assert client.get(f"/api/thumbnails/{key}").status_code == 200
        assert "pier" in client.get("/api/about").json()["cameras"]["infrared"]

        ask = {"modality": "visible", "only": "infrared"}
        told = client.post("/api/search/image", params=ask, content=image, headers=IMAGE).json()
        first = told["results"][0]
        assert (first["key"], first["camera"], first["track"], first["time"]) == (
            key, "pier", "new one", DAY,
        )  # fmt: skip
        mark = {"query": key, "result": told["results"][1]["key"], "rank": 1, "similarity": 0.9}
        mark["query_modality"] = "visible"
        client.post("/api/judgements", json={**mark, "judged": "wrong"})
        judged = client.post("/api/judgements", json={**mark, "judged": "right"}).json()
        (first,) = judged["first"]
        assert (judged["pairs"], first["name"]) == (1, "visible-infrared")
        assert (first["share"], first["count"], first["people"]) == (1.0, 1, 1)
        assert 0.1 < first["low"] < first["high"] == 1.0

        secrets = (key.encode(), b"new one", file.name.encode())
        assert holds(own, *secrets) == set(secrets)
        assert client.post("/api/forget", json={"keys": [key]}).json() == {"forgotten": 1}
        assert holds(own, *secrets) == set()
        assert client.get(f"/api/thumbnails/{key}").status_code == 404
        assert client.get("/api/search", params={"key": key}).status_code == 404
        assert client.get("/api/judgements").json() == judged
        assert client.post("/api/forget", json={"keys": [key]}).json() == {"forgotten": 0}

    lines = [json.loads(line) for line in (own / "audit.jsonl").read_text().splitlines()]
    assert [(one["what"], one["rows"]) for one in lines] == [
        ("add asked", 0), ("add", 1), ("add asked", 0), ("add", 0), ("search", 4),
        ("judge asked", 0), ("judge", 1), ("judge asked", 0), ("judge", 1),
        ("forget asked", 0), ("forget", 1), ("forget asked", 0), ("forget", 0),
    ]  # fmt: skip
    assert lines[4]["by"] == "image"
    assert lines[4]["filters"] == ["only"]
    assert lines[4]["address"] == "127.0.0.1"
    with (own / "judged.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["judged"] for row in rows] == ["right"]
    assert rows[0]["query"].startswith("forgotten-")


def test_what_cannot_be_logged_is_not_done(own, begin, monkeypatch):
    from vireid.serving.audit import Audit

    def full(_audit, _entry):
        raise DataError("the audit log cannot be written (No space left on device)")

    with begin(own) as (client, service):
        rows = service._reader.look().facts
        query, result = (key.decode() for key in rows.key[:2].tolist())
        mark = {"query": query, "result": result, "rank": 1, "similarity": 0.9}
        mark |= {"query_modality": "visible", "judged": "right"}
        monkeypatch.setattr(Audit, "note", full)
        for answer in (
            client.post("/api/images?modality=visible", content=draw("red", 9), headers=IMAGE),
            client.post("/api/forget", json={"keys": [query]}),
            client.post("/api/judgements", json=mark),
        ):
            assert answer.status_code == 503
        after = service._reader.look().facts
        assert after.key.tolist() == rows.key.tolist()
        assert not list((own / "uploads").glob("*"))
        assert client.get("/api/judgements").json()["pairs"] == 0


def test_what_is_done_is_told_though_the_log_is_full_by_then(own, begin, monkeypatch, caplog):
    from vireid.serving.audit import Audit

    plain = Audit.note

    def full(audit, entry):
        if not entry.what.endswith("asked"):
            raise DataError("the audit log cannot be written (No space left on device)")
        plain(audit, entry)

    with begin(own) as (client, _):
        monkeypatch.setattr(Audit, "note", full)
        key = add(client, draw("red", 9))["key"]
        assert client.post("/api/forget", json={"keys": [key]}).json() == {"forgotten": 1}
    lines = [json.loads(line) for line in (own / "audit.jsonl").read_text().splitlines()]
    assert [one["what"] for one in lines] == ["add asked", "forget asked"]
    assert "add was done" in caplog.text
    assert "forget was done" in caplog.text


def add(client, image: bytes) -> dict:
    answer = client.post("/api/images?modality=visible", content=image, headers=IMAGE)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("uploads", ["up", "a/../b/up", "linked/up"])
def test_an_upload_is_forgotten_however_its_folder_is_written(own, begin, monkeypatch, uploads):
    for name in ("a", "b", "real"):
        (own / name).mkdir()
    (own / "linked").symlink_to(own / "real")
    monkeypatch.chdir(own)
    with begin(own, uploads=Path(uploads)) as (client, _):
        key = add(client, draw("green", 9))["key"]
    (file,) = Path(uploads).iterdir()
    again = Path("real/up") if "linked" in uploads else Path(uploads)  # the same folder
    with begin(own, uploads=again) as (client, _):
        assert client.get(f"/api/thumbnails/{key}").status_code == 200
        assert client.post("/api/forget", json={"keys": [key]}).json() == {"forgotten": 1}
    assert not file.exists()


def test_an_interrupted_forgetting_is_done_again(own, begin, monkeypatch):
    from vireid.serving.stored import Writer

    with begin(own) as (client, service):
        result, query = (key.decode() for key in service._reader.look().facts.key[:2].tolist())
        mark = {"query": query, "result": result, "rank": 1, "similarity": 0.9}
        mark |= {"query_modality": "visible", "judged": "right"}
        assert client.post("/api/judgements", json=mark).status_code == 200
        plain = Writer.forget

        def late(writer, where):
            plain(writer, where)
            raise DataError("interrupted")

        monkeypatch.setattr(Writer, "forget", late)
        assert client.post("/api/forget", json={"keys": [query]}).status_code == 503
        monkeypatch.undo()
        assert holds(own, query.encode()) == set()
        sent = {**mark, "query": "0" * 16}  # a query that never was in the gallery
        assert client.post("/api/judgements", json=sent).status_code == 200
        assert client.post("/api/forget", json={"keys": ["0" * 16]}).json() == {"forgotten": 0}
        assert holds(own, b"0" * 16) == set()


def test_an_upload_that_has_expired_comes_in_again(own, begin, monkeypatch):
    import time

    from vireid.gallery import create_gallery

    create_gallery(own / "brief" / "gallery", keep=1)
    with begin(own / "brief", roots=()) as (client, _):
        key = add(client, draw())["key"]
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 200_000)
        assert client.get(f"/api/thumbnails/{key}").status_code == 404
        assert add(client, draw()) == {"key": key, "added": True}
        assert client.get(f"/api/thumbnails/{key}").status_code == 200
        assert client.get("/api/about").json()["rows"] == 1
        words = {"modality": "visible", "time": now}  # 2.3 days ago by then
        answer = client.post("/api/images", params=words, content=draw("red", 5), headers=IMAGE)
        assert answer.status_code == 422
        assert "keeps images for 1 days" in answer.json()["error"]
        assert len(list((own / "brief" / "uploads").iterdir())) == 1


@pytest.mark.parametrize("added", [True, False])
def test_an_addition_that_fails_leaves_file_and_row_or_none(own, begin, monkeypatch, added):
    from vireid.gallery import Store

    plain = Store.add

    def failing(store, gallery):
        if added:
            plain(store, gallery)
        raise DataError("the note of it cannot be written")

    with begin(own) as (client, _):
        monkeypatch.setattr(Store, "add", failing)
        ask = {"content": draw("red", 5), "headers": IMAGE}
        assert client.post("/api/images?modality=visible", **ask).status_code == 503
        monkeypatch.undo()
        assert len(list((own / "uploads").iterdir())) == added
        told = add(client, draw("red", 5))
        assert told["added"] is not added
        assert client.get(f"/api/thumbnails/{told['key']}").status_code == 200


def test_a_file_without_a_row_is_forgotten_by_its_key(own, begin):
    """The row was pruned by another program, or an addition was killed behind its file."""
    from vireid.gallery import Where, open_gallery

    with begin(own) as (client, _):
        key, other = (add(client, draw("red", number))["key"] for number in (7, 8))
        open_gallery(own / "gallery").forget(Where(keys=[key, other]))
        (own / "uploads" / f"{key}.note").touch()  # somebody else's
        assert client.post("/api/forget", json={"keys": [key]}).json() == {"forgotten": 0}
        left = {path.name for path in (own / "uploads").iterdir()} - {f"{key}.note"}
        assert [name[:16] for name in left] == [other]


def test_marks_of_rows_that_stay_are_kept(own, begin):
    with begin(own) as (client, service):
        keys = [key.decode() for key in service._reader.look().facts.key[:2].tolist()]
        mark = {"query": keys[0], "result": keys[1], "rank": 1, "similarity": 0.9}
        mark |= {"query_modality": "visible", "judged": "right"}
        assert client.post("/api/judgements", json=mark).status_code == 200
        body = {"keys": keys, "cameras": ["nowhere"]}  # both have to hold
        assert client.post("/api/forget", json=body).json() == {"forgotten": 0}
        assert "forgotten-" not in (own / "judged.csv").read_text()


def test_files_that_were_not_uploaded_stay_when_they_are_forgotten(own, begin, template):
    with begin(own) as (client, _):
        assert client.post("/api/forget", json={"cameras": ["yard"]}).json() == {"forgotten": 3}
        assert client.get("/api/about").json()["rows"] == 6
    assert len(list((template / "crops").iterdir())) == 9


def test_an_empty_gallery_takes_its_first_image(tmp_path, begin):
    from vireid.gallery import create_gallery

    create_gallery(tmp_path / "gallery")
    with begin(tmp_path, roots=()) as (client, _):
        ask = {"modality": "visible"}
        found = client.post("/api/search/image", params=ask, content=draw(), headers=IMAGE)
        assert found.json()["results"] == []
        client.post("/api/images", params=ask, content=draw(), headers=IMAGE)
        found = client.post("/api/search/image", params=ask, content=draw(), headers=IMAGE)
        assert [one["similarity"] for one in found.json()["results"]] == [1.0]


def test_without_a_folder_of_uploads_none_is_added(own, begin):
    with begin(own, uploads=None) as (client, _):
        answer = client.post("/api/images?modality=visible", content=draw(), headers=IMAGE)
        assert answer.status_code == 409
        assert "--uploads" in answer.json()["error"]
        assert client.get("/api/about").json()["adds"] is False


def test_a_picture_outside_the_roots_is_not_shown(own, begin, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with begin(own, roots=(tmp_path / "elsewhere",)) as (client, _):
        ask = {"modality": "visible", "top": 1}
        told = client.post("/api/search/image", params=ask, content=draw(), headers=IMAGE).json()
        (one,) = told["results"]
        assert one["picture"] is False
        assert one["name"] == "red 0.png"
        assert client.get(f"/api/thumbnails/{one['key']}").status_code == 404


def test_links_do_not_lead_out_of_a_root(tmp_path):
    from vireid.serving.thumbnails import below

    root, secret = tmp_path / "root", tmp_path / "secret.png"
    root.mkdir()
    secret.write_bytes(draw())
    (root / "link.png").symlink_to(secret)
    (root / "fine.png").write_bytes(draw())
    roots = (root.resolve(),)
    assert below(str(root / "fine.png"), roots) is not None
    for path in ("link.png", "../secret.png", "none.png", "a\0b", "."):
        assert below(f"{root}/{path}", roots) is None


def test_a_gallery_of_another_network_is_refused_while_it_is_served(own, begin):
    network = FakeEmbedding()
    with begin(own, embedding=network) as (client, _):
        network.made = "another one"
        answer = client.post("/api/search/image?modality=visible", content=draw(), headers=IMAGE)
        assert answer.status_code == 409


def test_nothing_is_told_that_cannot_be_logged(own, begin, monkeypatch):
    import os

    with begin(own) as (client, _):
        monkeypatch.setattr(os, "write", lambda *_: 0)
        answer = client.post("/api/search/image?modality=visible", content=draw(), headers=IMAGE)
        monkeypatch.undo()
        assert answer.status_code == 503
        assert "retry-after" in answer.headers
        assert "results" not in answer.text
        assert str(own) not in answer.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP", "PPM"])
def test_every_kind_of_image_is_taken(shared, kind):
    answer = shared.post(
        "/api/search/image?modality=visible&top=1", content=draw("blue", 5, kind), headers=IMAGE
    )
    assert answer.json()["results"][0]["name"].startswith("blue")


def test_deep_grey_levels_need_to_be_known(own, begin, tmp_path):
    from io import BytesIO

    import numpy as np
    from PIL import Image

    from vireid.gallery import create_gallery
    from vireid.types import Levels, Modality, Span

    written = BytesIO()
    Image.fromarray(np.linspace(7000, 8000, 800).astype("<u2").reshape(40, 20)).save(written, "PNG")
    deep, search = written.getvalue(), "/api/search/image?modality=infrared"
    known = FakeEmbedding(levels=Levels({(Modality.INFRARED, ""): Span(7000, 8000)}))
    with begin(own, embedding=known) as (client, _):  # its images have 8 bits
        answer = client.post(search, content=deep, headers=IMAGE)
        assert answer.status_code == 422
        assert "8 bits" in answer.json()["error"]
    create_gallery(tmp_path / "deep" / "gallery")
    with begin(tmp_path / "deep", embedding=known, roots=()) as (client, _):
        answer = client.post("/api/images?modality=infrared", content=deep, headers=IMAGE)
        assert answer.status_code == 200, answer.text
        told = client.post(search, content=deep, headers=IMAGE).json()
        assert [one["similarity"] for one in told["results"]] == [1.0]


def test_rows_that_are_forgotten_between_two_looks_do_no_harm(own):
    from vireid.gallery import Where, open_gallery
    from vireid.serving.reading import Reader

    reader = Reader(open_gallery(own / "gallery"))
    before = reader.look()
    last = before.facts.key[-1].decode()
    open_gallery(own / "gallery").forget(Where(keys=[before.facts.key[0].decode(), last]))
    after = reader.look()
    for looks in ([before, after], [after, before]):
        reader.look = iter(looks).__next__
        place = reader.place(last)
        assert (place is not None) == (looks[0] is before)
        reader.look = iter(looks).__next__
        assert (reader.modality(last) is not None) == (looks[0] is before)


def test_a_row_that_is_forgotten_while_it_is_searched_by_is_not_found(own, begin, monkeypatch):
    from vireid.gallery import Store, Where, open_gallery

    with begin(own) as (client, service):
        key = service._reader.look().facts.key[0].decode()
        plain = Store.search

        def late(store, *words, **named):
            open_gallery(own / "gallery").forget(Where(keys=[key]))
            return plain(store, *words, **named)

        monkeypatch.setattr(Store, "search", late)
        assert client.get("/api/search", params={"key": key}).status_code == 404
