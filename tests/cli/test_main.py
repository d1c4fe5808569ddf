"""The command itself: quick, and one line for each mistake."""

import os
import subprocess
import sys

import pytest

from vireid.cli import main as module
from vireid.cli.main import COMMANDS, main
from vireid.errors import DataError

TRAINING = ["train", "upper-bound", "ablate", "sweep", "reproduce"]
LIGHT = {**os.environ, "OMP_NUM_THREADS": "1"}


def python(*words):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=LIGHT)


def test_help_answers():
    done = python("-m", "vireid", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: vireid COMMAND")
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_help_is_quick_as_it_loads_hardly_anything():
    code = (
        "import sys; before = set(sys.modules); from vireid.cli.main import main; main(['--help']);"
        "new = sys.modules.keys() - before; assert len(new) < 150, new;"
        "new = {name.split('.')[0] for name in new} - sys.stdlib_module_names; "
        "assert new == {'vireid'}, new"
    )
    done = python("-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "code",
    [
        "import vireid; dir(vireid)",
        "from vireid.cli.main import main; main(['--help']); main(['--version']); main(['x'])",
        "import vireid.config, vireid.types, vireid.errors, vireid.seeds",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    check = "import sys; bad = {'torch', 'numba', 'sklearn', 'matplotlib'} & set(sys.modules)"
    done = python("-W", "error", "-c", f"{code}; {check}; assert not bad, bad")
    assert done.returncode == 0, done.stderr


def test_no_help_loads_anything_heavy():
    code = f"""
import contextlib, sys
from vireid.cli.main import main
def quietly(*words):
    with contextlib.suppress(SystemExit):
        main(words)
for name in {list(COMMANDS)}:
    quietly(name, "--help")
for name in {TRAINING}:
    quietly(name, "--help-settings")
    quietly(name, "--help-settings", "--recipe", "sysu")
quietly("recipe", "synthetic")
quietly("recipe", "paper", "--set", "seed=3", "--diff", "sysu")
assert not (bad := {{'torch', 'numba', 'sklearn', 'matplotlib'}} & set(sys.modules)), bad
"""
    done = python("-W", "error", "-c", code)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout.count("usage: vireid") == len(COMMANDS)


@pytest.mark.parametrize("name", TRAINING)
def test_help_of_trainings_is_short_and_settings_are_listed_on_demand(capsys, name):
    def told(*words):
        with pytest.raises(SystemExit) as caught:
            main([name, *words])
        assert caught.value.code == 0
        return capsys.readouterr().out

    text = told("--help")
    assert len(text.splitlines()) < 70
    assert "`vireid recipe NAME`" in text
    assert "--help-settings" in text.split("options:")[1]
    assert "labelling.single.eps" not in text
    assert "labelling.single.eps" in told("--help-settings")
    assert "[a whole number; sysu: 288]" in told("--help-settings", "--recipe", "sysu")
    assert "[a whole number; sysu: 288]" in told("--recipe", "sysu", "--help-settings", "DATA")
    assert main([name, "--help-settings", "--recipe", "sisu"]) == 2
    assert "did you mean sysu?" in capsys.readouterr().err


def test_the_module_is_the_command():
    done = python("-m", "vireid", "nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"]])
def test_without_a_command_its_usage_is_printed(capsys, words):
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "commands:" in out
    assert err == ""


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("vireid 0.")


def test_an_unknown_command_is_one_line(capsys):
    assert main(["nonsense", "--help"]) == 2
    out, err = capsys.readouterr()
    known = ", ".join(COMMANDS)
    assert (out, err) == ("", f"vireid: no command nonsense; expected one of: {known}\n")
    assert main(["trian"]) == 2
    assert capsys.readouterr().err.endswith("; did you mean train?\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(capsys, name):
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    out, err = capsys.readouterr()
    assert (caught.value.code, err) == (0, "")
    assert out.startswith(f"usage: vireid {name} ")


LIGHT_HELP = (
    "demo", "synth", "check", "train", "runs", "embed", "label", "search", "gallery", "serve",
    "table", "upper-bound", "doctor",
)  # fmt: skip


def test_help_loads_no_torch():
    code = (
        "import sys\nfrom contextlib import suppress\nfrom vireid.cli.main import main\n"
        f"for name in {LIGHT_HELP}:\n"
        "    with suppress(SystemExit):\n        main([name, '--help'])\n"
        "    assert 'torch' not in sys.modules, name\n"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_unknown_options_are_one_line(capsys, name):
    places = {"embed": "run x --out y", "evaluate": "run x", "search": "run x --gallery y"}
    places |= {"calibrate": "run x", "judged": "x"}
    places |= {
        "train": "x --out y",
        "upper-bound": "x --out y",
        "demo": "x",
        "doctor": "",
        "export": "x y",
        "synth": "x",
        "check": "x",
        "runs": "x",
        "report": "x",
        "card": "x",
        "ablate": "x --out y",
        "sweep": "x --out y",
        "compare": "x --recipes y --out z",
        "label": "x --out y.csv",
        "assign": "x y z --out y.csv",
        "recipe": "x",
        "crop": "x --boxes y --out z",
        "reproduce": "sysu x --out y",
        "table": "x",
        "gallery": "info x",
        "serve": "x y",
    }
    assert main([name, *places[name].split(), "--bogus"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    near = {"crop": "; did you mean --boxes?", "compare": "; did you mean --bound?"}.get(name, "")
    verb = " info" if name == "gallery" else ""
    see = f"see `vireid {name}{verb} --help`{near}"
    assert err == f"vireid {name}: unrecognized arguments: --bogus; {see}\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (DataError("no such thing"), 2, "no such thing"),
        (OSError(28, "No space left on device"), 2, "[Errno 28] No space left on device"),
        (KeyboardInterrupt(), 130, "interrupted; what was finished is kept"),
    ],
)
def test_errors_become_one_line_and_an_exit_code(capsys, monkeypatch, error, code, line):
    class Command:
        @staticmethod
        def run(words):
            assert words == ["a", "b"]
            raise error

    monkeypatch.setattr(module, "import_module", lambda _: Command)
    assert main(["train", "a", "b"]) == code
    assert capsys.readouterr().err == f"vireid train: {line}\n"


def test_a_programming_error_is_not_hidden(monkeypatch):
    class Command:
        @staticmethod
        def run(words):
            raise ZeroDivisionError(words)

    monkeypatch.setattr(module, "import_module", lambda _: Command)
    with pytest.raises(ZeroDivisionError):
        main(["train"])
