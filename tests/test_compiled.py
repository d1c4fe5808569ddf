"""Compiled functions where no folder can be written to."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from numba import njit
from numba.core import config

from vireid import compiled, places

PACKAGE = Path(compiled.__file__).parent
SOURCE = """
from numba import njit
from vireid.compiled import kept

@kept
@njit(nogil=True)
def double(x):
    return x + x
"""


@pytest.fixture
def double(tmp_path, monkeypatch):
    """Return a function in a file of its own, which is compiled when it is first called."""
    compiled._say.cache_clear()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(config, "CACHE_DIR", "")
    (tmp_path / "temporary").mkdir()
    file = tmp_path / "source" / "doubling.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    names = {"__name__": "doubling", "__file__": str(file)}
    exec(compile(SOURCE, str(file), "exec"), names)
    return names["double"]


def nowhere(monkeypatch):
    """Let numba find no folder of its own."""

    class NoFolder(compiled.FILES):
        def __init__(self, function):
            if not config.CACHE_DIR:
                raise RuntimeError("cannot cache function 'double': no locator available")
            super().__init__(function)

    monkeypatch.setattr(compiled, "FILES", NoFolder)


def kept_in(folder):
    return sorted(path.suffix for path in Path(folder).rglob("*.nb?"))


def test_code_is_kept_beside_the_source_without_a_word(double, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(21) == 42
    assert kept_in(tmp_path / "source") == [".nbc", ".nbi"]
    assert not caplog.messages


def test_nothing_is_looked_for_before_the_first_call(double, tmp_path):
    assert double.stats.cache_path is None
    assert not (tmp_path / "source" / "__pycache__").exists()


def test_without_a_folder_of_numbas_a_temporary_one_is_taken(double, tmp_path, monkeypatch, caplog):
    nowhere(monkeypatch)
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(21) == 42
        assert double(0.5) == 1.0
    folder = tmp_path / "temporary" / f"vireid-{os.getuid()}"
    assert kept_in(folder) == [".nbc", ".nbc", ".nbi"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert caplog.messages == [
        f"compiled functions are kept in {folder}, as numba's folders are read-only"
    ]
    assert config.CACHE_DIR == "", "numba's settings are those of before"


@pytest.mark.parametrize("mode", [0o777, 0o750, None])
def test_a_folder_that_others_can_write_to_is_not_taken(
    double, tmp_path, monkeypatch, caplog, mode
):
    nowhere(monkeypatch)
    folder = tmp_path / "temporary" / f"vireid-{os.getuid()}"
    if mode is None:
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(mode)
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(21) == 42
    assert not kept_in(folder)
    assert caplog.messages == [
        "functions are compiled anew each time, as no folder can keep them; "
        "set NUMBA_CACHE_DIR to a folder that can be written to"
    ]


def test_a_folder_that_vanishes_is_made_again(double, tmp_path, caplog):
    assert double(21) == 42
    shutil.rmtree(tmp_path / "source" / "__pycache__")
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(0.5) == 1.0
    assert kept_in(tmp_path / "source") == [".nbc", ".nbi"]
    assert not caplog.messages


def test_a_folder_that_cannot_be_made_again_is_told_once(double, tmp_path, caplog):
    assert double(21) == 42
    shutil.rmtree(tmp_path / "source" / "__pycache__")
    (tmp_path / "source" / "__pycache__").touch()
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(0.5) == 1.0
        assert double(1j) == 2j
    assert len(caplog.messages) == 1
    assert "could not be kept (File exists); set NUMBA_CACHE_DIR" in caplog.text


def test_a_full_disk_stops_nothing(double, monkeypatch, caplog):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled.caching.IndexDataCacheFile, "save", refuse)
    with caplog.at_level(logging.INFO, "vireid"):
        assert double(21) == 42
    assert "could not be kept (No space left on device)" in caplog.text


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("content", [b"", b"\x80", b"not a pickle"])
def test_a_damaged_file_is_made_anew(double, tmp_path, suffix, content):
    assert double(21) == 42
    (file,) = (tmp_path / "source").rglob(f"*{suffix}")
    file.write_bytes(content)
    again = compiled.kept(njit(nogil=True)(double.py_func))
    assert again(21) == 42
    third = compiled.kept(njit(nogil=True)(double.py_func))
    assert third(21) == 42
    assert sum(third.stats.cache_hits.values()) == 1


def test_every_compiled_function_goes_this_way():
    for file in PACKAGE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert text.count("@njit(") == text.count("@kept\n@njit(")
        assert "cache=True" not in text


@pytest.mark.parametrize("home", ["", "relative"])
def test_numba_makes_no_folder_where_there_is_no_home(double, tmp_path, monkeypatch, home):
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.chdir(tmp_path)
    assert double(21) == 42
    assert not [path for path in (tmp_path / "numba", tmp_path / "relative") if path.exists()]


@pytest.mark.parametrize("writable", [True, False])
def test_matplotlib_gets_a_folder_where_it_has_none(tmp_path, monkeypatch, writable):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none" / "there"))
    monkeypatch.setenv("MPLCONFIGDIR", "")
    monkeypatch.setattr(os, "access", lambda *_: writable)
    places.place_for_matplotlib()
    expected = "" if writable else str(tmp_path / f"vireid-{os.getuid()}" / "matplotlib")
    assert os.environ["MPLCONFIGDIR"] == expected


def limited():
    """Return words that start a command without the rights to write anywhere; skip without them."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can give away its rights to write everywhere, and by setpriv")
    words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        pytest.skip("setpriv may not take rights away here")
    return words


@pytest.mark.slow
def test_a_read_only_installation_and_home(tmp_path, people):
    words = limited()
    shutil.copytree(PACKAGE, tmp_path / "site/vireid", ignore=shutil.ignore_patterns("*cache*"))
    shutil.copy(PACKAGE / "data/pixels/cache.py", tmp_path / "site/vireid/data/pixels")
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    for folder in [*(tmp_path / "site").rglob("*"), tmp_path / "site", tmp_path / "home"]:
        folder.chmod(0o555)
    (tmp_path / "temporary").chmod(0o555)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    environment |= {"PYTHONPATH": str(tmp_path / "site"), "TMPDIR": str(tmp_path / "temporary")}
    code = "import numpy, vireid; e = numpy.eye(4, dtype='f4'); n = numpy.arange(4) % 2; " + (
        "print(vireid.jaccard_distance(e, k1=2, k2=1).shape)"
    )
    done = subprocess.run(
        [*words, sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path / "home",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "(4, 4)", done.stderr
    check = [*words, sys.executable, "-m", "vireid", "check", str(people)]
    done = subprocess.run(
        check, env=environment, cwd=tmp_path / "home", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
