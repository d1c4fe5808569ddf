"""Settings of classes outside the package: changed by their names, refused, compared."""

from dataclasses import dataclass

import pytest

from vireid.config import Recipe, StageConfig
from vireid.errors import ConfigError
from vireid.labelling import MultiMemoryMatching
from vireid.recipes import change_recipe, dump_recipe, load_recipe
from vireid.studies.shared import shared_stages
from vireid.terms import ClusterNCE


@dataclass(frozen=True)
class Careful(MultiMemoryMatching):
    """A labeller that derives from the one that ships."""

    care: float = 0.5
    """A setting of its own."""


def test_settings_of_parts_go_by_their_names_also_without_init_args(foreign):
    text = foreign.read_text().replace(", init_args: {clusters: 6}", "")
    foreign.write_text(text)
    names = ["labelling.clusters=4", "stages.aligned.terms.mine.slack=0.1"]
    for setting in (names, [name.replace("ng.", "ng.init_args.") for name in names]):
        recipe = load_recipe(foreign, setting)
        assert recipe.labelling.clusters == 4
        assert recipe.stages[-1].terms["mine"].slack == 0.1
    again = change_recipe(recipe, ["labelling.clusters=3"])
    assert again.labelling.clusters == 3
    assert "class_path: camera_centred.CameraCentred" in dump_recipe(again)


def test_what_stands_beside_a_class_path_is_refused(foreign):
    text = foreign.read_text()
    foreign.write_text(
        text.replace("HybridMemory, init_args", "HybridMemory, weight: 2, init_args")
    )
    with pytest.raises(ConfigError, match=r"terms\.mine has weight beside a class_path; put"):
        load_recipe(foreign)


def test_a_list_of_terms_names_a_foreign_one_by_its_class(foreign):
    term = "{class_path: hybrid_memory.HybridMemory, init_args: {labels: mixed}}"
    foreign.write_text(f"base: synthetic\nchanges:\n  stages.joint.terms: [{term}]\n")
    recipe = load_recipe(foreign)
    assert list(recipe.stages[1].terms) == ["hybridmemory"]


def test_every_setting_of_a_derived_labeller_counts_for_what_studies_share():
    stages = load_recipe("synthetic").stages
    one, other = (Recipe(stages, labelling=Careful(care=care)) for care in (0.5, 0.6))
    assert shared_stages(one, other) == 0
    assert shared_stages(one, Recipe(stages, labelling=Careful(memories=2))) == 0
    assert shared_stages(one, one) == len(stages)


@dataclass(frozen=True)
class Picky(ClusterNCE):
    """A term that refuses its label space in few words."""

    def problems(self, place):
        yield from super().problems(place)
        yield "expected something else"


def test_what_a_term_says_is_told_with_its_stage_and_name():
    terms = {"one": Picky("visible", temperature=-1.0), "other": ClusterNCE("visible")}
    with pytest.raises(ConfigError) as caught:
        Recipe((StageConfig("joint", 1, terms),))
    first, second = str(caught.value).split("; stage joint: ")
    assert first.startswith("recipe: stage joint: one: temperature is -1.0")
    assert second == "one: expected something else"
