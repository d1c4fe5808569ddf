"""Lines of the table: what they know, and what they are called."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.labelling import MultiMemoryMatching
from vireid.recipes import load_recipe
from vireid.studies import Identities
from vireid.studies.comparison import Entry
from vireid.studies.comparison.entries import load_entries
from vireid.types import Known

SMALL = load_recipe("synthetic")


@dataclass(frozen=True)
class Curious(MultiMemoryMatching):
    """Says what of its settings lies idle."""

    wants: tuple[str, ...] = ()

    def idle(self, known):
        for what in self.wants:
            if getattr(known, what) is None:
                yield f"no {what}"


@pytest.mark.parametrize("wants", [(), ("camera",), ("track",), ("camera", "track", "time")])
def test_a_method_is_asked_what_lies_idle_where_nothing_is_known(wants):
    entry = Entry("mine", replace(SMALL, labelling=Curious(wants=wants)))
    assert (entry.cameras, entry.tracks) == ("camera" in wants, "track" in wants)


def test_what_the_data_do_not_say_lies_idle():
    entry = Entry("mine", replace(SMALL, labelling=Curious(wants=("camera",))))
    told = Known(np.array([0, 1]), camera=np.array([1, 2]), track=np.array([1, 2]))
    assert [entry.told(what, told) for what in ("camera", "track")] == ["yes", "no"]
    untold = replace(told, camera=None)
    assert [entry.told(what, untold) for what in ("camera", "track")] == ["idle", "no"]
    shipped = Entry("synthetic", SMALL)
    assert [shipped.told(what, told) for what in ("camera", "track")] == ["no", "no"]
    tracks = replace(entry, recipe=load_recipe("synthetic", ["labelling.tracks.labels=true"]))
    assert [tracks.told("track", one) for one in (told, replace(told, track=None))] == [
        "yes",
        "idle",
    ]


def test_shipped_methods_know_neither_by_themselves():
    for name in ("synthetic", "mmm", "bmil", "rpnr"):
        entry = Entry(name, load_recipe(name))
        assert (entry.cameras, entry.tracks, entry.oracle) == (False, False, False)


@pytest.mark.skipif(not hasattr(MultiMemoryMatching(), "cameras"), reason="no settings of cameras")
def test_options_on_cameras_and_tracks_are_seen_unless_they_are_switched_off():
    def known(*settings):
        named = [f"labelling.{one}" for one in settings]
        entry = Entry("one", load_recipe("synthetic", named, allow_unused=True))
        return entry.cameras, entry.tracks

    assert known("cameras.centre=camera") == (True, False)
    assert known("cameras.centre=camera", "use_cameras=false") == (False, False)
    assert known("cameras.centre=modality") == (False, False)
    assert known("single.neighbours=cameras") == (True, False)
    assert known("tracks.labels=true") == (False, True)
    assert known("tracks.labels=true", "use_tracks=false") == (False, False)


def test_a_bound_is_told_by_its_labeller_and_has_a_digest_of_its_own():
    bound = Entry("bound of synthetic", replace(SMALL, labelling=Identities()))
    assert bound.oracle
    assert bound.folder == f"bound-of-synthetic-{bound.digest}"
    assert bound.digest != Entry("synthetic", SMALL).digest
    other = replace(bound.recipe, labelling=Identities())
    assert Entry("another name", other).digest == bound.digest


def test_a_setting_may_be_of_use_to_some_methods_only():
    setting = ["labelling.max_cost=0.5"]
    found = load_entries(["mmm", "bmil"], setting, base="mmm", equal_images=False)
    assert [one.recipe.labelling.max_cost for one in found] == [0.5, 0.5]
    with pytest.raises(ConfigError, match=r"bmil: setting labelling\.max_cost changes nothing"):
        load_entries(["bmil"], setting, base="bmil", equal_images=False)
