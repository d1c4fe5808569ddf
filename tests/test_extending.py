"""What docs/extending.md shows is run: its code, its recipes and its commands, on small data."""

import re
import runpy
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from vireid.cli.main import main
from vireid.labelling import MATCHERS, REFINERS, DensePrototypes, Rounds
from vireid.recipes import parse_recipe
from vireid.runs import Run
from vireid.terms import SHIPPED, short_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}((?:vireid|python) .+)", PAGE, flags=re.MULTILINE)
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))
TINY = [
    "height=32", "width=16", "batch_labels=4", "batch_images=2", "augmentation.padding=1",
    'network={"backbone": "test_efficientnet", "weights": "none"}',
    "stages.*.epochs=1", "stages.*.iterations=1", "stages.*.learning_rate=0.0001",
]  # fmt: skip
CLUSTERS = [
    'labelling.single={"k1": 8, "k2": 3, "min_samples": 3}',
    'labelling.mixed={"k1": 16, "k2": 6, "eps": 0.7, "min_samples": 3}',
    "labelling.memories=2",
]
"""What keeps a training short, and lets images of flat colours form clusters."""


def blocks(language: str) -> list[str]:
    """Return the blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def small(words: list[str]) -> list[str]:
    """Return a command of the page with what keeps it short."""
    own = ["labelling.clusters=3"] if "examples/camera_centred.yaml" in words else CLUSTERS
    if "examples/nearest_pairs.yaml" in words:
        own = CLUSTERS[:2]  # its matcher knows no memories
    if "examples/dmdl.yaml" in words:
        own = [*own, "stages.aligned.epochs=4"]  # one for each factor of its ramp
    if words[1] in ("train", "sweep"):
        return [*words, "--set", *TINY, *own]
    return [*words, *TINY, *own] if "own_protocol.py" not in words[1] else words


def crops(people: Path, root: Path) -> None:
    """Lay the fake people out as own_layout.py has them."""
    for camera in (1, 2, 3, 6):
        for person in range(1, 13):
            light = "infrared" if camera in (3, 6) else "visible"
            part = "train" if person <= 8 else "test"
            place = root / part / f"{person:04d}" / f"{light}-{camera}"
            shutil.copytree(people / f"cam{camera}" / f"{person:04d}", place)


@pytest.fixture(scope="module")
def place(people, tmp_path_factory):
    """Return a folder in which the commands of the page can be run one after the other."""
    folder = tmp_path_factory.mktemp("extending")
    (folder / "people").symlink_to(people)
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "smoothed.py").write_text(blocks("python")[0])
    (folder / "smoothed.yaml").write_text(blocks("yaml")[0])
    crops(people, folder / "crops")
    return folder


def test_every_example_is_on_the_page_and_in_a_command():
    for name in EXAMPLES:
        assert f"(../examples/{name})" in PAGE
        recipe = f"examples/{name.replace('.py', '.yaml')}"
        assert any(f"examples/{name}" in line or recipe in line for line in COMMANDS), name
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_short(name):
    lines = (ROOT / "examples" / name).read_text(encoding="utf-8").splitlines()
    longest = 150 if name == "dmdl.py" else 60  # a whole method, where the others are one part
    assert 20 <= len(lines) <= longest


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command of vireid, or a file of Python, in this process."""
    if words[0] == "vireid":
        assert main(words[1:]) == 0, words
    else:
        monkeypatch.setattr(sys, "argv", words[1:])
        runpy.run_path(words[1], run_name="__main__")


@pytest.mark.slow
def test_commands_of_the_page_run(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    for command in COMMANDS:
        run(small(shlex.split(command)), monkeypatch)
        assert capsys.readouterr().out, command
    runs = sorted(path.name for path in (place / "runs").iterdir() if path.is_dir())
    assert len(runs) == 9
    assert all(Run(place / "runs" / name).stages()[-1] == "aligned" for name in runs)


def test_the_loop_of_the_page_runs(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    code = blocks("python")[1].replace('"synthetic"', f'"synthetic", {[*TINY, *CLUSTERS]}')
    exec(compile(code, "docs/extending.md", "exec"), {})
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["intra", "1"], ["joint", "1"], ["aligned", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_links_lead_somewhere(link):
    assert (ROOT / "docs" / link).exists()


@pytest.mark.parametrize(
    ("key", "place", "shipped"),
    [("loss", "terms", SHIPPED), ("kind", "labelling", (*MATCHERS, *REFINERS))],
)
def test_the_page_names_every_part_that_ships(key, place, shipped):
    table = PAGE.split(f"| `{key}` | class in `vireid.{place}` |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", table, flags=re.MULTILINE)
    assert rows == [(short_name(kind), kind.__name__) for kind in shipped]


def test_the_recipe_of_what_ships_is_one():
    recipe = parse_recipe(blocks("yaml")[1])
    assert recipe.labelling.matcher == Rounds(2)
    assert recipe.labelling.refiners == (DensePrototypes(10),)
