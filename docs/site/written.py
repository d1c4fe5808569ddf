"""The pages that are written by hand: where they are, and how they become sources of the site."""

import re
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
ROOT = DOCS.parent
MOVED = {
    "CHANGELOG.md": "changes", "CONTRIBUTING.md": "contributing", "README.md": "index",
    "SECURITY.md": "security",
}  # fmt: skip
"""Files of the root, and the pages of the site that stand for them."""
BESIDE = ("examples", "benchmarks", "tests", "vireid", "Makefile", "LICENSE")
"""What pages link to as files."""
LEFT_OUT = ("site/", "results/unfinished/")
"""What of docs/ is no page."""


def pages() -> dict[str, str]:
    """Return the text of the pages by their names, which are paths without the ending."""
    found = {}
    for path in sorted(DOCS.rglob("*.md")):
        name = path.relative_to(DOCS).with_suffix("").as_posix()
        if not name.startswith(LEFT_OUT):
            text = _mended(path.read_text(encoding="utf-8"), name.count("/"))
            found[name] = text if text.startswith("# ") else f"# {_plain_title(name)}\n\n{text}"
    for file, name in MOVED.items():
        found[name] = _of_the_root((ROOT / file).read_text(encoding="utf-8"))
    return found


def _of_the_root(text: str) -> str:
    """Return a page of the root whose links lead to the pages of the site."""
    for file, name in MOVED.items():
        text = re.sub(rf"\]\({re.escape(file)}(?=[#)])", f"]({name}.md", text)
    text = re.sub(r"!\[[^\]]+\]", lambda alt: alt[0].replace("\n", " "), text)
    return re.sub(
        r"\]\((?=(?:examples|tests|benchmarks)/|LICENSE|Makefile)", "](../", text
    ).replace("](docs/", "](")


def _plain_title(name: str) -> str:
    """Return the title of a page that is nothing but what a command printed."""
    return name.rpartition("/")[2].replace("-", " ").capitalize()


def _mended(text: str, depth: int) -> str:
    """Return a page whose links to files of the root lead to their pages."""
    up = "../" * depth
    for file, name in MOVED.items():
        text = re.sub(rf"\]\({up}\.\./{re.escape(file)}(?=[#)])", f"]({up}{name}.md", text)
    return text


def write(texts: dict[str, str], source: Path) -> None:
    """Write the sources.

    Args:
        texts: the Markdown of all pages by their names.
        source: the folder that gets them, with the pictures and tables of docs/.
    """
    for name, text in texts.items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in DOCS.rglob("*"):
        if path.is_file() and path.suffix not in {".md", ".py"} and HERE not in path.parents:
            place = source / path.relative_to(DOCS)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
    for name in BESIDE:
        (source.parent / name).symlink_to(ROOT / name)
