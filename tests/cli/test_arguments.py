"""What commands parse alike."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch
from threadpoolctl import threadpool_limits

from vireid.cli.arguments import add_reading, folder, parser, reading_words, use_machine
from vireid.cluster.threads import thread_count
from vireid.errors import ConfigError


@pytest.fixture
def threads():
    """Put the number of threads back."""
    before, of_numpy = torch.get_num_threads(), thread_count()
    yield
    torch.set_num_threads(before)
    threadpool_limits(of_numpy)


@pytest.mark.usefixtures("threads")
def test_threads_and_device():
    assert use_machine(Namespace(device="cpu", threads=2)) == "cpu"
    assert torch.get_num_threads() == thread_count() == 2
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert use_machine(Namespace(device="auto", threads=None)) == expected
    assert torch.get_num_threads() == 2


def test_home_folders_are_understood():
    assert folder("~/x") == Path.home() / "x"


def test_options_on_reading_are_repeated_in_the_command_that_goes_on():
    command = parser("x", "y")
    add_reading(command)
    for words, expected in (
        ([], ""),
        (["--cache", "none"], " --cache none"),
        (["--cache", "a b", "--max-unreadable", "0.1"], " --cache 'a b' --max-unreadable 0.1"),
    ):
        assert reading_words(command.parse_args(words)) == expected


def test_options_are_never_guessed_from_their_beginning():
    command = parser("x", "y")
    command.add_argument("--threads")
    with pytest.raises(ConfigError, match="unrecognized arguments: --thr"):
        command.parse_args(["--thr", "3"])


@pytest.mark.parametrize(
    ("words", "message", "near"),
    [
        (["--recpie", "x"], "unrecognized arguments: --recpie", "--recipe"),
        (["--recpie=x"], "unrecognized arguments: --recpie", "--recipe"),
        (["-recipe", "x"], "unrecognized arguments: -recipe", "--recipe"),
        (["--bogus"], "unrecognized arguments: --bogus", None),
        (
            ["--recipe", "indor"],
            "argument --recipe: indor is given; expected one of all, indoor",
            "indoor",
        ),
        (["--count", "few"], "argument --count: 'few' is given; expected a whole number", None),
        (["--share", "few"], "argument --share: 'few' is given; expected a number", None),
    ],
)
def test_a_misspelt_option_or_value_is_met_with_the_nearest(words, message, near):
    command = parser("x", "y")
    command.add_argument("--recipe", choices=("all", "indoor"))
    command.add_argument("--count", type=int)
    command.add_argument("--share", type=float)
    command.add_argument("--out", required=True)
    for parse in (command.parse_args, command.parse_intermixed_args):
        with pytest.raises(ConfigError) as caught:
            parse(words)
        text = str(caught.value)
        assert text.startswith(message)
        assert "see `vireid x --help`" in text
        assert (f"; did you mean {near}?" in text) == ("mean" in text) == (near is not None)


def test_values_that_look_like_options_are_values():
    command = parser("x", "y")
    command.add_argument("word", nargs="+")
    command.add_argument("--share", type=float)
    assert command.parse_args(["--share", "-0.5", "a", "--", "--b"]).word == ["a", "--b"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("train", "x", "--out", "y", "--trial", "3"), "--trial is called --fold now: use --fold"),
        (("evaluate", "r", "x", "--trials", "3"), "--trials is called --draws now: use --draws"),
        (("evaluate", "r", "x", "--trial=3"), "--trial is called --fold now: use --fold"),
        (
            ("label", "x", "--trial", "3"),
            "--trial is called --fold now: vireid label has no --fold",
        ),
    ],
)
def test_an_option_of_earlier_versions_names_the_new_one(words, message, mistake):
    assert message in mistake(*words)
