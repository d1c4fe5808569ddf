"""Which observers a training has."""

import json
import sys
from types import ModuleType

import pytest

from vireid.errors import ConfigError, DataError
from vireid.observers import CHOICES, check_installed, open_observers


def test_a_package_that_is_missing_is_named_with_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ConfigError, match=r"--log mlflow needs .* install 'vireid\[mlflow\]'"):
        check_installed(["tensorboard", "mlflow"])


def test_what_can_be_imported_is_enough(monkeypatch):
    for name in CHOICES:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    check_installed(CHOICES)


def test_nothing_is_imported_that_was_not_asked_for(tmp_path, monkeypatch):
    for name in CHOICES:
        monkeypatch.setitem(sys.modules, name, None)
    check_installed([])
    with open_observers([], tmp_path / "metrics.jsonl", {}, 0) as observers:
        observers.log_epoch(10, {"epoch": 1})
    assert json.loads((tmp_path / "metrics.jsonl").read_text()) == {"epoch": 1, "step": 10}
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.jsonl"]


def test_an_observer_that_cannot_be_opened_is_left_out(tmp_path, caplog):
    (tmp_path / "logs").touch()
    with open_observers(["tensorboard"], tmp_path / "metrics.jsonl", {}, 0) as observers:
        observers.log_epoch(10, {"epoch": 1})
    assert (tmp_path / "metrics.jsonl").read_text()
    (record,) = caplog.records
    assert record.message.startswith("tensorboard cannot be written (")


def test_the_log_itself_must_open(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot write"):
        open_observers([], tmp_path / "file" / "metrics.jsonl", {}, 0)
