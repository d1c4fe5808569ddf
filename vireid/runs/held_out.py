"""Whether images are held out of a training."""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path

from vireid.data import open_data
from vireid.data.find_images import is_data
from vireid.errors import ConfigError, DataError, some
from vireid.ranking import Gallery
from vireid.runs.fingerprints import centred_fingerprint, fingerprint, network_fingerprint
from vireid.runs.folder import Run
from vireid.runs.networks import open_network
from vireid.types import Images


def check_held_out(
    run: Run, path: Path, images: Images, part: str, *, fold: int | None = None
) -> None:
    """Refuse images of the training, whose comparisons err less than those of others.

    Args:
        run: the run's folder; where it does not say what it was trained on, nothing is known.
        path: where the images are; images of a plain folder are not looked at.
        images: of that part of the data.
        part: which part of a data set they are.
        fold: of the data set.

    Raises:
        DataError: the run was trained on some of them.
    """
    if part == "test" or not is_data(path):
        return
    train = images if part == "train" else open_data(path, fold=fold).train
    if trained_on(run, train):
        raise DataError(
            f"{path} holds the images that {run.folder} was trained on, whose comparisons err less "
            "than those of others; give images that it has not seen, as those of --part test"
        )
    warnings.warn(
        f"the training part of {path} is used: the rates hold only if the run has not seen it",
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


def trained_on(run: Run, images: Images) -> bool:
    """Tell whether a run was trained on a set of images, by their paths and sizes.

    Args:
        run: the run's folder.
        images: the set.

    Returns:
        True where it was; False where it was trained on another set, or does not say.
    """
    try:
        found = json.loads(run.data_file.read_text(encoding="utf-8"))["images"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return str(found).startswith(fingerprint(images).split(", tracks")[0])
