"""The page in a real Chromium: upload, filter, click through, judge, forget, sign in."""

import threading
from contextlib import contextmanager

import pytest

from tests.serving.browser import Page, find_chromium
from tests.serving.conftest import WRITE
from tests.serving.fakes import draw

PROGRAM = find_chromium()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed here")
FIRST = "document.querySelector('#grid .card')"
COUNT = "document.querySelectorAll('#grid .card').length"
ALL = "document.getElementById('about').textContent === '9 images in the gallery'"


@contextmanager
def listening(app):
    """Let a real server answer for an application; give its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def page(folder, **given):
    shown = Page(PROGRAM, folder, **given)
    try:
        yield shown
    finally:
        shown.close()


def card(shown, number: int, what: str) -> object:
    return shown.run(f"document.querySelectorAll('#grid .card')[{number}]{what}")


def test_a_colleague_searches_judges_and_forgets(own, begin, tmp_path):
    query = tmp_path / "<img src=x onerror=alert(1)>.png"
    query.write_bytes(draw("red", 7))
    with (
        begin(own) as (client, _),
        listening(client.app) as url,
        page(tmp_path / "chromium") as shown,
    ):
        shown.open(url)
        shown.wait(ALL)
        shown.choose("#file", query)
        shown.wait(f"{COUNT} === 6 && {FIRST}.querySelector('img').naturalWidth > 0")
        assert card(shown, 0, ".querySelector('.where').textContent").startswith("camera ")
        cameras = shown.run(
            "[...document.querySelectorAll('#cameras label')].map(one => one.textContent)"
        )
        assert "<b>gate</b>" in cameras
        assert shown.run("document.querySelectorAll('#cameras b, #drop img[src=x]').length") == 0

        shown.run("document.querySelector('#cameras input[value=yard]').click()")
        shown.run("document.querySelector('input[name=by][value=image]').click()")
        shown.run("document.getElementById('go').click()")
        shown.wait(f"{COUNT} === 3")
        card(shown, 0, ".querySelector('.picture').focus()")
        shown.press("r")
        shown.wait("document.getElementById('judged').textContent.includes('1 marked')")
        assert "100% of 1" in shown.run("document.getElementById('judged').textContent")
        shown.press("ArrowRight")
        assert card(shown, 1, ".contains(document.activeElement)") is True

        shown.run("document.querySelector('#cameras input[value=yard]').click()")
        key = card(shown, 0, ".dataset.key")
        card(shown, 0, ".querySelector('.picture').click()")
        shown.wait(f"{COUNT} === 8 && !document.querySelector('[data-key=\"{key}\"]')")
        assert shown.run("document.getElementById('shows').disabled") is True
        assert shown.run("document.getElementById('without').hidden") is True
        card(shown, 0, ".querySelector('.forget').click()")
        assert shown.run(COUNT) == 8
        card(shown, 0, ".querySelector('.forget').click()")
        shown.wait(f"{COUNT} === 7")
        assert client.get("/api/about").json()["rows"] == 8
        assert shown.console == []


def test_the_page_asks_for_a_token_and_keeps_it_in_memory(own, begin, tmp_path):
    with (
        begin(own, tokens=True, roots=()) as (client, _),
        listening(client.app) as url,
        page(tmp_path / "chromium", size=(390, 800), dark=True) as shown,
    ):
        shown.open(url)
        shown.wait("!document.getElementById('sign-in').hidden")
        shown.run("document.getElementById('token').value = 'nonsense'")
        shown.run("document.querySelector('#sign-in button').click()")
        shown.wait("document.getElementById('about').textContent === 'That token is not known.'")
        shown.run(f"document.getElementById('token').value = '{WRITE}'")
        shown.run("document.querySelector('#sign-in button').click()")
        shown.wait(ALL)
        stored = "localStorage.length + sessionStorage.length + document.cookie.length"
        assert shown.run(stored) == 0
        assert shown.run("document.getElementById('token').value + location.href") == url
        assert shown.run("document.documentElement.scrollWidth <= innerWidth") is True
        assert shown.run("document.getElementById('filters').open") is False
        query = tmp_path / "query.png"
        query.write_bytes(draw("red", 7))
        shown.choose("#file", query)
        shown.wait(f"{COUNT} === 6 && document.getElementById('found').offsetTop - scrollY < 50")
        told = shown.run("document.getElementById('without').textContent")
        assert told.startswith("The results have no picture")
        assert len(shown.console) == 1  # the browser itself names the answer 401
