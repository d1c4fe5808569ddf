"""What README shows is run: its Python lines and its commands, on a small data set."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import vireid
from tests.forked import Command

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALL = {
    "vireid synth": "--identities 16 --test-identities 4 --visible-images 4 --infrared-images 4",
    "vireid train": "--set stages.intra.epochs=1 stages.joint.epochs=1 "
    "stages.aligned.epochs=1 stages.intra.iterations=2 stages.joint.iterations=2 "
    "stages.aligned.iterations=2 height=64 width=32",
}
"""What keeps a command of README short here."""
TESTED = ("/0100/", "/0020/")
"""A person of README's test images, and one of as few."""


def run(command: list[str], folder: Path) -> str:
    """Run a command, demand that it ends well, and return what it printed."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def blocks() -> list[str]:
    """Return the Python that README shows."""
    return re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def commands() -> list[str]:
    """Return the lines of README that call vireid."""
    return re.findall(r"^ {4}(vireid [^#\n]+)", README, flags=re.MULTILINE)


def test_readme_names_commands_and_python() -> None:
    assert {line.split()[1] for line in commands()} >= {"synth", "train", "evaluate", "search"}
    assert len(blocks()) == 2


def test_the_table_is_that_of_the_comparison() -> None:
    page = (ROOT / "docs" / "results" / "default.md").read_text(encoding="utf-8")
    head, _, *lines = [line for line in page.split("**")[2].splitlines() if line.startswith("|")]
    wanted = ("Rank-1", "mAP", "mINP", "mAP, % of `bound of small`", "runs")
    places = [[cell.strip() for cell in head.split("|")].index(name) for name in wanted]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert len(cells) == 3
    for line in cells:
        expected = " | ".join(line[place].replace("–", "") for place in places)
        assert f" | {expected} |\n".replace("|  |", "| |") in README


@pytest.mark.parametrize("name", ["labels", "evaluation", "loading", "training"])
def test_the_performance_page_shows_what_was_measured(name: str) -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    measured = (ROOT / "docs" / "results" / f"{name}.md").read_text(encoding="utf-8")
    assert measured.rstrip() in page


def test_readme_commands_and_python_run(tmp_path: Path) -> None:
    for line in commands():
        words = shlex.split(line.replace(*TESTED))
        extra = shlex.split(SMALL.get(" ".join(words[:2]), ""))
        done = Command([*words[1:], *extra], tmp_path / "said", folder=tmp_path)
        assert done.wait() == 0, f"{line}\n{done.out}\n{done.err}"
    block = blocks()[0]
    assert len([line for line in block.splitlines() if line]) < 20
    assert set(re.findall(r"vireid\.(\w+)", block)) <= set(vireid.__all__)
    short = SMALL["vireid train"].removeprefix("--set ").split()
    less = block.replace('settings=["seed=3"]', f"settings={['seed=3', *short]}")
    assert less != block
    less = less.replace('vireid.synthesise("people")', "pass").replace("/0100", "/0020")
    run([sys.executable, "-c", less], tmp_path)


def test_features_of_another_model_are_scored_in_ten_lines(tmp_path: Path) -> None:
    block = blocks()[1]
    assert len([line for line in block.splitlines() if line]) <= 10
    printed = run([sys.executable, "-W", "error", "-c", block], tmp_path)
    shown = README.split(block)[1].split("```\n\n")[1].split("\n\n")[0]
    assert printed.splitlines() == [line.removeprefix("    ") for line in shown.splitlines()]


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https:)([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
