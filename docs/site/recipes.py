"""The page of the recipes: every setting, and every recipe that ships."""

import re
from collections.abc import Iterator
from functools import cache

from commands import plain

from vireid.config import Recipe
from vireid.recipes import DEFAULT, load_recipe, names, recipe_differences
from vireid.recipes.described import describe_recipe
from vireid.recipes.listed import list_settings

RECIPES = """\
# Recipes

A recipe holds every setting of a training. The default, `{default}`, is [printed in
full]({default}.md); of the others this page shows in what they differ from it. `vireid recipe NAME`
prints any of them in full, with a comment over each setting; [what the methods do](../methods.md).
"""
SETTINGS = """\
# Settings

Every setting of a recipe, by the name that `--set NAME=VALUE` takes
([how recipes are written](../training.md#recipes)).

## Of the recipe
"""


def pages() -> dict[str, str]:
    """Return the Markdown of all pages by their names."""
    default = describe_recipe(_loaded(DEFAULT)).rstrip()
    full = [f"# The recipe {DEFAULT}", "", f"What `vireid recipe {DEFAULT}` prints.", ""]
    shown = [line for name in names() if name != DEFAULT for line in _recipe(name)]
    return {
        "reference/recipes": "\n".join([RECIPES.format(default=DEFAULT), *shown]),
        "reference/settings": "\n".join([SETTINGS, *_settings()]),
        f"reference/{DEFAULT}": "\n".join([*full, "```yaml", default, "```", ""]),
    }


@cache
def _loaded(name: str) -> Recipe:
    return load_recipe(name)


def _recipe(name: str) -> list[str]:
    """Return the section of a recipe: its scale, and in what it differs from the default one."""
    recipe = _loaded(name)
    epochs = " + ".join(str(stage.epochs) for stage in recipe.stages)
    scale = f"{recipe.network.backbone}, {recipe.height}x{recipe.width}, {epochs} epochs."
    differences = recipe_differences(_loaded(DEFAULT), recipe)
    return [f"## {name}", "", scale, "", "```text", *differences, "```", ""]


def _settings() -> Iterator[str]:
    """Yield the list of all settings as Markdown, from how the command prints it."""
    for line in list_settings().splitlines():
        indent = len(line) - len(line.lstrip())
        text = line.strip()
        if indent == 0:
            yield ""
            yield f"## {plain(text[0].upper() + text[1:].rstrip(':'))}"
            yield ""
        elif indent == 2 and re.fullmatch(r"[\w.*]+", text):
            yield ""
            yield f"- `{text}`<br>"
        else:
            yield f"  {plain(text)}" if indent > 2 else plain(text)
    yield ""
