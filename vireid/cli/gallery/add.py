"""`vireid gallery add`: images or embeddings -> rows of a store."""

import argparse
import warnings
from typing import TYPE_CHECKING

from vireid.cli.arguments import (
    add_centre,
    add_levels,
    add_machine,
    folder,
    use_machine,
    whole_from,
)
from vireid.cli.display import console, progress
from vireid.cli.gallery.options import opened, verb_parser
from vireid.data.find_images import MODALITIES, PARTS
from vireid.errors import ConfigError, number_of

if TYPE_CHECKING:
    from vireid.gallery import AddOptions, Store
    from vireid.gallery.adding import Added
    from vireid.runs.embedder import Embedder

EXAMPLES = """examples:
  vireid gallery add site crops --run runs/first
  vireid gallery add site night --run runs/first --modality infrared --camera gate
  vireid gallery add site arriving --run runs/first --watch
  vireid gallery add site old.npz
"""


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery add` and add.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    store, options = opened(arguments), _options(arguments)
    if arguments.watch:
        _watch(arguments, store, options)
        return
    embedder = None if arguments.run is None else _embedder(arguments)
    _tell(store.add(arguments.source, embedder, options=options, progress=progress))


def _watch(arguments: argparse.Namespace, store: "Store", options: "AddOptions") -> None:
    """Add what arrives until somebody stops it; what is under way then is finished."""
    from vireid.runs.stopping import stop_requests

    if arguments.run is None:
        raise ConfigError("--watch embeds images; say by which run: --run")
    embedder, every = _embedder(arguments), 2.0 if arguments.every is None else arguments.every
    with stop_requests() as stopped:
        for done in store.watch(arguments.source, embedder, options, every):
            if done.added or done.unreadable:
                _tell(done)
            if stopped():
                return


def _embedder(arguments: argparse.Namespace) -> "Embedder":
    from vireid.runs.embedder import Embedder

    return Embedder(arguments.run, arguments.stage, use_machine(arguments, arguments.run))


def _options(arguments: argparse.Namespace) -> "AddOptions":
    from vireid.gallery import AddOptions, Terms

    return AddOptions(
        modality=arguments.modality,
        camera=arguments.camera,
        part=arguments.part,
        network=arguments.network,
        levels=arguments.levels,
        centre=arguments.centre,
        terms=Terms(arguments.keep, arguments.recording),
        batch=arguments.batch,
    )


def _tell(done: "Added") -> None:
    """Print what was added; warn of what could not be read."""
    for problem in done.unreadable:
        warnings.warn(f"{problem}; left out", stacklevel=2)
    console.print(
        f"{number_of(done.added, 'new row')}, {number_of(done.present, 'image')} there already"
    )


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the verb.

    Args:
        words: the command line.

    Returns:
        store, storage, source, run, stage, modality, camera, part, recording, keep, network, batch,
        watch, every, levels, centre, device and threads.

    Raises:
        ConfigError: an option stands without the one that it belongs to.
    """
    command = verb_parser(
        "add",
        "Add images or embeddings to a store, in batches. Images that are there already, by what\n"
        "their files hold, are left out: an addition that was killed goes on when begun again.",
        EXAMPLES,
    )
    add = command.add_argument
    add("source", type=folder, help="a data set, folder, image or manifest, or embeddings (.npz of "
        "`vireid embed`, .parquet)")  # fmt: skip
    add("--run", type=folder, help="the run, or checkpoint's file, that embeds images")
    add("--stage", help="after which stage of the run (default: the last)")
    add("--modality", choices=MODALITIES, help="what a plain folder or an image shows")
    add("--camera", metavar="NAME", help="which camera took a plain folder or an image")
    add("--part", choices=PARTS, default="all", help="which part of a data set (default: all)")
    add("--recording", default="", metavar="NAME", help="stands before the names of tracks, which "
        "keeps those of several recordings apart")  # fmt: skip
    add("--keep", type=float, metavar="DAYS", help="these rows expire after so many days (default: "
        "as the store says)")  # fmt: skip
    add("--network", metavar="NAME", help="which network made embeddings that do not say it")
    add("--batch", type=whole_from(1), default=256, metavar="N", help="images that are embedded "
        "and acknowledged at once (default: 256)")  # fmt: skip
    add("--watch", action="store_true", help="go on: add images as they arrive in the folder")
    add("--every", type=float, metavar="SECONDS", help="between two looks of --watch; "
        "a file that changes meanwhile waits (default: 2)")  # fmt: skip
    add_levels(command, "as in the store, else as in the training")
    add_centre(command, "store's images", "as in the store, else as the recipe says")
    add_machine(command)
    arguments = command.parse_args(words)
    if arguments.stage is not None and arguments.run is None:
        raise ConfigError("--stage is that of a run; say which: --run")
    if arguments.every is not None and not arguments.watch:
        raise ConfigError("--every is between two looks of --watch; say that, too")
    return arguments
