"""Digests of the code that makes the rows of a study."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from vireid.studies import code as studies_code
from vireid.studies.code import ROOMS, code_of, digest

PACKAGE = Path(studies_code.__file__).resolve().parents[1]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return a copy of the package's sources that digests are made of."""
    place = tmp_path / "vireid"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(studies_code, "__file__", str(place / "studies" / "code.py"))
    return place


def test_rooms_are_there_and_a_copy_has_the_same_digest(tiny, request):
    assert all((PACKAGE / room).exists() for room in ROOMS)
    found = code_of([tiny])
    assert list(found) == ["vireid"]
    request.getfixturevalue("copy")
    assert code_of([tiny]) == found


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("losses/triplet.py", True),
        ("seeds.py", True),
        ("data/pixels/images.py", True),
        ("cli/main.py", False),
        ("pages/curves.py", False),
        ("studies/table.py", False),
    ],
)
def test_what_training_and_scoring_depend_on_counts(tiny, copy, file, counts):
    before = code_of([tiny])
    (copy / file).write_text((copy / file).read_text() + "\n# another line\n")
    assert (code_of([tiny]) != before) == counts


def test_a_new_and_a_renamed_file_count(tiny, copy):
    before = code_of([tiny])
    (copy / "terms" / "new.py").write_text("")
    added = code_of([tiny])
    (copy / "terms" / "new.py").rename(copy / "terms" / "newer.py")
    assert len({found["vireid"] for found in (before, added, code_of([tiny]))}) == 3


SOURCE = """
from dataclasses import dataclass
from vireid.config import GuardConfig

@dataclass(frozen=True)
class Base(GuardConfig):
    pass
"""
CHILD = """
from dataclasses import dataclass
import foreign_base

@dataclass(frozen=True)
class Mine(foreign_base.Base):
    pass
"""


def test_modules_outside_the_package_count_with_what_they_build_on(tiny, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "foreign_base.py").write_text(SOURCE)
    (tmp_path / "foreign_child.py").write_text(CHILD)
    import foreign_child

    recipe = replace(tiny, guard=foreign_child.Mine())
    before = code_of([tiny, recipe])
    assert list(before) == ["vireid", "foreign_base", "foreign_child"]
    (tmp_path / "foreign_base.py").write_text(SOURCE + "    # changed\n")
    now = code_of([recipe])
    assert studies_code.changed_parts(before, now) == ["foreign_base"]
    assert studies_code.changed_parts(before, code_of([tiny])) == [], "it is not used now"
    for name in ("foreign_base", "foreign_child"):
        del sys.modules[name]


def test_names_and_bytes_do_not_run_into_each_other():
    assert digest({"a": b"bc"}) != digest({"ab": b"c"})
    assert digest({"a": b"b", "c": b"d"}) != digest({"a": b"b\0c", "c": b"d"})
