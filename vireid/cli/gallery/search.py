"""`vireid gallery search`: a query -> the most similar rows of a store."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vireid.cli.arguments import add_levels, add_machine, folder, use_machine, whole_from
from vireid.cli.display import console, plain_table
from vireid.cli.gallery.options import add_where, opened, verb_parser, warn_of_unknown, where_of
from vireid.cli.search_rates import add_rates, false_words
from vireid.data.find_images import MODALITIES, find_images
from vireid.errors import ConfigError
from vireid.gallery import Found, Wish
from vireid.ranking import FalseMatches
from vireid.types import Images

if TYPE_CHECKING:
    from vireid.gallery import Store
    from vireid.ranking import Gallery

OF_IMAGES = ("run", "stage", "modality", "query_camera", "levels")
"""Options on images that are searched by."""


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    wish = Wish(
        arguments.top,
        where_of(arguments),
        "track" if arguments.by_track else "image",
        arguments.rerank,
    )
    store = opened(arguments)
    warn_of_unknown(store, wish.where)
    query = _query(arguments, store) if arguments.query else None
    found = store.search(
        query, key=arguments.key, track=arguments.track, wish=wish, itself=arguments.with_itself
    )
    asked = arguments.key if query is None else query
    expected = None
    if asked is not None:  # of the mean of a track's images nothing is known
        from vireid.gallery import expected_matches

        expected = expected_matches(
            store, found, asked, wish,
            itself=arguments.with_itself, rates=arguments.rates, run=arguments.run,
        )  # fmt: skip
    if arguments.json:
        told = [asdict(one) for one in found]
        if expected is not None:
            told = [one | expected.told(0, place) for place, one in enumerate(told)]
        console.print(json.dumps(told, indent=2), soft_wrap=True)
        return
    _print(found, expected)
    index, size = store.head().index, len(store)
    if index is not None and size > store.head().exact:
        across = "" if index.across is None else f", {index.across:.3f} across modalities"
        console.print(f"searched by an index of recall {index.recall:.3f}{across}")


def _print(found: list[Found], expected: FalseMatches | None) -> None:
    """Print a table of the results."""
    header = ["rank", "similarity", *(["false matches"] * (expected is not None))]
    header += ["modality", "camera", "track", "time", "key", "image"]
    rows = [
        [str(place + 1), f"{one.similarity:.3f}", *false_words(expected, 0, place), *_cells(one)]
        for place, one in enumerate(found)
    ]
    console.print(plain_table(header, rows, ""))


def _query(arguments: argparse.Namespace, store: "Store") -> "Gallery":
    """Embed the images of the query."""
    from vireid.runs.embedder import Embedder

    if arguments.run is None:
        raise ConfigError("images are searched by with --run, the run that embeds them")
    camera = arguments.query_camera
    found = [find_images(path, arguments.modality, camera=camera) for path in arguments.query]
    embedder = Embedder(arguments.run, arguments.stage, use_machine(arguments, arguments.run))
    return store.embed_query(_together(found), embedder, arguments.levels)


def _together(found: list[Images]) -> Images:
    """Return images of several places as one query; they are of one camera, or of unknown ones."""
    if len(found) == 1:
        return found[0]
    paths = [str((one.root / path).absolute())[1:] for one in found for path in one.paths]
    modality, camera = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("modality", "camera")
    )
    return Images(Path("/"), tuple(paths), modality, camera, cameras=found[0].cameras)


def _cells(one: Found) -> list[str]:
    time = "" if one.time is None else f"{datetime.fromtimestamp(one.time, UTC):%Y-%m-%d %H:%M:%S}"
    return [one.modality, one.camera or "", one.track or "", time, one.key, one.path]


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the verb.

    Args:
        words: the command line.

    Returns:
        store, storage, query, key, track, run, stage, modality, query_camera, top, by_track,
        rerank, with_itself, rates, json, camera, only, tracks, since, until, levels, device and
        threads.

    Raises:
        ConfigError: it is not said by what to search, or an option does not apply.
    """
    command = verb_parser(
        "search",
        "Find a person in a store: by an image, by several images of that person (files or a\n"
        "folder), by a row (--key) or by a track. What is searched by is itself left out.",
        "examples:\n"
        "  vireid gallery search site night.jpg --run runs/first --modality infrared\n"
        "  vireid gallery search site --key 5b55e580fc744262 --by-track --since 2026-03-01",
    )
    add = command.add_argument
    add("query", nargs="*", type=folder, help="images of one person, or a folder of them")
    add("--key", help="search by this row, as a search shows it")
    add("--track", metavar="NAME", help="search by the images of this track")
    add("--run", type=folder, help="the run, or checkpoint's file, that embeds the query")
    add("--stage", help="after which stage of the run (default: the last)")
    add("--modality", choices=MODALITIES, help="what the query shows")
    add("--query-camera", metavar="NAME", help="which camera took the query, where the store is "
        "scaled or centred by camera")  # fmt: skip
    add("--top", type=whole_from(1), default=10, help="how many to show (default: 10)")
    add("--by-track", action="store_true", help="show the best image of each track")
    add("--rerank", type=whole_from(0), default=0, metavar="N", help="rank the best N again by the "
        "neighbours that they have in common")  # fmt: skip
    add("--with-itself", action="store_true", help="keep the query's own rows among the results")
    add_rates(command, cuts=False)
    add("--json", action="store_true", help="print JSON instead of a table")
    add_where(command)
    add_levels(command, "as in the store, else as in the training")
    add_machine(command)
    # Options that take several words may stand before the query.
    arguments = command.parse_intermixed_args(words)
    if sum([bool(arguments.query), arguments.key is not None, arguments.track is not None]) != 1:
        raise ConfigError("expected images to search by, --key or --track, and one of them only")
    given = [name for name in OF_IMAGES if getattr(arguments, name) is not None]
    if given and not arguments.query:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(f"{names}: applies to images to search by, and none are given")
    return arguments
