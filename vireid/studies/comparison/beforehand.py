"""What a comparison cannot do, said before hours of training and not behind them."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.studies.comparison.arena import Arena, DataSet
from vireid.studies.comparison.choices import RULES, Choices, merged
from vireid.studies.comparison.entries import Entry
from vireid.types import Modality


def demand_search(
    development: Arena, entries: Sequence[Entry], plan: Choices, earlier: Choices | None
) -> None:
    """Refuse a search whose number will not be known, or that is not that of other methods.

    Args:
        development: of the search.
        entries: the methods as they ship.
        plan: how settings are to be chosen.
        earlier: what was chosen before; None where nothing was.

    Raises:
        ConfigError: the rule is unknown, or cannot choose for a method or on some data; there are
            to be no settings; or other methods were searched in another way.
    """
    if plan.rule not in RULES:
        raise ConfigError(f"choose is {plan.rule}; expected one of {', '.join(RULES)}")
    if plan.count < 1:
        raise ConfigError(f"--search-count {plan.count}: expected at least 1")
    merged(earlier, plan)
    lacking = next((one for one in development.data_sets if not _seen_by_both(one)), None)
    if plan.rule == "training_mAP" and lacking is not None:
        raise ConfigError(
            f"--search {lacking.train}: nobody is known to be seen in both modalities of its "
            "training images, so that there is no training_mAP: give other development data, or "
            "say --choose neighbour_overlap"
        )
    stale = next((one.name for one in entries if not _labels_at_the_end(one)), None)
    if plan.rule == "neighbour_overlap" and stale is not None:
        raise ConfigError(
            f"--choose neighbour_overlap: {stale} makes no labels in its last epoch, and measures "
            "it where labels are made; say --choose training_mAP, or leave it out"
        )
    without = next((entry.name for entry in entries if not _matches(entry)), None)
    if plan.rule == "matching_margin" and without is not None:
        raise ConfigError(
            f"--choose matching_margin: the last stage of {without} matches no clusters; say "
            "--choose neighbour_overlap or training_mAP, or leave it out"
        )


def demand_other_data(development: Arena, compared: Arena) -> None:
    """Refuse to search on what is compared on.

    Args:
        development: of the search.
        compared: of the table.

    Raises:
        ConfigError: the training or the test images of data are in both.
    """
    for data, other in product(development.data_sets, compared.data_sets):
        images = {
            "training": (data.trained, other.trained),
            "test": (data.scored, other.scored),
        }
        both = [kind for kind, (one, its) in images.items() if _files(one) == _files(its)]
        if both:
            raise ConfigError(
                f"--search {data.train}: its {both[0]} images are those of {other.name}, which is "
                "compared on; choose settings on other data"
            )


def demand_identities(data_sets: Sequence[DataSet]) -> None:
    """Refuse a bound of data whose training identities are not known.

    Args:
        data_sets: the data.

    Raises:
        DataError: some have none.
    """
    for data in data_sets:
        if data.truth is None:
            raise DataError(
                f"{data.train} has no training identities; leave --bound out, which needs them"
            )


def _files(fingerprint: str) -> str:
    """Return what images hold, whatever is known of them beside."""
    return fingerprint.partition("contents ")[2].partition(",")[0]


def _seen_by_both(data: DataSet) -> bool:
    """Tell whether somebody is known to be seen in both modalities."""
    if data.truth is None:
        return False
    seen = [data.truth.identities[data.known.modality == side] for side in Modality]
    return bool(np.intersect1d(*seen).size)


def _labels_at_the_end(entry: Entry) -> bool:
    """Tell whether images are labelled, and with it embedded, in the last epoch."""
    last = entry.recipe.stages[-1]
    every = last.relabel_every
    return last.epochs == 1 or (every > 0 and (last.epochs - 1) % every == 0)


def _matches(entry: Entry) -> bool:
    """Tell whether the last stage asks for labels that join matched clusters."""
    recipe = entry.recipe
    offered = recipe.labelling.spaces()
    return any(offered[name].matched for name in recipe.spaces(recipe.stages[-1]))
