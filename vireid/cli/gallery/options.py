"""What several verbs of `vireid gallery` parse alike."""

import argparse
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vireid.cli.arguments import parser
from vireid.cli.parsing import Parser
from vireid.data.find_images import MODALITIES
from vireid.data.layouts.time_and_box import seconds
from vireid.errors import ConfigError
from vireid.gallery import Where
from vireid.gallery.where import NAMES

if TYPE_CHECKING:
    from vireid.gallery import Store

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def verb_parser(name: str, description: str, epilog: str | None = None) -> Parser:
    """Return the parser of a verb, with the store as its first argument.

    Args:
        name: the verb.
        description: what it does.
        epilog: examples.

    Returns:
        The parser.
    """
    command = parser(f"gallery {name}", description, epilog)
    command.add_argument("store", help="a folder, or s3://bucket/folder")
    command.add_argument(
        "--storage",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="options of object storage, such as endpoint, region and allow_http; else as the "
        "environment says (AWS_ENDPOINT, AWS_ACCESS_KEY_ID ...)",
    )
    return command


def storage_of(words: Sequence[str]) -> dict[str, str]:
    """Return the options of object storage.

    Args:
        words: each NAME=VALUE.

    Returns:
        Values by name.

    Raises:
        ConfigError: a word is something else.
    """
    pairs = [word.partition("=") for word in words]
    for name, sign, _ in pairs:
        if not (name and sign):
            raise ConfigError(f"--storage {name or '='}: expected NAME=VALUE, such as region=eu-1")
    return {name: value for name, _, value in pairs}


def opened(arguments: argparse.Namespace) -> "Store":
    """Open the store that is named.

    Args:
        arguments: parsed by ``verb_parser``.

    Returns:
        The store.
    """
    from vireid.gallery import open_gallery

    return open_gallery(arguments.store, storage=storage_of(arguments.storage))


def add_where(target: argparse.ArgumentParser) -> None:
    """Add the options on which rows are meant.

    Args:
        target: the parser that gets them.
    """
    target.add_argument("--camera", nargs="+", default=[], metavar="NAME", help="of these cameras")
    target.add_argument("--only", choices=MODALITIES, help="of one modality")
    target.add_argument("--tracks", nargs="+", default=[], metavar="NAME", help="of these tracks")
    for name, text in (("since", "taken at this time or later"), ("until", "taken before it")):
        target.add_argument(f"--{name}", metavar="TIME", help=f"{text}: 2026-03-01T22:00:00+01:00, "
                            "a day, or seconds since 1970; without a zone in UTC")  # fmt: skip


def where_of(arguments: argparse.Namespace, keys: Sequence[str] = (), paths: Sequence[Path] = ()
             ) -> Where:  # fmt: skip
    """Return which rows are meant.

    Args:
        arguments: parsed options of ``add_where``.
        keys: of rows.
        paths: of images, or of folders above them.

    Returns:
        The conditions.
    """
    return Where(
        keys=keys,
        paths=paths,
        tracks=arguments.tracks,
        cameras=arguments.camera,
        modality=arguments.only,
        since=_time("--since", arguments.since),
        until=_time("--until", arguments.until),
    )


def warn_of_unknown(store: "Store", where: Where) -> None:
    """Warn of names that no row has, such as misspelt ones.

    Args:
        store: that is asked.
        where: which rows are meant.
    """
    if not any(getattr(where, name) for name in NAMES):
        return
    for line in store.unknown(where):
        warnings.warn(f"{store.place}: {line}", stacklevel=2)


def _time(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return seconds(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)[0]
    except ValueError as error:
        raise ConfigError(f"{option} {text!r} {error}") from error
