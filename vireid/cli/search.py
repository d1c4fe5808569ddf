"""`vireid search`: a query image -> the most similar images of a gallery."""

import argparse
from pathlib import Path

from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table
from vireid.cli.embed import MODALITIES, embed, find_images
from vireid.data import decode
from vireid.errors import ConfigError
from vireid.files import whole_file
from vireid.pages import draw_ranked_list
from vireid.ranking import Gallery, load_gallery, search
from vireid.runs import Run
from vireid.types import Ranking


def run(words: list[str]) -> None:
    """Parse the words after `vireid search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    device = use_machine(arguments)
    target = Run(arguments.run)
    query = find_images(arguments.query, arguments.modality)
    if arguments.gallery.suffix == ".npz":
        if arguments.gallery_modality:
            raise ConfigError("--gallery-modality applies to folders; an npz file says it itself")
        gallery = load_gallery(arguments.gallery)
    else:
        images = find_images(arguments.gallery, arguments.gallery_modality)
        gallery = embed(target, images, device=device)
    queries = embed(target, query, device=device)
    ranking = search(queries.embeddings, gallery.embeddings, arguments.top)
    for i, path in enumerate(query.paths):
        rows = [
            [str(rank), f"{value:.3f}", MODALITIES[gallery.images.modality[j]], _where(gallery, j)]
            for rank, (j, value) in enumerate(
                zip(ranking.order[i].tolist(), ranking.similarity[i], strict=True), 1
            )
        ]
        console.print(plain_table(["rank", "similarity", "modality", "image"], rows, path))
    if arguments.figure:
        _draw(queries, gallery, ranking, arguments.figure)
        console.print(f"written: {arguments.figure}")


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        run, query, modality, gallery, gallery_modality, top, figure, device and threads.
    """
    command = parser(
        "search",
        "Find the person of a query image in a gallery of images or embeddings.",
        "example:\n"
        "  vireid search runs/first night.jpg --modality infrared --gallery day.npz --top 10",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
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
        "--gallery-modality", choices=MODALITIES, help="what a plain gallery folder shows"
    )
    command.add_argument("--top", type=int, default=10, help="how many to show (default: 10)")
    command.add_argument("--figure", type=folder, metavar="PNG", help="also draw the ranked list")
    add_machine(command)
    return command.parse_args(words)


def _where(gallery: Gallery, index: int) -> str:
    return str(gallery.images.root / gallery.images.paths[index])


def _draw(queries: Gallery, gallery: Gallery, ranking: Ranking, path: Path) -> None:
    rows = []
    for i, name in enumerate(queries.images.paths):
        files = [queries.images.root / name]
        files += [gallery.images.root / gallery.images.paths[j] for j in ranking.order[i]]
        rows.append([decode(file) for file in files])
    marks = [[None] * len(row) for row in rows]
    with whole_file(path) as whole:
        draw_ranked_list(rows, marks, whole, list(queries.images.paths))
