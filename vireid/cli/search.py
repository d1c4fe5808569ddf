"""`vireid search`: a query image -> the most similar images of a gallery."""

import argparse
import json
import warnings
from typing import Any

import numpy as np

import vireid
from vireid.cli.arguments import add_levels, add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table, progress
from vireid.data.find_images import MODALITIES, find_images
from vireid.data.pixels.place import MEMORY
from vireid.errors import ConfigError, DataError
from vireid.ranking import Gallery, usual_similarity
from vireid.ranking.own import Own
from vireid.ranking.same_levels import check_same_levels
from vireid.runs.leveling import LevelWords
from vireid.runs.query_levels import demand_camera, query_levels, with_cameras
from vireid.types import Images, Int, Modality, Ranking

OWN_TRACK_OR_CAMERA = ("own-track", "own-camera")


def run(words: list[str]) -> None:
    """Parse the words after `vireid search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    queries, gallery = _embedded(arguments)
    query = queries.images
    ignore: list[Own] = [*arguments.ignore, *(() if arguments.with_itself else ("own-file",))]
    ranking = vireid.search(queries, gallery, arguments.top, ignore=ignore)
    found = [_found(gallery, ranking, i) for i in range(len(query))]
    if arguments.json:
        pairs = zip(query.paths, found, strict=True)
        told = [{"query": str(query.root / path), "found": images} for path, images in pairs]
        console.print(json.dumps(told, indent=2), soft_wrap=True)
    else:
        _print(query, found)
        if usual := usual_similarity(queries, gallery):
            console.print(usual)
    if arguments.figure:
        from vireid.cli.ranked import draw_found

        draw_found(queries, gallery, ranking, arguments.figure)
        if not arguments.json:
            console.print(f"written: {arguments.figure}")


def _embedded(arguments: argparse.Namespace) -> tuple[Gallery, Gallery]:
    """Return the queries, and what they are searched in, scaled alike."""
    device = use_machine(arguments)

    def embed(images: Images, levels: LevelWords) -> Gallery:
        found: Gallery = vireid.embed(
            arguments.run,
            images,
            device=device,
            cache=MEMORY,
            levels=levels,
            progress=progress,
        )
        return found

    query = find_images(arguments.query, arguments.modality, camera=arguments.camera)
    given = _gallery(arguments)
    rows = _wanted(arguments, given if isinstance(given, Images) else given.images)
    if isinstance(given, Images):
        query = with_cameras(query, given)
        given = embed(given.subset(rows), arguments.levels)
        rows = np.arange(len(given))
    queries = embed(*_scaled(arguments, query, given.images))
    # images that --only leaves out tell of levels, too
    rest = np.setdiff1d(np.arange(len(given)), rows)
    check_same_levels(queries.images, given.images.subset(rest))
    return queries, given.subset(rows) if rest.size else given


def _gallery(arguments: argparse.Namespace) -> Gallery | Images:
    """Return the gallery, or its images where they are to be embedded."""
    only, other, path = arguments.only, arguments.gallery_modality, arguments.gallery
    if only and other and only != other:
        raise ConfigError(
            f"--only {only} and --gallery-modality {other} leave no image; leave one out"
        )
    if path.suffix == ".npz":
        return vireid.load_gallery(path, root=arguments.root)
    if arguments.root is not None:
        raise ConfigError("--root applies to an npz gallery; folders say themselves where")
    return find_images(path, other, option="--gallery-modality")


def _wanted(arguments: argparse.Namespace, images: Images) -> Int:
    """Return the rows of a gallery that are searched: all, or those of one modality."""
    only = arguments.only or arguments.gallery_modality
    if only is None:
        return np.arange(len(images))
    rows = np.flatnonzero(images.modality == Modality[only.upper()])
    if not rows.size:
        raise DataError(
            f"{arguments.gallery} holds no {only} images; choose another gallery or modality"
        )
    return rows


def _scaled(
    arguments: argparse.Namespace, query: Images, gallery: Images
) -> tuple[Images, LevelWords]:
    """Return the queries with their cameras, and the levels that they are to have."""
    if arguments.camera is not None:
        demand_camera(arguments.camera, query, gallery)
    query = with_cameras(query, gallery)
    return query, query_levels(query, gallery, arguments.levels)


def _found(gallery: Gallery, ranking: Ranking, query: int) -> list[dict[str, Any]]:
    """Return what was found for a query, best first."""
    images = gallery.images
    rows: list[dict[str, Any]] = []
    for j, value in zip(ranking.order[query].tolist(), ranking.similarity[query], strict=True):
        if j < 0:
            break
        camera = int(images.camera[j])
        rows.append(
            {
                "rank": len(rows) + 1,
                "similarity": float(value),
                "modality": MODALITIES[images.modality[j]],
                "camera": images.camera_name(camera) if camera else None,
                "path": str(images.root / images.paths[j]),
            }
        )
    return rows


def _print(query: Images, found: list[list[dict[str, Any]]]) -> None:
    """Print a table for each query."""
    empty = [path for path, images in zip(query.paths, found, strict=True) if not images]
    if empty:
        warnings.warn(
            f"nothing is left in the gallery for {len(empty)} of {len(query)} queries, first "
            f"{empty[0]}: all of it is what is left out; see --with-itself and --ignore",
            stacklevel=2,
        )
    for path, images in zip(query.paths, found, strict=True):
        rows = [
            [str(one["rank"]), f"{one['similarity']:.3f}", one["modality"], one["path"]]
            for one in images
        ]
        console.print(plain_table(["rank", "similarity", "modality", "image"], rows, path))


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        run, query, modality, gallery, gallery_modality, only, ignore, with_itself, root, top,
        figure, json, camera, levels, device and threads.
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
    command.add_argument("--figure", type=folder, metavar="PNG", help="also draw the ranked list")
    command.add_argument("--json", action="store_true", help="print JSON instead of tables")
    command.add_argument(
        "--camera",
        metavar="NAME",
        help="which of the gallery's cameras took the query, where levels differ by camera",
    )
    add_levels(command, "as in the gallery, else as in the training")
    add_machine(command)
    return command.parse_args(words)
