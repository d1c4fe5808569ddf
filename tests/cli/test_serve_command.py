"""`vireid serve`: its options become limits and places, or one line."""

import pytest

import vireid
from vireid.cli.main import main


@pytest.mark.parametrize("name", ["--max-megabytes", "--max-megapixels"])
@pytest.mark.parametrize("value", ["nan", "inf", "0", "-1"])
def test_limits_that_are_none(capsys, name, value):
    assert main(["serve", "gallery", "run", f"{name}={value}"]) == 2
    told = capsys.readouterr().err
    assert f"vireid serve: {name} {float(value)}; expected a number above 0" in told


def test_what_is_served(monkeypatch, tmp_path):
    given = {}
    monkeypatch.setattr(vireid, "serve", lambda *words, **more: given.update(more, words=words))
    words = ["--max-megabytes", "1.5", "--max-requests", "4", "--port", "0", "--uploads", "up"]
    assert main(["serve", str(tmp_path / "gallery"), "run", *words]) == 0
    limits, places = given["limits"], given["places"]
    assert (limits.body, limits.requests, limits.each) == (1_500_000, 4, 4)
    assert given["listening"].port == 0
    assert places.audit == tmp_path / "gallery.audit.jsonl"
    assert places.uploads.is_absolute()
