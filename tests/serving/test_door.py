"""A request that takes too long is answered; its work goes on, is logged, and holds its slot."""

import asyncio
import json
import threading
from contextlib import suppress

from tests.serving.fakes import draw, released
from vireid.serving import Limits

IMAGE = {"content-type": "image/png"}


def test_work_that_takes_too_long_holds_its_slot_and_is_logged(own, begin, monkeypatch):
    from vireid.serving.stored import Writer

    begun, go, plain = threading.Event(), threading.Event(), Writer.forget

    def slow(writer, where):
        begun.set()
        go.wait(600)
        return plain(writer, where)

    monkeypatch.setattr(Writer, "forget", slow)
    with begin(own, limits=Limits(requests=2, each=1, seconds=0.3)) as (client, _), released(go):
        answer = client.post("/api/forget", json={"cameras": ["yard"]})
        assert answer.status_code == 503
        assert "more than 0.3 s" in answer.json()["error"]
        assert answer.headers["retry-after"] == "5"
        assert begun.wait(600)
        assert client.get("/api/about").status_code == 429
        assert "vireid_requests_under_way 1.0" in client.get("/metrics").text
        go.set()
        while (answer := client.get("/api/about")).status_code != 200:
            pass
        assert answer.json()["rows"] == 6
    lines = [json.loads(line) for line in (own / "audit.jsonl").read_text().splitlines()]
    assert [(one["what"], one["rows"]) for one in lines] == [("forget asked", 0), ("forget", 3)]


def test_the_end_waits_for_work_whose_request_was_answered(own, begin, monkeypatch):
    from vireid.serving.stored import Writer

    begun, go, plain = threading.Event(), threading.Event(), Writer.add

    def slow(writer, gallery, data):
        begun.set()
        go.wait(600)
        return plain(writer, gallery, data)

    monkeypatch.setattr(Writer, "add", slow)
    with begin(own, limits=Limits(seconds=0.3)) as (client, _), released(go):
        answer = client.post("/api/images?modality=visible", content=draw(), headers=IMAGE)
        assert answer.status_code == 503
        assert begun.wait(600)
    lines = (own / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["add asked", "add"]


def test_requests_that_the_end_of_the_server_cuts_off_are_counted():
    from vireid.serving.access import Access
    from vireid.serving.door import Door
    from vireid.serving.measures import Measures

    async def cut():
        begun, go, ended = asyncio.Event(), asyncio.Event(), []

        async def app(*_):
            begun.set()
            await go.wait()
            ended.append(True)

        async def none(*_):
            raise AssertionError("nothing is sent or read")

        door = Door(app, Access(frozenset({"127.0.0.1"}), None), Limits(), Measures())
        scope = {"type": "http", "path": "/api/about", "query_string": b"", "method": "GET"}
        request = asyncio.create_task(
            door({**scope, "headers": [(b"host", b"127.0.0.1")]}, none, none)
        )
        await begun.wait()
        assert door.unanswered == 0
        request.cancel()
        with suppress(asyncio.CancelledError):
            await request
        go.set()
        await asyncio.sleep(0)
        return door.unanswered, ended

    assert asyncio.run(cut()) == (1, [True])
