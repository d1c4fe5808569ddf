"""`vireid recipe`: a recipe with a comment over each key, or in what two of them differ."""

import sys

from vireid.cli.arguments import folder, parser
from vireid.recipes import is_shipped, names, recipe_differences
from vireid.recipes.described import describe_recipe
from vireid.runs.named import named_recipe


def run(words: list[str]) -> None:
    """Parse the words after `vireid recipe` and print the recipe.

    Args:
        words: the command line.
    """
    command = parser(
        "recipe",
        "Print a recipe as YAML, every setting resolved; a comment over each key says what it\n"
        "means, and in brackets its type or choices and its default. What is printed is a recipe\n"
        "itself: `vireid recipe mmm-sysu > mine.yaml`, then --recipe mine.yaml. Without a name\n"
        "those of all recipes that ship are listed.",
        "examples:\n  vireid recipe small --set 'stages.*.epochs=3'\n"
        "  vireid recipe runs/first --diff small",
    )
    known = f"a YAML file, the folder of a run or one of: {', '.join(names())}"
    command.add_argument(
        "recipe",
        nargs="?",
        help=f"{known}. Classes that a file names by class_path are imported: name only files "
        "that you trust; those of a run are not",
    )
    command.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="NAME=VALUE",
        help="change settings first, as in network.stripes=1 or stages.joint.epochs=3",
    )  # fmt: skip
    command.add_argument(
        "--diff", metavar="OTHER",
        help="print instead in what it differs from another recipe, a line for each setting, and "
        "one for a stage or a term that only one of them has, with what is not its default",
    )  # fmt: skip
    arguments = command.parse_args(words)
    if arguments.recipe is None:
        if arguments.set or arguments.diff:
            command.error("--set and --diff need the name of a recipe before them")
        print("\n".join(names()))
        return
    recipe = named_recipe(_path(arguments.recipe), arguments.set)
    if arguments.diff is None:
        sys.stdout.write(describe_recipe(recipe))
        return
    other = named_recipe(_path(arguments.diff))
    lines = recipe_differences(other, recipe)
    print("\n".join(lines) or f"{arguments.recipe} and {arguments.diff} are equal")


def _path(word: str) -> str:
    """Return a name or a path, ~ resolved."""
    return word if is_shipped(word) else str(folder(word))
