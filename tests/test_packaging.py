"""The wheel holds the whole package, and what stands beside it says the same as the package."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

from vireid.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
NEEDED = ("pyproject.toml", "README.md", "LICENSE")
"""What a build reads beside the package; git is not there."""


def package_files() -> set[str]:
    """Return every file of the package but what Python and numba write beside it."""
    files = (path for path in (ROOT / "vireid").rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the sdist, and the wheel that was made of it."""
    for name in ("build", "setuptools_scm"):
        pytest.importorskip(name, reason=f"{name} is not installed; see the extra dev")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in NEEDED:
        shutil.copy(ROOT / name, source)
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vireid", source / "vireid", ignore=leave_out)
    words = ["-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package(built):
    held = {name for name in zipfile.ZipFile(built[1]).namelist() if ".dist-info/" not in name}
    assert held == package_files()
    assert {"vireid/serving/page.html", "vireid/pages/data_card.css", "vireid/py.typed"} <= held


def test_the_sdist_builds_without_the_repository(built):
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert package_files() | set(NEEDED) <= names


def test_the_metadata_are_those_of_the_project(built):
    wheel = zipfile.ZipFile(built[1])
    (place,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    told = Parser().parsestr(wheel.read(place).decode())
    assert told["Version"] == PROJECT["tool"]["setuptools_scm"]["fallback_version"]
    assert set(told.get_all("Provides-Extra", [])) == set(EXTRAS)
    points = wheel.read(place.replace("METADATA", "entry_points.txt")).decode()
    assert "vireid = vireid.cli.main:main" in points


def test_pypi_can_show_them(built):
    pytest.importorskip("twine", reason="twine is not installed; see the extra dev")
    words = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_citation_names_the_paper():
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (paper,) = told["references"]
    assert told["license"] == PROJECT["project"]["license"]
    assert "Multi-Memory Matching" in paper["title"]
    assert len(paper["authors"]) == 7


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_containers_name_extras_and_commands_that_exist(kind):
    text = (ROOT / "containers" / f"{kind}.Dockerfile").read_text(encoding="utf-8")
    (extras,) = re.findall(r"whl\)\[([\w,]+)\]", text)
    assert {"weights", "gallery", "serve"} <= set(extras.split(",")) <= set(EXTRAS)
    assert set(re.findall(rf"vireid:{kind} (\w+)", text)) <= set(COMMANDS)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in (*NEEDED, "vireid")} < set(ignored)


def test_the_page_on_installing_names_every_extra():
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)) == set(EXTRAS)
    assert re.findall(r"^    vireid (\w+)", page, flags=re.MULTILINE)[:2] == ["doctor", "demo"]


PAGES = ("CONTRIBUTING.md", "SECURITY.md", "docs/install.md", "docs/stability.md")


@pytest.mark.parametrize("name", PAGES)
def test_links_and_files_of_the_pages_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / name).parent / link).exists(), link
    for path in re.findall(r"(?:tests|vireid|benchmarks|containers)/[\w/.]*\w", text):
        there = (ROOT / path).exists() or path.isupper() or "NAME" in path
        assert there, path


def test_stable_interfaces_are_there():
    from vireid.labelling import Labeller, Matcher, Refiner
    from vireid.runs.watch import Watch
    from vireid.scoring import Draw, Protocol
    from vireid.terms import Term

    page = (ROOT / "docs" / "stability.md").read_text(encoding="utf-8")
    for one in (Term, Labeller, Matcher, Refiner, Watch, Draw, Protocol):
        assert f"`{one.__name__}`" in page


@pytest.mark.parametrize("name", ["bug", "method", "idea"])
def test_issue_forms_are_whole(name):
    path = ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml"
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    names = [part["id"] for part in form["body"]]
    assert len(set(names)) == len(names)
    assert all(part["attributes"]["label"] for part in form["body"])


def test_lowest_versions_are_those_of_the_project():
    words = [sys.executable, str(ROOT / "benchmarks" / "lowest_versions.py"), "--list"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert len(PROJECT["project"]["dependencies"]) + 5 == len(done.stdout.split())
    assert "numpy==2" in done.stdout
