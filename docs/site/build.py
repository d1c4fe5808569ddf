"""Makes the site: `python docs/site/build.py OUT`; open OUT/html/index.html.

Pages of docs/ are copied, with links that lead out of it mended, pages of the reference are made
from the code, and Sphinx does the rest. Whatever it warns of (a link or a heading that is not there,
a page that no part of the site names) ends the build with exit code 1.
"""

import re
import shutil
import sys
from pathlib import Path

import commands
import names
import recipes
import yaml
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
ROOT = DOCS.parent
MOVED = {"CHANGELOG.md": "changes", "CONTRIBUTING.md": "contributing", "README.md": "index"}
"""Files of the root that are pages of the site."""
BESIDE = ("examples", "benchmarks", "tests", "vireid", "Makefile", "LICENSE")
"""What pages link to as files."""
LEFT_OUT = ("site", "results/unfinished")


def build(out: Path) -> int:
    """Make the site.

    Args:
        out: a folder; the sources go to `source/`, the pages to `html/`.

    Returns:
        0, or what Sphinx ends with.
    """
    source = out / "source" / "docs"
    texts = {**_written(), **commands.pages(), **recipes.pages(), **names.pages()}
    parts = yaml.safe_load((HERE / "navigation.yaml").read_text(encoding="utf-8"))
    texts |= _navigation(parts, texts)
    _stage(source, texts)
    words = ["-b", "html", "-c", str(HERE), "-d", str(out / "doctrees"), "-W", "--keep-going", "-q"]
    return sphinx([*words, str(source), str(out / "html")])


def _written() -> dict[str, str]:
    """Return the text of the pages that are written by hand, by their names."""
    found = {}
    for path in sorted(DOCS.rglob("*.md")):
        name = path.relative_to(DOCS).with_suffix("").as_posix()
        if not name.startswith(LEFT_OUT):
            text = _mended(path.read_text(encoding="utf-8"), name.count("/"))
            found[name] = text if text.startswith("# ") else f"# {_plain_title(name)}\n\n{text}"
    for file, name in MOVED.items():
        if name not in found:
            text = (ROOT / file).read_text(encoding="utf-8")
            found[name] = re.sub(r"\]\(docs/", "](", text)
    return found


def _plain_title(name: str) -> str:
    """Return the title of a page that is nothing but what a command printed."""
    return name.rpartition("/")[2].replace("-", " ").capitalize()


def _mended(text: str, depth: int) -> str:
    """Return a page whose links to files of the root lead to their pages."""
    up = "../" * depth
    for file, name in MOVED.items():
        text = re.sub(rf"\]\({up}\.\./{re.escape(file)}(#[^)]*)?\)", rf"]({up}{name}.md)", text)
    return text


def _navigation(parts: list[dict], texts: dict[str, str]) -> dict[str, str]:
    """Return the pages that lead to others: the first one, and that of each part."""
    found = {}
    for part in parts:
        page, below = part["page"], part.get("pages", {})
        lines = []
        if page not in texts:
            rows = [
                f"| [{_title(texts[name])}]({name}.md) | {text} |" for name, text in below.items()
            ]
            lines = [
                f"# {part['part']}",
                "",
                part["about"],
                "",
                "| page | what it tells |",
                "|---|---|",
            ]
            lines += rows
        if page == "results":
            below = below | {name: "" for name in texts if name.startswith("results/")}
        found[page] = "\n".join([texts.get(page, ""), *lines, "", *_toctree(below), ""])
    entries = [f"{part['part']} <{part['page']}>" for part in parts]
    found["index"] = "\n".join([texts["index"], "", *_toctree(entries), ""])
    return found


def _title(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("# ")


def _toctree(entries: object) -> list[str]:
    lines = [str(entry) for entry in entries]  # type: ignore[attr-defined]
    return ["```{toctree}", ":hidden:", *lines, "```"] if lines else []


def _stage(source: Path, texts: dict[str, str]) -> None:
    """Write the sources, leaving alone what is as it was, so that Sphinx reads only the rest."""
    source.mkdir(parents=True, exist_ok=True)
    for old in source.rglob("*.md"):
        if old.relative_to(source).with_suffix("").as_posix() not in texts:
            old.unlink()
    for name, text in texts.items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in DOCS.rglob("*"):
        place = source / path.relative_to(DOCS)
        if path.is_file() and path.suffix not in {".md", ".py"} and HERE not in path.parents:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
    for name in BESIDE:
        place = source.parent / name
        if not place.is_symlink():
            place.symlink_to(ROOT / name)


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]).resolve()))
