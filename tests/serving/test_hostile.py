"""Requests that nobody should send: each is refused with its status, and the service goes on."""

import json
import shutil
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from tests.serving.conftest import READ, WRITE
from tests.serving.fakes import draw

PNG, JSON = {"content-type": "image/png"}, {"content-type": "application/json"}
BY_IMAGE = "/api/search/image?modality=visible"
KEY = "0123456789abcdef"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that says it is huge."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def real_bomb() -> bytes:
    """Return a PNG of 36 million pixels that can be decoded."""
    written = BytesIO()
    Image.new("1", (6000, 6000)).save(written, "PNG")
    return written.getvalue()


def tiff_bomb() -> bytes:
    """Return a TIFF whose header says 60,000 x 60,000."""
    tags = [(256, 4, 1, 60000), (257, 4, 1, 60000), (258, 3, 1, 8), (259, 3, 1, 1)]
    tags += [(262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 60000), (279, 4, 1, 100)]
    body = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + body + b"\0" * 200


def scan_bomb() -> bytes:
    """Return a small JPEG whose data go over its picture 3,000 times, which takes minutes."""
    written = BytesIO()
    Image.new("RGB", (3000, 3000)).save(written, "JPEG", progressive=True)
    data = written.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * 3000 + b"\xff\xd9"


def sent(data: bytes, **headers: str) -> dict:
    return {"content": data, "headers": {**PNG, **headers}}


def said(value: object) -> dict:
    return {"content": value if isinstance(value, bytes) else json.dumps(value), "headers": JSON}


