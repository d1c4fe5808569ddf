"""What README shows is run: its Python lines and its commands, on a small data set."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import Command

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALL = {
    "vireid synth": "--identities 16 --test-identities 4 --visible-images 4 --infrared-images 4",
    "vireid train": "--set stages.intra.epochs=1 stages.joint.epochs=1 "
    "stages.aligned.epochs=1 stages.intra.iterations=2 stages.joint.iterations=2 "
    "stages.aligned.iterations=2",
}
"""What keeps a command of README short here."""
TESTED = ("/0100/", "/0020/")
"""A person of README's test images, and one of as few."""


def run(command: list[str], folder: Path) -> None:
    """Run a command and demand that it ends well."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def commands() -> list[str]:
    """Return the lines of README that call vireid."""
    return re.findall(r"^ {4}(vireid [^#\n]+)", README, flags=re.MULTILINE)


def test_readme_names_commands_and_python() -> None:
    assert {line.split()[1] for line in commands()} >= {"synth", "train", "evaluate", "search"}
    assert README.count("```python") == 1
    measured = (ROOT / "docs" / "results" / "synthetic.md").read_text(encoding="utf-8")
    table = [line for line in measured.splitlines() if line.startswith("|")]
    assert "\n".join(table) in README


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
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "run").symlink_to(tmp_path / "runs" / "first")
    (tmp_path / "demo" / "data").symlink_to(tmp_path / "people")
    block = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert block
    run([sys.executable, "-c", block.group(1)], tmp_path)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
