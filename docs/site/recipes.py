"""The page of the recipes: every setting, and every recipe that ships."""

import re
from collections.abc import Iterator
from functools import cache

from commands import plain

from vireid.config import Recipe
from vireid.recipes import DEFAULT, load_recipe, names, recipe_differences
from vireid.recipes.described import describe_recipe
from vireid.recipes.listed import list_settings

BEGIN = """\
# Recipes

A recipe holds every setting of a training. `vireid recipe NAME` prints one with a comment over each
key, `--set NAME=VALUE` changes a setting ([how recipes are written](../training.md#recipes)).

"""


def pages() -> dict[str, str]:
    """Return the Markdown of all pages by their names."""
    found = {f"reference/recipes/{name}": _recipe(name) for name in names()}
    lines = [f"| [{name}](recipes/{name}.md) | {_size(name)} |" for name in names()]
    toctree = ["```{toctree}", ":hidden:", *[f"recipes/{name}" for name in names()], "```", ""]
    table = ["## Recipes that ship", "", "| recipe | scale |", "|---|---|", *lines, ""]
    body = "\n".join([*table, "## Every setting", "", *_settings(), *toctree])
    return {"reference/recipes": BEGIN + body, **found}


@cache
def _loaded(name: str) -> Recipe:
    return load_recipe(name)


def _size(name: str) -> str:
    recipe = _loaded(name)
    epochs = " + ".join(str(stage.epochs) for stage in recipe.stages)
    return f"{recipe.network.backbone}, {recipe.height}x{recipe.width}, {epochs} epochs"


def _recipe(name: str) -> str:
    """Return a page: the default recipe in full, or in what another one differs from it."""
    lines = [f"# {name}", "", _size(name) + ". [What the methods do](../../methods.md).", ""]
    lines += [
        "```text",
        f"vireid train DATA --recipe {name} --out RUN",
        f"vireid recipe {name}",
        "```",
    ]
    recipe, default = _loaded(name), _loaded(DEFAULT)
    if name == DEFAULT:
        lines += ["", "## In full", "", "```yaml", describe_recipe(recipe).rstrip(), "```", ""]
        return "\n".join(lines)
    lines += [
        "",
        f"## What differs from {DEFAULT}",
        "",
        "A setting that is not named here is as in",
    ]
    lines += [f"[{DEFAULT}]({DEFAULT}.md). The second command prints all of them.", "", "```text"]
    return "\n".join([*lines, *recipe_differences(default, recipe), "```", ""])


def _settings() -> Iterator[str]:
    """Yield the list of all settings as Markdown, from how the command prints it."""
    yield "### Of the recipe"
    yield ""
    for line in list_settings().splitlines():
        indent = len(line) - len(line.lstrip())
        text = line.strip()
        if indent == 0:
            yield ""
            yield f"### {plain(text[0].upper() + text[1:].rstrip(':'))}"
            yield ""
        elif indent == 2 and re.fullmatch(r"[\w.*]+", text):
            yield ""
            yield f"- `{text}`<br>"
        else:
            yield f"  {plain(text)}" if indent > 2 else plain(text)
    yield ""
