"""The verb: a run + images held out of its training -> how often its comparisons err."""

from pathlib import Path

from vireid.cluster import Search
from vireid.config.evaluation import CentreWord
from vireid.data.find_images import find_images, is_data
from vireid.errors import ConfigError
from vireid.labelling.repeated import DRAWS
from vireid.observers import Progress, silent
from vireid.ranking import Gallery, MatchRates, load_gallery
from vireid.runs.embed import embed
from vireid.runs.folder import Run
from vireid.runs.gallery_rates import gallery_rates
from vireid.runs.held_out import check_held_out, check_made_by, refuse_options
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
        part: which part of a data set: test, train or all. Those that the run was trained on are
            refused.
        fold: as for ``embed``.
        stage: as for ``embed``.
        draws: subsets that are labelled, at least 0; they are drawn by a fixed seed.
        device: as for ``embed``.
        cache: as for ``embed``.
        levels: as for ``embed``.
        centre: as for ``embed``; as in the galleries that are to be searched.
        progress: shows how far it is.

    Returns:
        Rates for each pair of modalities that is there.

    Raises:
        DataError: as for ``embed``, or the images hold no two clusters, or are those of the
            training.
        ConfigError: as for ``embed``, or ``draws`` is below 0.
        CheckpointError: as for ``embed``.
    """
    if draws < 0:
        raise ConfigError(f"draws is {draws}; expected at least 0")
    where = run.folder if isinstance(run, Run) else Path(run)
    found = {"modality": modality, "fold": fold, "part": None if part == "test" else part}
    if isinstance(images, str | Path) and Path(images).suffix != ".npz":
        path = Path(images)
        chosen = part if is_data(path) else "all"
        images = find_images(path, modality, chosen, fold=fold)
        check_held_out(Run(where), path, images, chosen, fold=fold)
    else:
        refuse_options(found, "the images are found")
    if isinstance(images, Images):
        images = embed(
            run, images, stage=stage, device=device, cache=cache, levels=levels, centre=centre,
            progress=progress,
        )  # fmt: skip
    else:
        images = images if isinstance(images, Gallery) else load_gallery(images)
        refuse_options({"cache": cache, "levels": levels, "centre": centre}, "they are embedded")
        check_made_by(run, images, stage=stage)
    with progress("clustering") as bar:
        return gallery_rates(images, draws=draws, search=Search("exact", "cpu", progress=bar))
