"""`vireid search`: a query image -> the most similar images of a gallery."""

import argparse
import json
import warnings
from typing import Any

import numpy as np

import vireid
from vireid.cli.arguments import add_centre, add_levels, add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table, progress
from vireid.config.evaluation import CentreWord
from vireid.data.find_images import MODALITIES, find_images, is_data
from vireid.data.pixels.place import MEMORY
from vireid.errors import ConfigError, DataError
from vireid.ranking import Gallery, usual_similarity
from vireid.ranking.own import Own
from vireid.runs.leveling import LevelWords
from vireid.runs.query_levels import demand_camera, query_levels, with_cameras
from vireid.types import Images, Modality, Ranking

OWN_TRACK_OR_CAMERA = ("own-track", "own-camera")


def run(words: list[str]) -> None:
    """Parse the words after `vireid search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    queries, gallery, only = _embedded(arguments)
    query = queries.images
    ignore: list[Own] = [*arguments.ignore, *(() if arguments.with_itself else ("own-file",))]
    ranking = vireid.search(queries, gallery, arguments.top, only=only, ignore=ignore)
    found = [_found(gallery, ranking, i) for i in range(len(query))]
    if arguments.json:
        pairs = zip(query.paths, found, strict=True)
        told = [{"query": str(query.root / path), "found": images} for path, images in pairs]
        console.print(json.dumps(told, indent=2), soft_wrap=True)
    else:
        _print(query, found)
        if usual := usual_similarity(queries, gallery.of(only)):
            console.print(usual)
    if arguments.figure:
        from vireid.cli.ranked import draw_found

        draw_found(queries, gallery, ranking, arguments.figure)
        if not arguments.json:
            console.print(f"written: {arguments.figure}")


def _embedded(arguments: argparse.Namespace) -> tuple[Gallery, Gallery, Modality | None]:
    """Return the queries, what they are searched in, scaled alike, and the modality searched."""
    device = use_machine(arguments)

    def embed(images: Images, levels: LevelWords, centre: CentreWord) -> Gallery:
        found: Gallery = vireid.embed(
            arguments.run,
            images,
            device=device,
            cache=MEMORY,
            levels=levels,
            centre=centre,
            progress=progress,
        )
        return found

    query = find_images(arguments.query, arguments.modality, camera=arguments.camera)
    gallery, only = _gallery(arguments)
    if isinstance(gallery, Images):
        query = with_cameras(query, gallery)
        gallery = embed(gallery, arguments.levels, arguments.centre)
    statistics = gallery.statistics
    query, levels = _scaled(arguments, query, gallery)
    return embed(query, levels, statistics or "none"), gallery, only


def _gallery(arguments: argparse.Namespace) -> tuple[Gallery | Images, Modality | None]:
    """Return the gallery, or its images where they are to be embedded, and what to search in it.

    Images of the other modality stay where they tell a query's track or camera, and where they are
    embedded already, as their levels tell, too.
    """
    wanted = {one for one in (arguments.only, arguments.gallery_modality) if one}
    if len(wanted) > 1:
        raise ConfigError(
            f"--only {arguments.only} and --gallery-modality {arguments.gallery_modality} leave "
            "no image; leave one out"
        )
    path = arguments.gallery
    found: Gallery | Images
    if path.suffix == ".npz":
        found = vireid.load_gallery(path, root=arguments.root)
        _check_centre(arguments, found)
        modality = found.embeddings.modality
    else:
        if arguments.root is not None:
            raise ConfigError("--root applies to an npz gallery; folders say themselves where")
        said = None if is_data(path) else arguments.gallery_modality
        found = find_images(path, said, option="--gallery-modality")
        modality = found.modality
    if not wanted:
        return found, None
    only = Modality[wanted.pop().upper()]
    rows = np.flatnonzero(modality == only)
    if not rows.size:
        word = only.name.lower()
        raise DataError(f"{path} holds no {word} images; choose another gallery or modality")
    whole = bool(arguments.ignore) or isinstance(found, Gallery)
    return (found, only) if whole else (found.subset(rows), None)


def _check_centre(arguments: argparse.Namespace, gallery: Gallery) -> None:
    """Refuse to take off queries what was not taken off embeddings that are there already."""
    done = "none" if gallery.statistics is None else gallery.statistics.of
    if arguments.centre not in (None, done):
        raise ConfigError(
            f"--centre {arguments.centre}: {arguments.gallery} was embedded with --centre {done}, "
            "and its queries are centred alike: leave the option out, or embed again"
        )


def _scaled(
    arguments: argparse.Namespace, query: Images, gallery: Gallery
) -> tuple[Images, LevelWords]:
    """Return the queries with their cameras, and the levels that they are to have."""
    if arguments.camera is not None:
        demand_camera(arguments.camera, query, gallery.images, gallery.statistics)
    query = with_cameras(query, gallery.images)
    return query, query_levels(query, gallery.images, arguments.levels)


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
        figure, json, camera, centre, levels, device and threads.
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
        help="which camera took the query, where the gallery is scaled or centred by camera",
    )
    add_centre(command, "gallery's images", "as in an npz gallery, else as the recipe says")
    add_levels(command, "as in the gallery, else as in the training")
    add_machine(command)
    return command.parse_args(words)
