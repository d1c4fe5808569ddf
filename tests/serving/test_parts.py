"""The parts of a service by themselves: slots, bodies, tokens, settings."""

import asyncio
import threading

import pytest

from vireid.errors import ConfigError, DataError


def test_slots_are_counted_by_client_and_in_all():
    from vireid.serving.refusal import Refused
    from vireid.serving.slots import Slots

    slots = Slots(3, 2)
    with slots.one("a"), slots.one("a"):
        with pytest.raises(Refused) as refused, slots.one("a"):
            pass
        assert (refused.value.status, refused.value.headers) == (429, {"retry-after": "1"})
        with slots.one("b"), pytest.raises(Refused) as refused, slots.one("c"):
            pass
        assert (refused.value.status, refused.value.headers) == (503, {"retry-after": "1"})
    with slots.one("a"):
        assert slots.taken == 1


def test_a_body_ends_at_its_limit_and_in_its_time():
    from starlette.exceptions import HTTPException

    from vireid.serving.body import Body

    async def receive():
        return {"type": "http.request", "body": b"12345", "more_body": True}

    async def never():
        await asyncio.sleep(60)

    async def read():
        body = Body(receive, 12, 5)
        assert (await body())["body"] == b"12345"
        await body()
        with pytest.raises(HTTPException) as refused:
            await body()
        assert refused.value.status_code == 413
        with pytest.raises(HTTPException) as refused:
            await Body(never, 12, 0.01)()
        assert refused.value.status_code == 408

    asyncio.run(read())


def test_who_comes_while_all_slots_are_taken_is_told_when_to_come_again(own, begin):
    from tests.serving.fakes import FakeEmbedding, draw, released
    from vireid.serving import Limits

    network = FakeEmbedding(go=threading.Event())
    with (
        begin(own, limits=Limits(requests=1, each=1), embedding=network) as (client, _),
        released(network.go),
    ):
        answers = []

        def ask():
            header = {"content-type": "image/png"}
            path = "/api/search/image?modality=visible"
            answers.append(client.post(path, content=draw(), headers=header))

        first = threading.Thread(target=ask)
        first.start()
        assert network.begun.wait(600)
        ask()
        assert client.get("/healthz").text == "ok"
        assert "vireid_requests_under_way 1.0" in client.get("/metrics").text
        network.go.set()
        first.join()
        ask()
    assert [answer.status_code for answer in answers] == [429, 200, 200]
    assert answers[0].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        ("read abc anna", 0o600, "24 plain characters"),
        ("admin aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa anna", 0o600, "read or write"),
        ("read aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0o600, "read or write"),
        ("# nothing\n\n", 0o600, "holds no token"),
        ("read aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa anna\n" * 2, 0o600, "twice"),
        ("read aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa anna", 0o644, "chmod 600"),
        (None, 0, "cannot be read"),
    ],
)
def test_a_file_of_tokens_that_is_wrong(tmp_path, text, mode, message):
    from vireid.serving.tokens import read_tokens

    path = tmp_path / "tokens"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(ConfigError, match=message) as refused:
        read_tokens(path)
    assert "aaaa" not in str(refused.value)


def test_where_a_service_may_listen(tmp_path):
    from vireid.serving import Limits, Listening

    assert "localhost" in Listening().hosts
    with pytest.raises(ConfigError, match="--tokens"):
        Listening("192.0.2.1")
    with pytest.raises(ConfigError, match="--name"):
        Listening("0.0.0.0", tokens=tmp_path)
    found = Listening("0.0.0.0", tokens=tmp_path, names=("Search.site",)).hosts
    assert found == {"0.0.0.0", "search.site"}
    assert Listening("::1").hosts >= {"[::1]"}
    with pytest.raises(ConfigError, match=r"search.site.*--tokens"):  # a proxy before 127.0.0.1
        Listening(names=("localhost", "search.site"))
    assert "search.site" in Listening(names=("search.site",), tokens=tmp_path).hosts
    assert Listening(names=("LocalHost",)).tokens is None
    for name, value in (("body", 0), ("body", float("inf")), ("requests", 2.5), ("seconds", 0),
                        ("seconds", float("nan")), ("upload_seconds", float("inf"))):  # fmt: skip
        with pytest.raises(ConfigError, match=f"{name} is {value}; expected"):
            Limits(**{name: value})
    with pytest.raises(ConfigError, match="port is 70000"):
        Listening(port=70000)


def test_judgements_in_a_file_of_another_kind_are_refused(tmp_path):
    from vireid.serving.judging import JudgementFile

    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="expected judgements"):
        JudgementFile(path)
    assert path.read_text() == "a,b\n1,2\n"


def test_the_policy_names_what_is_in_the_page():
    import base64
    import hashlib
    import re

    from vireid.serving.page import page, policy

    text = page(asks_token=True).decode()
    for kind in ("style", "script"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy()
    assert "{{" not in text
    assert "unsafe" not in policy()
    assert "innerHTML" not in text
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
