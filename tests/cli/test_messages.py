"""What the library says reaches the terminal while a command runs, and only then."""

import logging

import pytest

from vireid.cli.display import messages

LOG = logging.getLogger("vireid.somewhere")


def test_the_library_is_silent_without_a_command(capsys):
    LOG.info("nobody hears this")
    assert capsys.readouterr() == ("", "")


def test_what_the_library_says_is_printed_while_a_command_runs(capsys):
    level = logging.getLogger("vireid").level
    with messages():
        LOG.info("an epoch of %d [steps]", 3)
        LOG.debug("a detail")
    LOG.info("afterwards")
    assert capsys.readouterr() == ("an epoch of 3 [steps]\n", "")
    assert logging.getLogger("vireid").level == level
    assert not logging.getLogger("vireid").handlers


@pytest.mark.parametrize("others", [True, False])
def test_warnings_go_where_they_would_go_without_the_command(capsys, monkeypatch, others):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.NullHandler()] if others else [])
    with messages():
        LOG.warning("mind this")
    assert capsys.readouterr() == ("", "" if others else "mind this\n")
