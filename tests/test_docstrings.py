"""Documented arguments are the real ones."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docstring_parser import DocstringStyle, parse

PACKAGE = Path(__file__).resolve().parents[1] / "vireid"


def modules() -> Iterator[str]:
    """Yield the name of every module of the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem not in {"__init__", "__main__"}:
            yield ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def functions(name: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions and methods that a module defines."""
    module = importlib.import_module(name)
    for key, value in vars(module).items():
        if key.startswith("_") or getattr(value, "__module__", None) != name:
            continue
        if inspect.isclass(value):
            for inner, method in vars(value).items():
                plain = getattr(method, "__func__", method)
                public = not inner.startswith("_") or inner == "__call__"
                if inspect.isfunction(plain) and public:
                    yield f"{key}.{inner}", plain
        elif callable(value):
            plain = getattr(value, "py_func", value)
            if inspect.isfunction(plain):
                yield key, plain


@pytest.mark.parametrize("name", list(modules()))
def test_docstrings_name_the_real_arguments(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for label, function in functions(name):
        text = inspect.getdoc(function)
        assert text, f"{name}.{label} has no docstring"
        documented = [
            p.arg_name.lstrip("*")
            for p in parse(text, DocstringStyle.GOOGLE).params
            if p.args[0] == "param"
        ]
        real = [p for p in inspect.signature(function).parameters if p not in {"self", "cls"}]
        one = label.split(".")[-1] in {"forward", "subset"} and not documented
        assert one or documented == real, f"{name}.{label}: {documented} against {real}"
