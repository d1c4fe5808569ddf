"""What an evaluation wrote: the entries of protocols in metrics.json and evaluation.json."""

import json
from pathlib import Path
from typing import Any


def entries(file: Path) -> dict[str, Any]:
    """Return what a file holds of each protocol, by its whole name."""
    return dict(json.loads(file.read_text())["protocols"])


def only(file: Path) -> dict[str, Any]:
    """Return what a file holds of its only protocol."""
    (entry,) = entries(file).values()
    return dict(entry)


def table(folder: Path, ending: str = "parquet", name: str = "queries") -> Path:
    """Return the only table of queries of a folder, or another file of a protocol."""
    (file,) = folder.glob(f"{name}-*.{ending}")
    return file
