"""What docs/going-on.md shows is run, on a few fake people."""

import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest

import vireid
from tests.runs.test_assign import rates
from vireid.ranking import load_gallery, save_rates

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "going-on.md").read_text(encoding="utf-8")
LINES = re.findall(r"^ {4}(vireid [^#\n]+)", PAGE, flags=re.MULTILINE)


def test_the_page_shows_all_three() -> None:
    assert {line.split()[1] for line in LINES} == {"train", "embed", "label", "calibrate", "assign"}


@pytest.mark.filterwarnings("default:--sample. the data say no tracks:UserWarning")
def test_the_lines_of_the_page_run(
    people, draw, trained, tiny_file, succeed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("january", "february", "march"):
        draw(tmp_path / name)
    (tmp_path / "archive").symlink_to(people)
    shutil.copytree(trained, tmp_path / "runs" / "january")
    more = {"train": ["--recipe", str(tiny_file)], "label": ["--k1", "8"]}
    embedded = ""
    for line in LINES:
        command, *words = shlex.split(line)[1:]
        if command == "calibrate":  # nothing can be learned from so few people
            network = load_gallery(embedded).network
            save_rates(rates(network), Path(words[0]) / "rates.json")
            continue
        if command == "embed":
            embedded = words[-1]
        succeed(command, *words, *more.get(command, []))
    first, second, third = (vireid.load_labelled(f"labels-{one}.npz") for one in (1, 2, 3))
    assert len(first) == 128
    assert len(second) == len(third) == 192
    assert "trained_on" in (tmp_path / "runs" / "february" / "weights.json").read_text()
    (block,) = re.findall(r"In Python:\n\n((?: {4}.+\n)+)", PAGE)
    exec(textwrap.dedent(block), {"vireid": vireid})


def test_the_table_is_what_was_measured() -> None:
    measured = (DOCS / "results" / "months.md").read_text(encoding="utf-8")
    for line in measured.splitlines():
        assert line in PAGE


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)", PAGE))
def test_links_lead_somewhere(link: str) -> None:
    assert (DOCS / link).exists()
