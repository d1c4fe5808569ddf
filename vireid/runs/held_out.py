"""Whether images are held out of a training."""

import warnings
from collections.abc import Mapping
from pathlib import Path

from vireid.config import Centre
from vireid.errors import ConfigError, DataError, some
from vireid.ranking import Gallery
from vireid.runs.fingerprints import centred_fingerprint, network_fingerprint
from vireid.runs.folder import Run
from vireid.runs.networks import open_network
from vireid.runs.training_images import (
    find_training_images,
    shared_images,
    trained_before,
    trained_on,
)
from vireid.types import Images, NamedStatistics


def check_held_out(
    run: Run | Path | str,
    images: Images,
    path: Path | None = None,
    *,
    stage: str | None = None,
    named: bool = False,
) -> None:
    """Refuse images of the training, whose comparisons err less than those of others.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        images: that are to be held out, by whatever way they came.
        path: where they were found, if that is known.
        stage: after which stage, as for ``embed``.
        named: whether they are called the test part of their data; there is no warning then.

    Raises:
        DataError: the run was trained on some of them.
    """
    train = find_training_images(trained_on(run, stage), images, path)
    earlier = (find_training_images(one, images, path) for one in trained_before(run))
    where = run.folder if isinstance(run, Run) else run
    for place, found in enumerate((train, *earlier)):
        count = 0 if found is None else shared_images(images, found)
        if not count:
            continue
        began = " or a run that it began from" if place else ""
        raise DataError(
            f"{where}{began} was trained on {count:,} of these {len(images):,} images, whose "
            "comparisons err less than those of others; give images that it has not seen, as those "
            "of --part test"
        )
    if train is None and not named:
        warnings.warn(
            f"nothing tells whether {where} was trained on these images: the rates hold only if "
            "it has not seen them",
            stacklevel=3,
        )


def refuse_options(given: Mapping[str, object], done: str) -> None:
    """Refuse options on how images are found or embedded where that is done already.

    Args:
        given: values by name; None where an option is not given.
        done: what is done, for the message.

    Raises:
        ConfigError: one is given.
    """
    names = [f"--{name}" for name, value in given.items() if value is not None]
    if names:
        raise ConfigError(f"{some(names)}: {done} already; leave it out, or give a folder or data")


def refuse_own(centre: Centre | NamedStatistics) -> None:
    """Refuse to learn rates of embeddings that no other embeddings are centred like.

    Args:
        centre: what is taken off embeddings that are still to be made.

    Raises:
        ConfigError: what they have in common themselves.
    """
    if centre == "own":
        raise ConfigError(
            "centre own takes off what these very images have in common, so no gallery could use "
            "the rates: say --centre training or none, as for the gallery; where that is centred "
            "by itself, embed these images in Python by vireid.embed(..., "
            "centre=gallery.statistics), and give what it returns"
        )


def check_made_by(run: Run | Path | str, gallery: Gallery, *, stage: str | None = None) -> None:
    """Refuse embeddings of another network than a run's.

    Args:
        run: the run, its folder, or the file of a checkpoint.
        gallery: what was embedded before; nothing is known where it does not say its network.
        stage: after which stage, as for ``embed``.

    Raises:
        DataError: the embeddings are of another network.
        CheckpointError: the run or the stage is missing or damaged.
    """
    found = open_network(run, stage)
    size = (found.recipe.height, found.recipe.width)
    made = network_fingerprint(found.network.state_dict(), size, found.levels)
    mine = centred_fingerprint(made, gallery.statistics)
    if gallery.network is not None and gallery.network != mine:
        raise DataError(
            f"the embeddings are of {gallery.made_by()}, and the run's are of network {mine}; "
            "embed the images by the run that is to be searched with"
        )
