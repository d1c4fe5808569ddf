"""docs/observing.md says what there is."""

import json
import re
from pathlib import Path

from vireid.cli.runs import TEXTS
from vireid.observers import CHOICES
from vireid.runs import Run, new_network
from vireid.training import EpochEnded, Stepped, fit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "observing.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> set[str]:
    """Return the words in code style in the first cells below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`(\w+)`", " ".join(cells)))


def test_every_key_of_the_log_is_explained(trained: Path) -> None:
    lines = (trained / "metrics.jsonl").read_text().splitlines()
    assert first_cells("The log") == {key for line in lines for key in json.loads(line)}


def test_every_observer_and_every_column_is_explained() -> None:
    assert first_cells("Curves") == set(CHOICES)
    assert {"goes on at", "scored"} <= set(TEXTS)
    assert "`goes on at`" in PAGE
    assert "`scored`" in PAGE


def test_the_python_on_the_page_runs(
    people: Path, tiny_file: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    block = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[0]
    (tmp_path / "people").symlink_to(people)
    monkeypatch.chdir(tmp_path)
    exec(block.replace('"small"', repr(str(tiny_file))), {})
    lines = capsys.readouterr().out.splitlines()
    steps = [line for line in lines if line.startswith(("joint ", "aligned "))]
    assert steps[0] == "joint 1 0 2 {}"
    assert len(steps) == 9
    assert len(lines) == 12, "three epochs"
    assert Run("runs/first").recipe().seed == 3


def test_the_loop_on_the_page_runs(crops, tiny, capsys) -> None:
    block = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[1]
    names = {"fit": fit, "Stepped": Stepped, "EpochEnded": EpochEnded}
    exec(block, names | {"network": new_network(tiny), "images": crops, "recipe": tiny})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("joint 1 1 2 ")
    assert [line.split()[0] for line in lines] == ["joint"] * 3 + ["aligned"] * 6
