"""The site is built from docs/ without a warning, and its guides can be followed."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import vireid
from tests.written import entries
from vireid.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BUILD = DOCS / "site" / "build.py"
GUIDES = [DOCS / "start.md", *sorted((DOCS / "guides").glob("*.md"))]
OTHERS = (DOCS / "guides" / "other-models.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", OTHERS, flags=re.DOTALL)


def commands() -> list[str]:
    """Return the lines of the guides that call vireid, also by torchrun."""
    found = []
    for page in GUIDES:
        text = page.read_text(encoding="utf-8")
        found += re.findall(
            r"^ {4}(?:torchrun .*-m )?(vireid (?!--version).+)$", text, re.MULTILINE
        )
        found += re.findall(r"(?<=[ (])`(vireid \S+ [A-Z./][^`.]* [^`]*)`", text)
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site's pages, built as `make docs` builds them."""
    for package in ("sphinx", "myst_parser", "pydata_sphinx_theme"):
        pytest.importorskip(package, reason="needs pip install 'vireid[docs]'")
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, str(BUILD), str(out)],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


def test_every_public_name_every_command_and_every_page_is_on_the_site(site: Path) -> None:
    for name in vireid.__all__:
        text = (site / "reference" / "python" / f"{name}.html").read_text(encoding="utf-8")
        assert f'id="vireid.{name}"' in text
    pages = {path.stem for path in (site / "reference" / "commands").glob("*.html")}
    assert pages > set(COMMANDS) - {"gallery"}
    for path in DOCS.rglob("*.md"):
        name = path.relative_to(DOCS).with_suffix(".html")
        assert name.is_relative_to("results/unfinished") or (site / name).exists()


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    loaded = r"<(?:script|img|iframe)[^>]* src=\"([^\"]+)\"|<link[^>]* href=\"([^\"]+)\""
    found = {one or other for one, other in re.findall(loaded, text)}
    assert len(found) > 5
    assert not {address for address in found if re.match(r"(https?:)?//", address)}
    assert "<math" in text
    assert not re.findall(r"<img(?![^>]* alt=\"[^\"]+\")[^>]*>", text)


@pytest.mark.usefixtures("site")
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# One\n\n[gone](gone.md) and [gone](#gone)\n")
    words = ["-m", "sphinx", "-W", "--keep-going", "-q", "-c", str(DOCS / "site")]
    done = subprocess.run(
        [sys.executable, *words, str(tmp_path), str(tmp_path / "out")],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{DOCS / 'site'}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("myst.xref_missing") == 2


def test_commands_of_the_guides_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS / "site")
    from commands import parser_of

    found = commands()
    assert len(found) > 25
    for line in found:
        words = shlex.split(line, comments=True)
        words = [word for word in words if word != "..."]
        parser_of(f"vireid.cli.{words[1].replace('-', '_')}").parse_intermixed_args(words[2:])


def test_the_guide_to_other_models_can_be_followed(
    people: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("SYSU-MM01 all-search")
    assert last == "1.00 on 100% of the images"
    monkeypatch.chdir(tmp_path)
    test = vireid.open_data(people).test
    exec(
        "np.savez('features.npz', vectors=features[:n])",
        names | {"n": len(test)},
    )
    for line in re.findall(r"^ {4}(vireid .+)$", OTHERS, flags=re.MULTILINE):
        words = shlex.split(line.replace("DATA", str(people)).replace(" --match", ""))
        assert main(words[1:]) == 0, line
    assert len(entries(tmp_path / "features-evaluation" / "evaluation.json")) == 2


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere_on_github_too(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = link.partition("#")
        if not file.startswith(("http:", "https:")):
            place = (page.parent / file).resolve() if file else page
            assert place.exists(), link
            assert not anchor or anchor in anchors(place), link


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
