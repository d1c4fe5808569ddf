"""What is refused before anything is trained."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.recipes import load_recipe
from vireid.studies.comparison import Choices, Entry
from vireid.studies.comparison.arena import DataSet
from vireid.studies.comparison.beforehand import demand_identities, demand_other_data, demand_search
from vireid.types import Known, Truth

SIDES = Known(np.array([0, 1]))
SEEN = DataSet(Path("dev"), Path("dev"), "c", ("all",), "a", "b", SIDES, Truth(np.array([3, 3])))
APART = replace(SEEN, truth=Truth(np.array([3, 4])))
UNKNOWN = replace(SEEN, truth=None)
PLAN = Choices("training_mAP", 8, {"dev": "c"}, (0,), {})


def refuse(place, rule, recipe="mmm"):
    entries = [Entry(recipe, load_recipe(recipe))]
    demand_search(SimpleNamespace(data_sets=[place]), entries, replace(PLAN, rule=rule), None)


@pytest.mark.parametrize("place", [APART, UNKNOWN])
def test_identities_choose_where_somebody_is_known_in_both_modalities(place):
    refuse(SEEN, "training_mAP")
    refuse(place, "clarity")
    with pytest.raises(ConfigError, match="dev: nobody is known to be seen in both modalities"):
        refuse(place, "training_mAP")


def test_the_matching_chooses_between_settings_of_what_matches():
    refuse(UNKNOWN, "matching_margin", "pgm")
    refuse(UNKNOWN, "clarity", "bmil")
    with pytest.raises(ConfigError, match="the last stage of bmil matches no clusters"):
        refuse(UNKNOWN, "matching_margin", "bmil")


def test_what_is_measured_at_a_labelling_chooses_where_the_last_epoch_has_one():
    refuse(UNKNOWN, "neighbour_overlap", "bmil")
    with pytest.raises(ConfigError, match="released makes no labels in its last epoch"):
        refuse(UNKNOWN, "neighbour_overlap", "released")


def test_images_that_are_compared_on_choose_nothing_whatever_is_known_of_them():
    def arena(trained, scored):
        place = replace(SEEN, trained=trained, scored=scored)
        return SimpleNamespace(data_sets=[place])

    here = arena("images 2, contents aa, people 1", "images 3, contents bb")
    demand_other_data(arena("images 2, contents bb", "images 2, contents aa"), here)
    for other, kind in (
        (arena("images 2, tracks 5, contents aa, people 2", "images 3, contents cc"), "training"),
        (arena("images 2, contents cc", "images 3, contents bb, people 1, roles 2"), "test"),
    ):
        with pytest.raises(ConfigError, match=f"its {kind} images are those of dev, which is"):
            demand_other_data(other, here)


def test_a_bound_needs_identities():
    demand_identities([SEEN, APART])
    with pytest.raises(DataError, match="dev has no training identities; leave --bound out"):
        demand_identities([SEEN, UNKNOWN])
