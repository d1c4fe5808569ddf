"""The pages of the commands, from their parsers."""

import argparse
from collections.abc import Iterator
from importlib import import_module
from unittest.mock import patch

from vireid.cli.gallery import VERBS
from vireid.cli.main import COMMANDS
from vireid.cli.parsing import Parser

_NOT_SHOWN = (argparse.SUPPRESS, "show this help message and exit")
_TITLES = {"positional arguments": "Arguments", "options": "Options"}


class _SeenError(Exception):
    """Carries a parser out of the command that has made it."""

    def __init__(self, parser: Parser) -> None:
        super().__init__()
        self.parser = parser


def _carry_out(self: Parser, *_: object) -> None:
    raise _SeenError(self)


def parser_of(module: str) -> Parser:
    """Return the parser of a command, with all its options.

    Args:
        module: its file, as `vireid.cli.train`.
    """
    ways = dict.fromkeys(("parse_args", "parse_intermixed_args"), _carry_out)
    try:
        with patch.multiple(Parser, **ways):
            import_module(module).run([])
    except _SeenError as seen:
        return seen.parser
    raise LookupError(f"{module} parses nothing")


def pages() -> dict[str, str]:
    """Return the Markdown of all pages by their names."""
    found = {
        f"reference/commands/{name}": _page(parser_of(f"vireid.cli.{name.replace('-', '_')}"), text)
        for name, text in COMMANDS.items()
        if name != "gallery"
    }
    for verb, text in VERBS.items():
        parser = parser_of(f"vireid.cli.gallery.{verb}")
        found[f"reference/commands/gallery-{verb}"] = _page(parser, text)
    lines = ["# Commands", "", "`vireid COMMAND --help` prints the same.", ""]
    lines += ["| command | what it does |", "|---|---|"]
    for name, text in COMMANDS.items():
        lines += list(_rows(name, text))
    names = [page.rpartition("/")[2] for page in found]
    toctree = ["", "```{toctree}", ":hidden:", *[f"commands/{name}" for name in names], "```"]
    return {"reference/commands": "\n".join([*lines, *toctree, ""]), **found}


def _rows(name: str, text: str) -> Iterator[str]:
    if name != "gallery":
        yield f"| [vireid {name}](commands/{name}.md) | {text} |"
        return
    for verb, what in VERBS.items():
        yield f"| [vireid gallery {verb}](commands/gallery-{verb}.md) | {what} |"


def _page(parser: Parser, text: str) -> str:
    lines = [f"# {parser.prog}", "", plain(parser.description or f"{text}."), ""]
    lines += ["```text", *parser.format_usage().rstrip().splitlines(), "```", ""]
    for group in parser._action_groups:
        actions = [one for one in group._group_actions if one.help not in _NOT_SHOWN]
        if actions:
            lines += [f"## {_TITLES.get(group.title or '', group.title)}", ""]
            lines += [plain(group.description), ""] if group.description else []
            lines += [line for action in actions for line in _option(parser, action)]
    if parser.epilog:
        lines += ["## More", "", "```text", *parser.epilog.rstrip().splitlines(), "```", ""]
    return "\n".join(lines)


def _option(parser: Parser, action: argparse.Action) -> Iterator[str]:
    """Yield a list item: how an option is written, and below it what it does."""
    formatter = parser._get_formatter()
    words = formatter._format_action_invocation(action)
    yield f"- `{words}`"
    yield f"  <br>{plain(formatter._expand_help(action))}" if action.help else ""
    yield ""


def plain(text: str) -> str:
    """Return text in which Markdown finds nothing but its code."""
    pieces = text.split("`")
    for place in range(0, len(pieces), 2):
        for sign in "\\*_<>[]$#|":
            pieces[place] = pieces[place].replace(sign, f"\\{sign}")
    return "`".join(pieces)