MARK = {"query": KEY, "result": KEY[::-1], "rank": 1, "similarity": 0.5}
MARK |= {"query_modality": "visible", "judged": "right"}
ENDLESS = json.dumps(MARK).replace("0.5", "NaN").encode()
PLAIN = {"content": "{}", "headers": {"content-type": "text/plain"}}
HOSTILE = {
    # images
    "no image": ("POST", BY_IMAGE, sent(b""), 422),
    "a text": ("POST", BY_IMAGE, sent(b"<script>alert(1)</script>"), 422),
    "truncated": ("POST", BY_IMAGE, sent(draw()[:500]), 422),
    "a header alone": ("POST", BY_IMAGE, sent(draw()[:20]), 422),
    "damaged inside": ("POST", BY_IMAGE, sent(draw()[:60] + b"\xff" * 99 + draw()[159:]), 422),
    "a bomb": ("POST", BY_IMAGE, sent(bomb(60_000, 60_000)), 422),
    "a bomb below Pillow's limit": ("POST", BY_IMAGE, sent(bomb(9_000, 9_000)), 422),
    "a bomb that decodes": ("POST", BY_IMAGE, sent(real_bomb()), 422),
    "a bomb of strips": ("POST", BY_IMAGE, sent(tiff_bomb()), 422),
    "a bomb of scans": ("POST", BY_IMAGE, sent(scan_bomb()), 422),
    "no pixels": ("POST", BY_IMAGE, sent(bomb(0, 10)), 422),
    "a PDF": ("POST", BY_IMAGE, sent(b"%PDF-1.7\n" + b"0" * 99), 422),
    "a link to a file": ("POST", BY_IMAGE, sent(b"push graphic-context\nurl(file:///etc)"), 422),
    "too long": ("POST", BY_IMAGE, sent(b"\0" * 200_001), 413),
    "a form": ("POST", BY_IMAGE, {"data": {"image": "x"}}, 415),
    "several parts": ("POST", BY_IMAGE, {"files": {"image": draw()}}, 415),
    # words
    "no modality": ("POST", "/api/search/image", sent(draw()), 422),
    "another modality": ("POST", "/api/search/image?modality=x-ray", sent(draw()), 422),
    "top of none": ("POST", f"{BY_IMAGE}&top=0", sent(draw()), 422),
    "top of all": ("POST", f"{BY_IMAGE}&top=1000000000", sent(draw()), 422),
    "top of a word": ("POST", f"{BY_IMAGE}&top=ten", sent(draw()), 422),
    "an unknown word": ("POST", f"{BY_IMAGE}&where=1=1", sent(draw()), 422),
    "time that is none": ("POST", f"{BY_IMAGE}&since=nan", sent(draw()), 422),
    "time without end": ("POST", f"{BY_IMAGE}&since=1e400", sent(draw()), 422),
    "times exchanged": ("POST", f"{BY_IMAGE}&since=2&until=1", sent(draw()), 422),
    "SQL as a time": ("POST", f"{BY_IMAGE}&since=1) OR (1=1", sent(draw()), 422),
    "SQL as a camera": ("POST", f"{BY_IMAGE}&camera=' OR 1=1 --", sent(draw()), 200),
    "markup as a camera": ("POST", f"{BY_IMAGE}&taken_by=<script>", sent(draw()), 422),
    "a long camera": ("POST", f"{BY_IMAGE}&camera={'c' * 301}", sent(draw()), 422),
    "many cameras": ("POST", BY_IMAGE + "&camera=a" * 201, sent(draw()), 422),
    "a zero byte": ("POST", f"{BY_IMAGE}&camera=a%00b", sent(draw()), 200),
    "no UTF-8": ("POST", f"{BY_IMAGE}&camera=%ff%fe", sent(draw()), 200),
    # keys and places
    "no key": ("GET", "/api/search", {}, 422),
    "key and track": ("GET", f"/api/search?key={KEY}&of_track=1", {}, 422),
    "an unknown key": ("GET", f"/api/search?key={KEY}", {}, 404),
    "an unknown track": ("GET", "/api/search?of_track=nobody", {}, 404),
    "a key with SQL": ("GET", "/api/search?key=' OR '1'='1", {}, 422),
    "a path up": ("GET", "/api/thumbnails/..%2f..%2fetc%2fpasswd", {}, 404),
    "a path up, plain": ("GET", "/api/thumbnails/../../../etc/passwd", {}, 404),
    "a path up, twice encoded": ("GET", "/api/thumbnails/%252e%252e%252fpasswd", {}, 404),
    "an absolute path": ("GET", "/api/thumbnails//etc/passwd", {}, 404),
    "a picture of none": ("GET", f"/api/thumbnails/{KEY}", {}, 404),
    "a key and a line": ("GET", f"/api/thumbnails/{KEY}%0a", {}, 422),
    # bodies of JSON
    "no JSON": ("POST", "/api/forget", said(b"{"), 422),
    "no object": ("POST", "/api/forget", said([1]), 422),
    "deep JSON": ("POST", "/api/forget", said(b"[" * 20_000), 400),
    "forget everything": ("POST", "/api/forget", said({}), 422),
    "forget nothing": ("POST", "/api/forget", said({"keys": []}), 422),
    "forget by a path": ("POST", "/api/forget", said({"paths": ["/"]}), 422),
    "forget a number": ("POST", "/api/forget", said({"keys": 1}), 422),
    "forget half a letter": ("POST", "/api/forget", said(b'{"tracks": ["\\ud800"]}'), 422),
    "forget with SQL": ("POST", "/api/forget", said({"keys": ["1) OR (1=1"]}), 422),
    "forget exchanged times": ("POST", "/api/forget", said({"since": 2, "until": 1}), 422),
    "JSON as a text": ("POST", "/api/forget", PLAIN, 422),
    "judge nobody": ("POST", "/api/judgements", said(MARK), 404),
    "judge with a word": ("POST", "/api/judgements", said({**MARK, "judged": "yes"}), 422),
    "judge with a rank of 0": ("POST", "/api/judgements", said({**MARK, "rank": 0}), 422),
    "judge an image by itself": ("POST", "/api/judgements", said({**MARK, "result": KEY}), 422),
    "judge without end": ("POST", "/api/judgements", said(ENDLESS), 422),
    "judge at length": ("POST", "/api/judgements", said({**MARK, "why": "a" * 5000}), 413),
    "a body where none is": ("GET", "/api/about", sent(b"a" * 5000), 413),
    "a long number": ("POST", "/api/forget", said(b'{"since": ' + b"1" * 9000 + b"}"), 400),
    "many wrong words": ("POST", "/api/forget", said({f"w{i}": 0 for i in range(5000)}), 422),
    "many wrong keys": ("POST", "/api/forget", said({"keys": ["a"] * 9000}), 422),
    # protocol
    "another method": ("DELETE", "/api/images", {}, 405),
    "a method that is none": ("BREW", "/", {}, 405),
    "another place": ("GET", "/.env", {}, 404),
    "the swagger page": ("GET", "/docs", {}, 404),
    "a wrong length": ("POST", BY_IMAGE, sent(draw(), **{"content-length": "-5"}), 400),
    "a huge length": ("POST", BY_IMAGE, sent(draw(), **{"content-length": "9" * 30}), 413),
    # who asks
    "another name": ("GET", "/api/about", {"headers": {"host": "evil.example"}}, 421),
    "a name with a user": ("GET", "/api/about", {"headers": {"host": "a@127.0.0.1"}}, 421),
    "a wrong port": ("GET", "/api/about", {"headers": {"host": "127.0.0.1:99999"}}, 421),
    "no name": ("GET", "/", {"headers": {"host": ""}}, 421),
    "another site": ("POST", "/api/forget", {"headers": {"origin": "http://evil.example"}}, 403),
    "no site": ("POST", "/api/forget", {"headers": {"origin": "null"}}, 403),
    "another port": ("GET", "/api/about", {"headers": {"origin": "http://127.0.0.1:9"}}, 403),
    "a picture in another site": (
        "GET", f"/api/thumbnails/{KEY}", {"headers": {"sec-fetch-site": "cross-site"}}, 403,
    ),
    "a token in the address": ("GET", f"/api/about?token={WRITE}", {}, 400),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(template, tmp_path_factory, begin):
    from vireid.serving import Limits

    folder = tmp_path_factory.mktemp("hostile") / "site"
    shutil.copytree(template, folder)
    with begin(folder, limits=Limits(body=200_000)) as (client, _):
        yield client


def test_there_are_many():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_the_service_goes_on(client, name):
    method, path, given, status = HOSTILE[name]
    answer = client.request(method, path, **given)
    assert answer.status_code == status, answer.text
    if status != 200:
        told = answer.json()["error"]
        assert told
        assert "\n" not in told
        assert "Traceback" not in told
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/about").json()["rows"] == 9


def test_one_mistake_of_many_is_enough(client):
    """An answer that lists thousands of them takes longer to make than to send."""
    for body in ({f"w{i}": 0 for i in range(5000)}, {"keys": ["a"] * 9000, "tracks": [""] * 200}):
        told = client.post("/api/forget", **said(body)).json()["error"]
        assert told.count(";") <= 2


TOKENS = {
    "none": ({}, 401),
    "an empty one": ({"authorization": "Bearer "}, 401),
    "a wrong one": ({"authorization": f"Bearer {READ}x"}, 401),
    "the beginning of one": ({"authorization": f"Bearer {READ[:-1]}"}, 401),
    "another scheme": ({"authorization": f"Basic {READ}"}, 401),
    "as a cookie": ({"cookie": f"token={READ}"}, 401),
    "bytes": ({"authorization": b"Bearer \xff\xfe\x80"}, 401),
    "a long one": ({"authorization": "Bearer " + "a" * 10_000}, 401),
    "the right one": ({"authorization": f"Bearer {READ}"}, 200),
    "the right one, small letters": ({"authorization": f"bearer {READ}"}, 200),
}


@pytest.fixture(scope="module")
def guarded(template, tmp_path_factory, begin):
    folder = tmp_path_factory.mktemp("guarded") / "site"
    shutil.copytree(template, folder)
    with begin(folder, tokens=True) as (client, _):
        yield client, folder


@pytest.mark.parametrize("name", TOKENS)
def test_tokens(guarded, name):
    client, _ = guarded
    headers, status = TOKENS[name]
    for path in ("/api/about", "/metrics"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert READ not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/forget"), ("POST", "/api/images"), ("POST", "/api/whatever"), ("GET", "/docs")],
)
def test_who_may_read_may_not_write(guarded, method, path):
    client, _ = guarded
    read, write = ({"authorization": f"Bearer {one}"} for one in (READ, WRITE))
    assert client.request(method, path, headers=read).status_code == 403
    assert client.request(method, path, headers=write).status_code in (404, 415, 422)


def test_what_needs_no_token_tells_nothing(guarded):
    client, folder = guarded
    for path in ("/", "/healthz", "/openapi.json"):
        text = client.get(path)
        assert text.status_code == 200
        assert "yard" not in text.text
        assert str(folder) not in text.text


def test_no_token_reaches_the_audit_log(guarded):
    client, folder = guarded
    headers = {"authorization": f"Bearer {WRITE}", **PNG}
    assert client.post(BY_IMAGE, content=draw(), headers=headers).status_code == 200
    log = (folder / "audit.jsonl").read_text()
    assert json.loads(log.splitlines()[-1])["who"] == "bert"
    assert READ not in log
    assert WRITE not in log


def test_a_header_that_is_there_twice_is_refused(guarded):
    client, _ = guarded
    twice = [("authorization", "Bearer nobody"), ("authorization", f"Bearer {READ}")]
    assert client.get("/api/about", headers=twice).status_code == 401
