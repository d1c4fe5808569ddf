"""The verb: a run + labels of known images + new images -> numbers that go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.config.evaluation import CentreWord
from vireid.data.find_images import find_images
from vireid.errors import ConfigError, DataError
from vireid.observers import Progress, silent
from vireid.ranking import Gallery, MatchRates, load_gallery
from vireid.ranking.labelled import Labelled, load_labelled
from vireid.ranking.limits import Limit, match_limits
from vireid.ranking.match_rates import check_rates
from vireid.ranking.same_levels import check_same_levels
from vireid.ranking.same_statistics import check_same_statistics
from vireid.ranking.usable_rates import usable_rates
from vireid.runs.embedder import Embedder
from vireid.runs.folder import Run
from vireid.runs.held_out import refuse_options
from vireid.runs.numbering import go_on_numbering
from vireid.types import NOISE, Images, Modality

FALSE = 0.1
"""False-match rate over all known clusters together where none is asked for."""


@dataclass(frozen=True)
class Assigned:
    """New images with their numbers, and how these came about."""

    labelled: Labelled
    """The M images; ``new`` says whose number nobody had before."""
    clusters: int
    """Clusters that were known."""
    limits: tuple[Limit, ...]
    """From which similarity on two images matched, and at which false-match rate."""


def assign_labels(
    run: Run | Path | str,
    known: Labelled | Path | str | Sequence[Labelled | Path | str],
    images: Gallery | Images | Path | str,
    *,
    rates: MatchRates | Path | str | None = None,
    false_match_rate: float | None = None,
    modality: str | None = None,
    part: str = "all",
    fold: int | None = None,
    device: str = "auto",
    cache: Path | str | None = None,
    progress: Progress = silent,
) -> Assigned:
    """Give new images the numbers of known clusters, or new ones; known images keep theirs.

    A new image gets the number of a cluster where at least half of the cluster's images of one
    modality match it; images of a track are compared together. What matches no cluster is clustered
    by itself, by the settings that the run labels by, and gets numbers above all that are known.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        known: labels with embeddings by this run, or the npz files of ``vireid label`` or of
            earlier assignments: one or several that number clusters together.
        images: M new images, or where they are, as for ``embed``; or what ``embed`` made of them,
            or its npz file. An image that is among the known ones keeps its number.
        rates: error rates of the run's comparisons, or their file; those that the run keeps where
            not given.
        false_match_rate: share of the comparisons of two people that match, in (0, 1); where not
            given, 0.1 over the number of known clusters, or the lowest that the rates tell.
        modality: as for ``embed``.
        part: as for ``embed``.
        fold: as for ``embed``.
        device: as for ``embed``.
        cache: as for ``embed``.
        progress: shows how far it is.

    Returns:
        The new images with their numbers.

    Raises:
        DataError: an image or a file cannot be read, the embeddings are of different networks,
            or no cluster is known.
        ConfigError: there are no rates, they tell none so low, or an option does not apply.
        CheckpointError: as for ``embed``.
    """
    before = [_labelled(one) for one in _listed(known)]
    labels = np.concatenate([one.labels for one in before])
    clusters = len(np.setdiff1d(labels, [NOISE]))
    if not clusters:
        raise DataError("the labels hold no cluster, only noise; label anew")
    ways = {"modality": modality, "part": None if part == "all" else part, "fold": fold}
    if isinstance(images, str | Path) and Path(images).suffix == ".npz":
        images = load_gallery(images)
    if isinstance(images, Gallery):
        refuse_options(ways | {"cache": cache}, "the images are found and embedded")
        new = images
    else:
        if isinstance(images, Images):
            refuse_options(ways, "the images are found")
        else:
            images = find_images(images, modality, part, fold=fold)
        new = _embedded(run, before[0].gallery, images, device, cache, progress)
    for one in before:
        _check_alike(one.gallery, new)
    told = _rates(run, rates, new)
    sides = [np.unique(one.gallery.embeddings.modality).tolist() for one in before]
    mine = np.unique(new.embeddings.modality).tolist()
    pairs = {(Modality(a), Modality(b)) for a in mine for b in {*np.concatenate(sides).tolist()}}
    asked = false_match_rate is not None
    rate = false_match_rate if false_match_rate is not None else FALSE / clusters
    limits = match_limits(told, rate, pairs, asked=asked)
    found = go_on_numbering(before, new, limits, progress)
    return Assigned(Labelled(new, found, found > labels.max()), clusters, limits)


def _listed(
    known: Labelled | Path | str | Sequence[Labelled | Path | str],
) -> list[Labelled | Path | str]:
    """Return what is known as a list, which holds something."""
    found = [known] if isinstance(known, Labelled | Path | str) else list(known)
    if not found:
        raise ConfigError("no labels are given; expected those of known images")
    return found


def _labelled(known: Labelled | Path | str) -> Labelled:
    return known if isinstance(known, Labelled) else load_labelled(known)


def _embedded(
    run: Run | Path | str,
    known: Gallery,
    images: Images,
    device: str,
    cache: Path | str | None,
    progress: Progress,
) -> Gallery:
    """Return new images embedded as the known ones were, after a look at whose these are."""
    embedder = Embedder(run, None, device)
    mine = embedder.fingerprint(known.statistics)
    if known.network is not None and known.network != mine:
        raise DataError(_of_another(known, f"network {mine}"))
    centre: CentreWord = known.statistics if known.statistics is not None else "none"
    return embedder.embed(
        images, levels=known.levels, centre=centre, cache=cache, progress=progress
    )


def _check_alike(known: Gallery, new: Gallery) -> None:
    """Refuse embeddings that cannot be compared."""
    check_same_statistics(new.statistics, known.statistics)
    if known.network and new.network and known.network != new.network:
        raise DataError(_of_another(known, new.made_by()))
    if known.vectors.shape[1] != new.vectors.shape[1]:
        raise DataError(
            f"the labelled embeddings have {known.vectors.shape[1]} dimensions and the new ones "
            f"{new.vectors.shape[1]}; embed both with the same run"
        )
    check_same_levels(new.images, known.images)


def _of_another(known: Gallery, new: str) -> str:
    return (
        f"the labelled embeddings are of {known.made_by()} and the new images are of {new}, whose "
        "similarities mean nothing; embed the labelled images by this run too, and name that file "
        "(--old FILE)"
    )


def _rates(
    run: Run | Path | str, rates: MatchRates | Path | str | None, new: Gallery
) -> MatchRates:
    """Return the rates that decide."""
    if isinstance(rates, MatchRates):
        check_rates(rates, new.network, new.made_by())
        return rates
    where = run.folder if isinstance(run, Run) else Path(run)
    found = usable_rates(rates, Run(where).rates_file, new.network, new.made_by())
    if found is None:
        raise ConfigError(
            f"{where} keeps no error rates of its comparisons; `vireid calibrate {where} IMAGES` "
            "with images that it was not trained on, or name a file (--rates)"
        )
    return found
