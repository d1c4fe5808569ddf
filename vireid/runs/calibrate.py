"""The verb: a run + images held out of its training -> how often its comparisons err."""

from pathlib import Path

from vireid.cluster import Search
from vireid.config.evaluation import CentreWord
from vireid.data.find_images import find_images, is_data
from vireid.errors import ConfigError
from vireid.exporting.facts import is_export
from vireid.labelling.repeated import DRAWS
from vireid.observers import Progress, silent
from vireid.ranking import Gallery, MatchRates, load_gallery
from vireid.runs.embedder import Embedder
from vireid.runs.folder import Run
from vireid.runs.folds import open_for
from vireid.runs.gallery_rates import gallery_rates
from vireid.runs.held_out import check_held_out, check_made_by, refuse_options, refuse_own
from vireid.runs.leveling import LevelWords
from vireid.types import Images


def calibrate(
    run: Run | Path | str,
    images: Gallery | Images | Path | str,
    *,
    modality: str | None = None,
    part: str = "test",
    fold: int | None = None,
    stage: str | None = None,
    draws: int = DRAWS,
    device: str = "auto",
    cache: Path | str | None = None,
    levels: LevelWords = None,
    centre: CentreWord = None,
    progress: Progress = silent,
) -> MatchRates:
    """Learn without identities how often comparisons of a run's embeddings err at a similarity.

    The images are labelled by the settings that the run was trained by: all of them, and several
    subsets, each by matched clusters and by clusters of both modalities. Comparisons on which all
    labellings agree count as of one person or of two, others as both in parts. Tracks, where known,
    say more: two of one camera at one time are two people, and images of one are not compared.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        images: N images that the network was not trained on, as for ``embed``; or a gallery or npz
            file that ``embed`` made of them.
        modality: as for ``embed``; also takes one modality of a data set.
        part: which part of a data set: test, train or all. Images that the run was trained on are
            refused, however they are given, where the data of the training are found: at the path,
            in the folder of the images or above it. Else a warning says that nothing is known.
        fold: as for ``embed``; that of the training where not given, another one of the same data
            is refused.
        stage: as for ``embed``.
        draws: subsets that are labelled, at least 0; they are drawn by a fixed seed.
        device: as for ``embed``.
        cache: as for ``embed``.
        levels: as for ``embed``.
        centre: as for ``embed``; as in the galleries that are to be searched. ``own`` is refused,
            as nothing else is centred alike.
        progress: shows how far it is.

    Returns:
        Rates for each pair of modalities that is there.

    Raises:
        DataError: as for ``embed``, or the images hold no two clusters, or are those of the
            training.
        ConfigError: as for ``embed``, or ``draws`` is below 0, or the images are centred by
            themselves, or are of another fold than the training.
        CheckpointError: as for ``embed``.
    """
    if draws < 0:
        raise ConfigError(f"draws is {draws}; expected at least 0")
    if is_export(run):
        raise ConfigError(
            f"{run} is an export, which does not know its training images; calibrate the run, and "
            "export it again, or name its rates by --rates"
        )
    if isinstance(images, str | Path) and Path(images).suffix == ".npz":
        images = load_gallery(images)
    ways = {"modality": modality, "fold": fold, "part": None if part == "test" else part}
    if isinstance(images, Gallery):
        options = {**ways, "cache": cache, "levels": levels, "centre": centre}
        refuse_options(options, "the images are found and embedded")
        check_made_by(run, images, stage=stage)
        check_held_out(run, images.images, stage=stage)
    else:
        embedder = Embedder(run, stage, device)
        refuse_own(embedder.centre if centre is None else centre)
        path = None if isinstance(images, Images) else Path(images)
        if isinstance(images, Images):
            refuse_options(ways, "the images are found")
        else:
            images = _found(Path(images), embedder, modality, part, fold)
        named = path is not None and is_data(path) and part == "test"
        check_held_out(run, images, path, stage=stage, named=named)
        images = embedder.embed(
            images, levels=levels, centre=centre, cache=cache, progress=progress
        )
    with progress("clustering") as bar:
        return gallery_rates(images, draws=draws, search=Search("exact", "cpu", progress=bar))


def _found(
    path: Path, embedder: Embedder, modality: str | None, part: str, fold: int | None
) -> Images:
    """Return the images of a plain folder, or of a data set on the fold of the training."""
    if not is_data(path):
        return find_images(path, modality, fold=fold)
    fold = open_for(embedder.file, embedder.origin, path, fold).fold
    return find_images(path, modality, part, fold=fold)
