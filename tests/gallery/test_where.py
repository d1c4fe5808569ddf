"""Which rows are meant, against a loop over them; no text of a user gets into a condition."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.gallery import Where
from vireid.gallery.facts import Facts


class Paths(list):
    """Paths as an arrow array gives them."""

    def take(self, rows):
        return Paths(self[row] for row in rows.tolist())

    def to_pylist(self):
        return list(self)


def facts() -> Facts:
    rng, count = np.random.default_rng(100), 40
    return Facts(
        id=np.arange(count),
        key=np.array([f"{row:016x}" for row in range(count)], dtype="S"),
        modality=rng.integers(0, 2, count),
        camera=rng.integers(0, 3, count),
        cameras=("", "gate", "x' OR 1=1 --"),
        track=rng.integers(0, 3, count),
        tracks=("a", "", "b"),
        time=np.where(rng.random(count) < 0.3, np.nan, rng.uniform(0, 100, count)),
        added=np.zeros(count),
        expires=np.full(count, np.nan),
        path=Paths(f"/data/{row % 3}/{row}.png".encode() for row in range(count)),
        content=Paths([""] * count),
    )


CASES = (
    Where(cameras=["gate"]),
    Where(cameras=["x' OR 1=1 --"]),
    Where(cameras=["nowhere"], modality="visible"),
    Where(tracks=["a", "b"], modality="infrared"),
    Where(since=20, until=60.5),
    Where(until=50),
    Where(keys=[f"{3:016x}", "none such", "é"]),
    Where(paths=["/data/1", "/data/2/5.png"], since=1),
    Where(paths=["/dat"]),
)


def meant(where: Where, known: Facts, row: int) -> bool:
    """Tell by plain words whether a row is meant."""
    path = known.path[row].decode()
    name = {0: "visible", 1: "infrared"}[int(known.modality[row])]
    time = known.time[row]
    return (
        (not where.keys or known.key[row].decode() in where.keys)
        and (not where.cameras or known.cameras[known.camera[row]] in where.cameras)
        and (not where.tracks or known.tracks[known.track[row]] in where.tracks)
        and where.modality in (None, name)
        and (where.since is None or time >= where.since)
        and (where.until is None or time < where.until)
        and (not where.paths or any(path == p or path.startswith(p + "/") for p in where.paths))
    )


@pytest.mark.parametrize("where", CASES, ids=str)
def test_rows_are_those_of_a_loop(where):
    known = facts()
    wanted = [meant(where, known, row) for row in range(len(known))]
    assert where.rows(known).tolist() == wanted


def test_a_condition_holds_no_text_of_a_user():
    where = Where(cameras=["a' OR true --"], tracks=["née"], since=3, until=9)
    said = where.condition()
    assert said is not None
    for text in ("OR", "--", "née", "'a"):
        assert text not in said
    assert Where(keys=["x"], paths=["/y"]).condition() is None


def test_nothing_asked_for_is_everything():
    assert Where().everything
    assert not Where(until=3).everything
    assert Where().rows(facts()).all()
    for nothing in ({}, None, set(), np.array([]), iter(())):
        assert Where(cameras=nothing).everything


def test_names_may_come_from_anything_that_yields_them():
    known, wanted = facts(), Where(cameras=["gate"])
    for names in ({"gate": 1}, np.array(["gate"]), (name for name in ["gate"])):
        where = Where(cameras=names)
        for _ in range(2):
            np.testing.assert_array_equal(where.rows(known), wanted.rows(known))


def test_paths_may_be_relative_or_paths(monkeypatch):
    known = facts()
    with monkeypatch.context() as patched:
        patched.setattr("os.getcwd", lambda: "/data")
        found = [
            Where(paths=paths).rows(known)
            for paths in (["1"], [Path("/data/1")], ["../data/./1/"], ["2/../1"])
        ]
    for rows in found:
        np.testing.assert_array_equal(rows, Where(paths=["/data/1"]).rows(known))
        assert rows.any()
    bare = replace(known, path=Paths([b"day/1.png"] * 40))
    assert Where(paths=["day"]).rows(bare).all(), "of rows whose folder is unknown"
    assert Where(paths=["/"]).rows(known).all()


def test_names_that_no_row_has_are_told():
    where = Where(cameras=["gate", "gaet"], tracks=["a"], paths=["/data/1", "/dat"], keys=["x"])
    assert where.unknown(facts()) == [
        "no row has key 'x'",
        "no row has camera 'gaet'; did you mean gate?",
        "no row lies at /dat or below",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cameras": "gate"}, "expected a list"),
        ({"modality": "night"}, "expected visible or infrared"),
        ({"since": 5, "until": 5}, "an earlier and a later time"),
        ({"since": float("nan")}, "since is nan"),
        ({"keys": b"gate"}, "expected a list"),
        ({"keys": [b"gate"]}, "expected texts"),
        ({"tracks": [3]}, "tracks hold 3"),
        ({"paths": Path("/data")}, "expected a list"),
        ({"paths": [""]}, "expected paths"),
    ],
)
def test_words_that_mean_nothing_are_refused(given, said):
    with pytest.raises(ConfigError, match=said):
        Where(**given)
