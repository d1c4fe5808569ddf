"""`vireid reproduce`: its options, and several processes that train as one."""

import pytest

from tests.forked import pair
from tests.tiny_paper import SMALL, TINY
from vireid.cli import reproduce as command
from vireid.studies.reproduction import Reproduction
from vireid.synthetic import SyntheticSettings, synthesise


def words(which, data, out, *more):
    return [str(one) for one in ("reproduce", which, data, "--out", out, *more)]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--folds", 1], "--folds applies to regdb; SYSU-MM01 has none: leave it out"),
        (["--folds", 11], "'11' is given; expected 1 to 10"),
        (["--pla"], "unrecognized arguments: --pla"),  # else the command that goes on would plan
        (["--every", -1], "'-1' is given; expected at least 0"),
        (["--seeds", "x"], "'x' is given; expected a whole number"),
        (["--set", "seed=1"], "a reproduction has its seeds from --seeds"),
        (["--recipe", "mmm-sys"], "did you mean mmm-sysu?"),
        (["--weights", "gone.pth"], "weights 'gone.pth' is none of 'none', 'pip', 'hub'"),
        (["--device", "cuda:99"], "--device cuda:99 cannot be used here"),
    ],
)
def test_options_that_cannot_be_used(people, tmp_path, mistake, more, message):
    assert message in mistake(*words("sysu", people, tmp_path / "out", *more))
    assert not (tmp_path / "out").exists()


def test_data_of_another_layout_are_refused(people, tmp_path, mistake):
    message = mistake(*words("regdb", people, tmp_path / "out"))
    assert "does not have the layout of RegDB, which reproduce regdb needs" in message
    assert message.endswith("did you mean reproduce sysu?\n")
    assert "expected one of sysu, regdb, llcm" in mistake(*words("market", people, "out"))


def test_the_command_that_goes_on_trains_too(monkeypatch, capsys):
    asked = {}

    def reproduce(*given, **named):
        asked.update(named, given=given)
        return Reproduction(command.folder("out"))

    monkeypatch.setattr("vireid.reproduce", reproduce)
    given = words("llcm", "DATA", "out", "--plan", "--weights", "r50.pth", "--set", "height=32")
    command.run(given[1:])
    assert asked["again"] == (
        "vireid reproduce llcm DATA --out out --weights r50.pth --set height=32"
    )
    assert asked["settings"] == ["height=32", "network.weights=r50.pth"]
    assert (asked["plan"], asked["every"], asked["seeds"]) == (True, 1, None)
    assert "the same command without --plan goes on" in capsys.readouterr().out


@pytest.mark.slow
def test_two_processes_reproduce_as_one(tmp_path):
    data = synthesise(tmp_path / "llcm", SyntheticSettings(layout="llcm", **SMALL), processes=1)
    out = tmp_path / "out"
    both = words("llcm", data, out, "--seeds", 0, "--threads", 1, "--device", "cpu", "--set", *TINY)
    ends = []
    for more in (["--plan"], ["--anyway"]):
        pairs = pair([*both, *more], tmp_path)
        ends.append([process.wait() for process in pairs])
        assert pairs[1].out == ""
    assert ends == [[2, 2], [0, 0]], "the first epoch of one step is at chance"
    assert len(Reproduction(out).rows()) == 8
    assert "| infrared-to-visible | on | oracle | " in pairs[0].out
