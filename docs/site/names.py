"""The pages of the public names, from their docstrings."""

import ast
import inspect
import re
import typing
from collections.abc import Iterator
from importlib import import_module

import vireid

ROOMS = {
    "data": "Data", "cropping": "Data", "synthetic": "Data", "types": "Values",
    "runs": "Training", "training": "Training", "recipes": "Training", "config": "Training",
    "models": "Training", "labelling": "Labels", "cluster": "Labels", "scoring": "Evaluation",
    "metrics": "Evaluation", "studies": "Studies", "ranking": "Search", "gallery": "Search",
    "serving": "Search", "reporting": "Evaluation", "diagnosis": "Training",
}  # fmt: skip
"""The heading under which the names of a room stand."""


BEGIN = """\
The public names. Each is loaded when it is first used, so that `import vireid` is quick. Every
error that a user can cause is a `vireid.errors.VireidError`, with a message of one line."""


def pages() -> dict[str, str]:
    """Return the sources of all pages by their names; autodoc fills those of a name."""
    groups: dict[str, list[str]] = {}
    for name in vireid.__all__:
        groups.setdefault(ROOMS[vireid._HOME[name].split(".")[1]], []).append(name)
    found = {f"reference/python/{name}": _page(f"vireid.{name}") for name in vireid.__all__}
    returned = sorted(set(_returned()), key=lambda kind: kind.__name__)
    for kind in returned:
        found[f"reference/python/{_file(kind)}"] = _page(f"{kind.__module__}.{kind.__name__}")
    lines = ["# Python", "", BEGIN, ""]
    for heading, names in groups.items():
        lines += [f"## {heading}", "", "| name | what it is |", "|---|---|"]
        lines += [_row(name, getattr(vireid, name)) for name in names] + [""]
    lines += ["## What they return", "", "| class | what it is |", "|---|---|"]
    lines += [_row(kind.__name__, kind, kind.__module__, _file(kind)) for kind in returned]
    inner = [name.rpartition("/")[2] for name in found]
    toctree = ["", "```{toctree}", ":hidden:", *[f"python/{name}" for name in inner], "```", ""]
    return {"reference/python": "\n".join([*lines, *toctree]), **found}


def _file(kind: type) -> str:
    """Return the name of the page of a class that is not public; others may share its own."""
    return f"{kind.__module__}.{kind.__name__}".removeprefix("vireid.")


def _row(name: str, value: object, home: str = "vireid", file: str | None = None) -> str:
    first = (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
    return f"| [{home}.{name}](python/{file or name}.md) | {first.replace('|', chr(92) + '|')} |"


def _page(path: str) -> str:
    """Return a page that autodoc fills."""
    module, _, name = path.rpartition(".")
    value = getattr(import_module(module), name)
    kind = "class" if inspect.isclass(value) else "function"
    lines = [f"# {name}", "", "```{eval-rst}", f".. currentmodule:: {module}", ""]
    lines += [f".. auto{kind}:: {name}"]
    lines += ["   :members:", "   :show-inheritance:"] if kind == "class" else []
    return "\n".join([*lines, "```", ""])


def _returned() -> Iterator[type]:
    """Yield the classes of this package that public functions return and that are not public."""
    public = {getattr(vireid, name) for name in vireid.__all__}
    for value in public:
        if inspect.isfunction(value):
            for kind in _kinds(value.__annotations__.get("return"), value.__module__):
                if kind.__module__.startswith("vireid") and kind not in public:
                    yield kind


def _kinds(hint: object, module: str) -> Iterator[type]:
    """Yield the classes of an annotation, of one in quotes too."""
    if isinstance(hint, str):
        for word in re.findall(r"\w+", hint):
            yield from _kinds(_imported(word, module), module)
    elif inspect.isclass(hint) and not typing.get_args(hint):
        yield hint
    for inner in typing.get_args(hint):
        yield from _kinds(inner, module)


def _imported(name: str, module: str) -> object:
    """Return what a name means in a module, also where only type checkers import it."""
    source = import_module(module)
    if hasattr(source, name):
        return getattr(source, name)
    for node in ast.walk(ast.parse(inspect.getsource(source))):
        if isinstance(node, ast.ImportFrom) and name in {one.name for one in node.names}:
            return getattr(import_module(str(node.module)), name)
    return None
