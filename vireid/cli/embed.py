"""`vireid embed`: a run + images -> an npz file of embeddings."""

import vireid
from vireid.cli.arguments import (
    add_cache,
    add_centre,
    add_fold,
    add_levels,
    add_machine,
    folder,
    parser,
    prepare_machine,
)
from vireid.cli.display import console, progress
from vireid.data.find_images import MODALITIES, PARTS
from vireid.errors import ConfigError, number_of


def run(words: list[str]) -> None:
    """Parse the words after `vireid embed` and embed.

    Args:
        words: the command line.
    """
    command = parser(
        "embed",
        "Turn images into embeddings: an npz file with vectors [N, D], modality, camera, paths.",
        "examples:\n"
        "  vireid embed runs/first DATA --out data.npz --part test\n"
        "  vireid embed runs/first crops/night --modality infrared --out night.npz",
    )
    command.add_argument("run", type=folder, help="a run folder written by `vireid train`")
    command.add_argument("images", type=folder, help="data as for training, a folder or an image")
    command.add_argument("--out", type=folder, required=True, help="the npz file to write")
    command.add_argument(
        "--modality",
        choices=MODALITIES,
        help="what a plain folder or a single image shows; data sets say it themselves",
    )
    command.add_argument(
        "--part",
        choices=PARTS,
        default="all",
        help="which part of a data set (default: all)",
    )
    command.add_argument(
        "--camera", metavar="NAME", help="which camera took a plain folder or a single image"
    )
    add_fold(command)
    add_cache(command)
    add_levels(command)
    add_centre(command, "embedded images")
    add_machine(command)
    arguments = command.parse_args(words)
    if arguments.out.suffix != ".npz":
        raise ConfigError(f"--out {arguments.out}: expected a name that ends in .npz")
    prepare_machine(arguments, arguments.run)
    gallery = vireid.embed(
        arguments.run,
        arguments.images.absolute(),
        modality=arguments.modality,
        part=arguments.part,
        fold=arguments.fold,
        camera=arguments.camera,
        device=arguments.device,
        cache=arguments.cache,
        levels=arguments.levels,
        centre=arguments.centre,
        progress=progress,
    )
    vireid.save_gallery(gallery, arguments.out)
    count, size = gallery.embeddings.vectors.shape
    kept = gallery.statistics
    how = "" if kept is None else f", {gallery.centred_by} ({kept.fingerprint})"
    console.print(f"{number_of(count, 'image')}, {size} dimensions{how}: {arguments.out}")
