"""What leads from page to page, as navigation.yaml says it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

PARTS = Path(__file__).with_name("navigation.yaml")


def joined(texts: dict[str, str]) -> dict[str, str]:
    """Return all pages, with those that lead to others.

    Args:
        texts: the Markdown of the pages by their names.
    """
    parts = yaml.safe_load(PARTS.read_text(encoding="utf-8"))
    found = {**texts, **{part["page"]: _front(part, texts) for part in parts}}
    entries = [f"{part['part']} <{part['page']}>" for part in parts]
    return {**found, "index": texts["index"] + _toctree(entries)}


def _front(part: dict[str, Any], texts: dict[str, str]) -> str:
    """Return the first page of a part: its own, or a table of the pages below it."""
    page, below = part["page"], part.get("pages", {})
    if page not in texts:
        return _table(part, texts) + _toctree(below)
    return texts[page] + _toctree([*below, *(n for n in texts if n.startswith(f"{page}/"))])


def _table(part: dict[str, Any], texts: dict[str, str]) -> str:
    lines = [f"# {part['part']}", "", part["about"], "", "| page | what it tells |", "|---|---|"]
    for name, text in part["pages"].items():
        title = texts[name].partition("\n")[0].removeprefix("# ")
        lines.append(f"| [{title}]({name}.md) | {text} |")
    return "\n".join([*lines, ""])


def _toctree(entries: Iterable[str]) -> str:
    lines = list(entries)
    return "\n".join(["", "```{toctree}", ":hidden:", *lines, "```", ""]) if lines else ""
