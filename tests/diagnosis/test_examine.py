"""What a report of a machine says, and what it does not say."""

import getpass
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import vireid
from vireid.cli.main import main
from vireid.diagnosis import examine, packages, self_tests
from vireid.diagnosis.examination import Examination
from vireid.diagnosis.packages import Package, find_packages
from vireid.diagnosis.places import told_path, without_places
from vireid.diagnosis.self_tests import SelfTest

REQUIRED = [
    "numpy>=2.0.1",
    "numba>=999",
    'none-of-this-name>=1; extra == "nothing"',
    "pytest>=8; extra == 'dev'",
    'numpy>=1; python_version < "3"',
]


@pytest.fixture(scope="module")
def found() -> Examination:
    """Return what is found on this machine."""
    return vireid.examine_machine()


def test_the_base_works_here(found):
    assert found.problems == ()
    names = [one.name for one in found.tests]
    assert names[:3] == ["search", "network", "compiled loops"]


def test_the_text_says_what_a_report_needs(found):
    text = str(found)
    for one in (version("torch"), platform.python_version(), "OMP_NUM_THREADS", "cpu"):
        assert one in text
    for title in ("packages", "extras", "folders", "weights", "self-tests"):
        assert sum(line.startswith(f"{title} ") for line in text.splitlines()) == 1


def test_the_text_names_no_user_no_host_and_no_folder(found, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/srv/people/secret")
    text = str(replace(found, caches=tuple(examine.find_caches())))
    assert "$XDG_CACHE_HOME/vireid" in text
    words = {str(Path.home()), "/srv", " /", platform.node(), str(Path.cwd())}
    assert not [word for word in words if word in text]
    assert getpass.getuser() not in text.replace("~", "").split()


def test_paths_are_told_by_what_they_lie_below(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("TORCH_HOME", "/scratch/x")
    assert told_path("/home/someone/.cache/vireid") == "~/.cache/vireid"
    assert told_path("/home/someone") == "~"
    assert told_path("/scratch/x/hub") == "$TORCH_HOME/hub"
    assert told_path("/home/someone-else/a") == "(elsewhere)/a"
    monkeypatch.setenv("HOME", "/")
    assert told_path("/data/a") == "(elsewhere)/a"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cannot open /home/a/b.so: no\nmore", "cannot open (elsewhere)/b.so: no"),
        ("a/b and 3/4", "a/b and 3/4"),
        ("", "no message"),
        ("no folder /home/someone: it is gone", "no folder ~: it is gone"),
    ],
)
def test_errors_are_told_without_folders(monkeypatch, text, told):
    monkeypatch.setenv("HOME", "/home/someone")
    assert without_places(text) == told


def test_packages_are_those_of_the_metadata(monkeypatch):
    monkeypatch.setattr(packages, "requires", lambda _: REQUIRED)
    here = version("numba")
    assert find_packages() == (
        Package("numpy", ">=2.0.1", version("numpy")),
        Package("numba", ">=999", here, fits=False),
        Package("none-of-this-name", ">=1", None, "nothing", fits=False),
    )
    empty = Examination("", "", "", "", "", (), find_packages(), (), (), ())
    assert f"numba>=999 ({here} is installed)" in str(empty)
    line = "nothing      missing: none-of-this-name>=1; pip install 'vireid[nothing]'"
    assert line in str(empty)


def wrong_neighbours(rows, k, **_):
    """Return neighbours of which one row is wrong."""
    order = np.argsort(-(rows @ rows.T), axis=1)[:, :k]
    order[3] = order[4]
    return order, rows


def test_a_search_that_is_wrong_in_one_row_is_found(monkeypatch):
    monkeypatch.setattr("vireid.cluster.nearest_neighbours", wrong_neighbours)
    assert self_tests._search() == "neighbours of 1 of 300 rows are not the nearest"


def test_a_distance_that_is_wrong_is_found(monkeypatch):
    right = vireid.jaccard_distance
    monkeypatch.setattr("vireid.cluster.jaccard_distance", lambda *a, **k: right(*a, **k) * 0.9)
    assert "distances are not those of the definition" in self_tests._loops()


def test_a_network_that_gives_anything_is_found(monkeypatch):
    def anything(_, pixels, __):
        vectors = np.random.default_rng(pixels[0, 0, 0, 0]).normal(size=(8, 4))
        return type("Anything", (), {"vectors": vectors})

    monkeypatch.setattr("vireid.models.extract.extract", anything)
    assert "of the same images are" in self_tests._network()


def test_whatever_is_broken_is_told_and_the_others_go_on(monkeypatch, capsys):
    def broken(*_: object) -> None:
        raise ImportError("/opt/secret/lib/libtorch.so: undefined symbol")

    for name in ("_search", "_network"):
        monkeypatch.setattr(self_tests, name, broken)
    monkeypatch.setattr(examine, "devices", broken)
    monkeypatch.setattr(examine, "threads", broken)
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert out.count("ImportError: (elsewhere)/libtorch.so: undefined symbol") == 4
    assert "compiled loops    passed" in out
    assert err.startswith("vireid doctor: search: ImportError")
    assert err.count("\n") == 1


def test_the_command_prints_the_examination(monkeypatch, capsys, found):
    monkeypatch.setattr("vireid.diagnosis.examine.examine_machine", lambda: found)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == f"{found}\n"
    bad = replace(found, tests=(SelfTest("search", "wrong", 0.1),))
    monkeypatch.setattr("vireid.diagnosis.examine.examine_machine", lambda: bad)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err.startswith("vireid doctor: search: wrong; install vireid anew")
