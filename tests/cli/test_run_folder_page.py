"""docs/run-folder.md names every file of a run."""

import re
from fnmatch import fnmatch
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "run-folder.md").read_text(encoding="utf-8")


def test_every_file_of_a_training_is_explained(trained: Path) -> None:
    section = PAGE.split("## Written by a training\n")[1].split("\n## ")[0]
    names = re.findall(r"^\| `([^`]+)`", section, flags=re.MULTILINE)
    patterns = [name.replace("STAGE", "*") for name in names]
    files = [str(path.relative_to(trained)) for path in trained.rglob("*") if path.is_file()]
    assert len(files) > 8
    for file in files:
        assert any(fnmatch(file, pattern) for pattern in patterns), file
    unused = [one for one in patterns if not any(fnmatch(file, one) for file in files)]
    assert unused == ["states/*.safetensors", "logs/"], "gone at the end, and not asked for"
