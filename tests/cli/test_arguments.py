"""What commands parse alike, and the list of settings."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch
from threadpoolctl import threadpool_limits

from vireid.cli.arguments import add_reading, folder, parser, reading_words, use_machine
from vireid.cli.settings import describe_settings
from vireid.cluster.threads import thread_count
from vireid.errors import ConfigError
from vireid.recipes import dump_recipe, parse_recipe


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


def test_every_setting_is_listed_once_with_its_meaning(tiny):
    lines = describe_settings().splitlines()
    names, texts = [line.strip() for line in lines[::2]], [line.strip() for line in lines[1::2]]
    assert len(set(names)) == len(names)
    assert all(len(text) > 10 for text in texts)
    for name in ("seed", "network.stripes", "labelling.mixed.eps", "stages.NAME.epochs"):
        assert name in names
    changes = []
    for name in names:
        value = tiny
        for part in name.replace("stages.NAME", "stages").split("."):
            value = value[0] if isinstance(value, tuple) else value
            value = getattr(value, part)
        if isinstance(value, (int, float, str)):
            changes.append(f"{name.replace('NAME', 'joint')}={value}")
    assert len(changes) > 30
    assert parse_recipe(dump_recipe(tiny), changes) == tiny, "each takes the value that it has"
