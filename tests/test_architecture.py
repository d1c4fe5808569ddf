"""The import table, the sealed truth and the rules that a machine can check."""

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "vireid"
BASE = {"errors", "types", "seeds", "config", "precision"}
TABLE: dict[str, set[str]] = {
    "errors": set(),
    "types": {"errors"},
    "files": {"errors"},
    "seeds": set(),
    "precision": set(),
    "places": set(),
    "compiled": {"places"},
    "data": {"errors", "files", "types"},
    "synthetic": {"compiled", "errors", "seeds", "types"},
    "cluster": {"compiled", "errors", "precision", "types"},
    "cropping": {"data", "errors", "files", "types"},
    "matching": {"cluster", "errors", "types"},
    "losses": {"errors"},
    "metrics": {"compiled", "errors", "types"},
    "models": {"errors", "precision", "types"},
    "terms": {"cluster", "errors", "losses", "models", "types"},
    "labelling": {"cluster", "errors", "matching", "types"},
    "config": {"errors", "labelling", "terms", "types"},
    "recipes": {"config", "errors", "labelling", "terms", "types"},
    "training": {
        "cluster", "config", "errors", "labelling", "metrics", "models", "precision", "seeds",
        "terms", "types",
    },
    "parallel": {"cluster", "errors", "labelling", "models", "precision", "types"},
    "observers": {"errors", "files", "types"},
    "pages": {"errors", "types"},
    "ranking": {"errors", "files", "types"},
    "exporting": {"errors", "files", "models", "types"},
    "runs": {
        "cluster", "config", "data", "errors", "exporting", "files", "labelling", "metrics",
        "models", "observers", "pages", "parallel", "ranking", "recipes", "seeds",
        "training", "types",
    },
    "scoring": {
        "cluster", "config", "data", "errors", "exporting", "files", "metrics", "models",
        "observers", "pages", "ranking", "recipes", "runs", "types",
    },
    "gallery": {
        "config", "data", "errors", "files", "observers", "ranking", "runs", "scoring", "types",
    },
    "serving": {"data", "errors", "files", "gallery", "ranking", "runs", "scoring", "types"},
    "reporting": {
        "cluster", "data", "errors", "files", "labelling", "metrics", "observers", "pages",
        "ranking", "recipes", "runs", "scoring", "types",
    },
    "diagnosis": {"cluster", "data", "errors", "models", "places", "types"},
    "studies": {
        "config", "data", "errors", "files", "labelling", "metrics", "observers", "pages",
        "parallel", "recipes", "runs", "scoring", "terms", "training", "types",
    },
}  # fmt: skip
"""What each room may import; cli may import everything. docs/architecture.md shows the same."""

KNOW_THE_TRUTH = {"types", "data", "synthetic", "scoring", "reporting", "studies", "pages", "cli"}
CARRY_THE_TRUTH = {"runs/reading.py", "runs/epochs.py"}
"""Two files of a training: one leaves out unreadable images, one logs."""
FILES = sorted(PACKAGE.rglob("*.py"))
LINES = 250


def room(path: Path) -> str:
    """Return the room that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@lru_cache(1)
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all that the code of a file consists of."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Return the modules of this package that a file imports."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("vireid"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if (node.module or "").startswith("vireid"):
                if node.module == "vireid":
                    yield from (f"vireid.{alias.name}" for alias in node.names)
                else:
                    yield str(node.module)


def named(path: Path) -> Iterator[str]:
    """Yield every name and attribute that the code of a file uses."""
    for node in nodes(path):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.name


def against_the_table(path: Path) -> Iterator[str]:
    """Yield the imports that the table does not allow."""
    here = room(path)
    if here in {"cli", "__init__", "__main__"}:
        return
    for module in imported(path):
        there = module.split(".")[1]
        if there != here and there not in TABLE[here]:
            yield f"{here} may not import {there}"


def names_of_the_truth(path: Path) -> Iterator[str]:
    """Yield the names of the truth in rooms that may not know it."""
    if room(path) in KNOW_THE_TRUTH or str(path.relative_to(PACKAGE)) in CARRY_THE_TRUTH:
        return
    yield from (f"names {name}" for name in named(path) if "truth" in name.lower())


def too_long_or_printing(path: Path) -> Iterator[str]:
    """Yield what is wrong with the length of a file, and whether the library prints."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LINES:
        yield f"{lines} lines"
    if room(path) not in {"cli", "__main__"} and "print" in set(named(path)):
        yield "prints"


def without_a_type(path: Path) -> Iterator[str]:
    """Yield each ``Callable[..., X]``: a typed protocol says what is handed in."""
    for node in nodes(path):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            called = ast.unparse(node.value).rpartition(".")[2] == "Callable"
            first = node.slice.elts[0]
            if called and isinstance(first, ast.Constant) and first.value is Ellipsis:
                yield f"line {node.lineno}: Callable[..., X]"


RULES = (against_the_table, names_of_the_truth, too_long_or_printing, without_a_type)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_file_keeps_the_rules(path: Path) -> None:
    assert [problem for rule in RULES for problem in rule(path)] == []


def test_only_the_command_and_tests_import_the_command() -> None:
    others = [path for path in FILES if room(path) not in {"cli", "__main__"}]
    others += sorted((PACKAGE.parent / "benchmarks").glob("*.py"))
    found = {path.name for path in others for one in imported(path) if "vireid.cli" in one}
    assert not found


def test_every_room_is_in_the_table() -> None:
    assert {room(path) for path in FILES} - {"cli", "__init__", "__main__"} == set(TABLE)


def test_the_table_has_no_circle() -> None:
    left = {name: set(allowed) for name, allowed in TABLE.items()}
    while left:
        free = [name for name, allowed in left.items() if not allowed & set(left)]
        assert free, f"circle among {sorted(left)}"
        for name in free:
            del left[name]


def test_files_import_each_other_without_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[-1] != "__init__":  # a package's __init__ only re-exports
            graph[".".join(parts)] = set(imported(path))
    left = {name: {m for m in modules if m in graph} for name, modules in graph.items()}
    while left:
        free = [name for name, modules in left.items() if not modules & set(left)]
        assert free, f"circle among {sorted(left)}"
        for name in free:
            del left[name]


def test_the_documented_table_is_this_table() -> None:
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name, allowed in TABLE.items():
        row = f"| {name} | {', '.join(sorted(allowed)) or 'nothing'} |"
        assert row in text, f"docs/architecture.md lacks the row: {row}"


def texts(path: Path) -> Iterator[str]:
    """Yield every text in the code of a file that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_a_loss_is_hardly_known_by_name() -> None:
    assert len([path for path in FILES if any("cluster_nce" in text for text in texts(path))]) <= 2


BROKEN = """
from vireid.cli import main
def show(truth, given: "Callable[..., int]", other: Callable[..., int]):
    print(truth)
"""


def test_each_rule_finds_what_breaks_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tests.test_architecture.PACKAGE", tmp_path)
    path = tmp_path / "losses" / "broken.py"
    path.parent.mkdir()
    path.write_text(BROKEN + "\n" * LINES)
    assert [list(rule(path)) for rule in RULES] == [
        ["losses may not import cli"],
        ["names truth", "names truth"],
        [f"{LINES + 4} lines", "prints"],
        ["line 3: Callable[..., X]"],
    ]
