"""`vireid search`: a query image -> the most similar images of a gallery."""

import argparse
from pathlib import Path

import vireid
from vireid.cli.arguments import add_levels, add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table, progress
from vireid.data.find_images import MODALITIES, find_images
from vireid.data.pixels.images import decode_image
from vireid.data.pixels.place import MEMORY
from vireid.errors import ConfigError
from vireid.files import whole_file
from vireid.ranking import Gallery
from vireid.types import Images, Ranking


def run(words: list[str]) -> None:
    """Parse the words after `vireid search` and search.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    device = use_machine(arguments)
    query = find_images(arguments.query, arguments.modality)

    def embed(images: Images) -> Gallery:
        found: Gallery = vireid.embed(
            arguments.run,
            images,
            device=device,
            cache=MEMORY,
            levels=arguments.levels,
            progress=progress,
        )
        return found

    if arguments.gallery.suffix == ".npz":
        if arguments.gallery_modality:
            raise ConfigError("--gallery-modality applies to folders; an npz file says it itself")
        gallery = vireid.load_gallery(arguments.gallery)
    else:
        gallery = embed(find_images(arguments.gallery, arguments.gallery_modality))
    queries = embed(query)
    ranking = vireid.search(queries, gallery, arguments.top)
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
        run, query, modality, gallery, gallery_modality, top, figure, levels, device and threads.
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
    add_levels(command)
    add_machine(command)
    return command.parse_args(words)


def _where(gallery: Gallery, index: int) -> str:
    return str(gallery.images.root / gallery.images.paths[index])


def _draw(queries: Gallery, gallery: Gallery, ranking: Ranking, path: Path) -> None:
    from vireid.pages import draw_ranked_list

    rows = []
    for i in range(len(queries.images.paths)):
        found = [decode_image(gallery.images, int(j)) for j in ranking.order[i]]
        rows.append([decode_image(queries.images, i), *found])
    marks = [[None] * len(row) for row in rows]
    with whole_file(path) as whole:
        draw_ranked_list(rows, marks, whole, list(queries.images.paths))
