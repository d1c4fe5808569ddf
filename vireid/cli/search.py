"""`vireid search`: a query image -> the most similar images of a gallery."""

import argparse
import json
import warnings
from dataclasses import asdict
from typing import Any

import numpy as np

import vireid
from vireid.cli.arguments import add_centre, add_levels, add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table, progress
from vireid.cli.search_rates import add_rates, false_words
from vireid.data.find_images import MODALITIES
from vireid.ranking import FalseMatches, usual_similarity
from vireid.ranking.own import Own
from vireid.ranking.told import FoundImage, found_images
from vireid.runs.expecting import expect_false_matches
from vireid.runs.looking import GalleryPlace, Looking, embed_search
from vireid.types import Images, Ranking

OWN_TRACK_OR_CAMERA = ("own-track", "own-camera")


def run(words: list[str]) -> None:
    """Parse the words after `vireid search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    looking = _embedded(arguments)
    queries, gallery, only = looking.queries, looking.gallery, looking.only
    query = queries.images
    ignore: list[Own] = [*arguments.ignore, *(() if arguments.with_itself else ("own-file",))]
    ranking = vireid.search(queries, gallery, arguments.top, only=only, ignore=ignore)
    _warn_of_empty(query, ranking)
    ranking, expected = expect_false_matches(
        arguments.run, looking, ranking, arguments.rates, arguments.max_false_matches
    )
    found = [found_images(gallery, ranking, i) for i in range(len(query))]
    if arguments.json:
        centred = None if gallery.statistics is None else gallery.statistics.words
        told = [
            {
                "query": str(query.root / path),
                "centred_by": centred,
                "found": _told(found[i], expected, i),
            }
            for i, path in enumerate(query.paths)
        ]
        console.print(json.dumps(told, indent=2), soft_wrap=True)
    else:
        _print(query, found, expected)
        if gallery.statistics is not None:
            console.print(f"queries and gallery are {gallery.centred_by}")
        if usual := usual_similarity(queries, gallery.of(only)):
            console.print(usual)
    if arguments.figure:
        from vireid.cli.ranked import draw_found

        draw_found(queries, gallery, ranking, arguments.figure)
        if not arguments.json:
            console.print(f"written: {arguments.figure}")


def _embedded(arguments: argparse.Namespace) -> Looking:
    """Return the queries and what they are searched in."""
    place = GalleryPlace(
        arguments.gallery,
        arguments.gallery_modality,
        arguments.only,
        arguments.root,
        whole=bool(arguments.ignore),
    )
    return embed_search(
        arguments.run,
        arguments.query,
        place,
        modality=arguments.modality,
        camera=arguments.camera,
        levels=arguments.levels,
        centre=arguments.centre,
        device=use_machine(arguments, arguments.run),
        progress=progress,
    )


def _warn_of_empty(query: Images, ranking: Ranking) -> None:
    """Warn of queries for which all of the gallery is left out."""
    empty = np.flatnonzero((ranking.order < 0).all(axis=1))
    if empty.size:
        warnings.warn(
            f"nothing is left in the gallery for {len(empty)} of {len(query)} queries, first "
            f"{query.paths[empty[0]]}: all of it is what is left out; see --with-itself and "
            "--ignore",
            stacklevel=2,
        )


def _told(
    found: list[FoundImage], expected: FalseMatches | None, query: int
) -> list[dict[str, Any]]:
    """Return what a query found as JSON takes it, with the false matches to expect."""
    images = [asdict(image) for image in found]
    if expected is None:
        return images
    return [image | expected.told(query, place) for place, image in enumerate(images)]


def _print(query: Images, found: list[list[FoundImage]], expected: FalseMatches | None) -> None:
    """Print a table for each query."""
    columns = ["rank", "similarity", *(["false matches"] * (expected is not None))]
    for i, (path, images) in enumerate(zip(query.paths, found, strict=True)):
        rows = [
            [
                str(one.rank),
                f"{one.similarity:.3f}",
                *false_words(expected, i, place),
                one.modality,
                one.path,
            ]
            for place, one in enumerate(images)
        ]
        console.print(plain_table([*columns, "modality", "image"], rows, path))


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        run, query, modality, gallery, gallery_modality, only, ignore, with_itself, root, top,
        rates, max_false_matches, figure, json, camera, centre, levels, device and threads.
    """
    command = parser(
        "search",
        "Find the person of a query image in a gallery of images or embeddings. The image itself\n"
        "is left out where the gallery holds it.",
        "example:\n"
        "  vireid search runs/first night.jpg --modality infrared --gallery all.npz --only visible",
    )
    command.add_argument(
        "run", type=folder, help="a run folder written by `vireid train`, or a checkpoint's file"
    )
    command.add_argument("query", type=folder, help="an image, or a folder of them")
    command.add_argument("--modality", choices=MODALITIES, help="what the query shows")
    command.add_argument(
        "--gallery",
        type=folder,
        required=True,
        metavar="DIR_OR_NPZ",
        help="a folder of images, a data set, or an npz file from `vireid embed`",
    )
    command.add_argument(
        "--gallery-modality",
        choices=MODALITIES,
        help="what a plain gallery folder shows; of another gallery, as --only",
    )
    command.add_argument(
        "--only", choices=MODALITIES, help="search among the gallery's images of one modality"
    )
    command.add_argument(
        "--ignore",
        nargs="+",
        default=[],
        choices=OWN_TRACK_OR_CAMERA,
        metavar="OWN",
        help="also leave out the query's own-track or own-camera, where the gallery knows them",
    )
    command.add_argument(
        "--with-itself", action="store_true", help="keep the query's own file among the results"
    )
    command.add_argument(
        "--root", type=folder, metavar="DIR", help="where the images of an npz gallery lie now"
    )
    command.add_argument("--top", type=int, default=10, help="how many to show (default: 10)")
    add_rates(command)
    command.add_argument("--figure", type=folder, metavar="PNG", help="also draw the ranked list")
    command.add_argument("--json", action="store_true", help="print JSON instead of tables")
    command.add_argument(
        "--camera",
        metavar="NAME",
        help="which camera took the query, where the gallery is scaled or centred by camera",
    )
    add_centre(command, "gallery's images", "as in an npz gallery, else as the recipe says")
    add_levels(command, "as in the gallery, else as in the training")
    add_machine(command)
    return command.parse_args(words)
