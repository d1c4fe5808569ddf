"""Settings of labelling that are set and change nothing are refused; those of a base are not."""

from dataclasses import dataclass

import pytest

from vireid.errors import ConfigError
from vireid.labelling import MultiMemoryMatching, Rounds
from vireid.recipes import change_recipe, load_recipe, parse_recipe
from vireid.recipes.classes import Classes

NONE_MIXED = "no mixed labels are asked for"


@dataclass(frozen=True)
class Mine(MultiMemoryMatching):
    """A labeller of one's own."""


def message(name, *overrides):
    with pytest.raises(ConfigError) as caught:
        load_recipe(name, overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "override", "why"),
    [
        ("pgm", "labelling.subset=0.5", NONE_MIXED),
        ("pgm", "labelling.mixed.eps=0.5", NONE_MIXED),
        ("pgm", "labelling.confidence=partner", "no term looks at trust in labels in cross"),
        ("pgm", "labelling.memories=2", "labelling.matcher pairs the clusters in cross"),
        ("bmil", "labelling.matching=nearest", "no matched labels are asked for"),
    ],
)
def test_what_no_stage_uses_is_refused_in_a_line(name, override, why):
    found = message(name, override)
    setting = override.partition("=")[0]
    assert found.startswith(f"{name}: setting {setting} changes nothing: ")
    assert why in found
    assert found.endswith("; leave it out")
    with pytest.raises(ConfigError, match="changes nothing"):
        change_recipe(load_recipe(name), [override])


def test_settings_inside_of_a_group_are_looked_at():
    found = message("pgm", "labelling={mixed: {k1: 9}, single: {k1: 9}}")
    assert "labelling.mixed.k1 changes nothing" in found
    assert "labelling.single" not in found


def test_what_is_switched_off_is_refused_and_the_switch_itself_is_not():
    off = "labelling.use_tracks=false"
    found = message("small", "labelling.tracks.labels=true", off)
    assert "labelling.tracks.labels changes nothing: labelling.use_tracks is off" in found
    assert "use_cameras is off" in message(
        "small", "labelling.cameras.first=true", "labelling.use_cameras=false"
    )
    for part in ("single", "mixed"):
        name = f"labelling.{part}.neighbours"
        found = message("synthetic", f"{name}=cameras", "labelling.use_cameras=false")
        assert f"{name} changes nothing: labelling.use_cameras is off" in found
        load_recipe("synthetic", [f"{name}=nearest", "labelling.use_cameras=false"])
    assert not load_recipe("small", [off, "labelling.use_cameras=false"]).labelling.use_cameras


def test_changes_of_a_file_are_looked_at_and_not_what_its_base_says():
    text = "base: pgm\nchanges:\n  labelling.subset: 0.5\n"
    with pytest.raises(ConfigError, match=r"mine\.yaml: setting labelling\.subset changes nothing"):
        parse_recipe(text, source="mine.yaml")
    assert load_recipe("pgm").labelling.mixed.k1 == 20, "of its base, without use"


def test_an_override_may_take_the_use_of_what_a_file_changes():
    text = "base: synthetic\nchanges:\n  labelling.mixed.eps: 0.5\n"
    found = parse_recipe(text, ["stages.*.terms.mixed=null"])
    assert found.labelling.mixed.eps == 0.5
    text = "base: pgm\nchanges:\n  labelling.subset: 0.5\n"
    with pytest.raises(ConfigError, match="subset changes nothing"):
        parse_recipe(text, ["seed=3"])


def test_of_a_labeller_of_ones_own_nothing_is_known():
    mine = "{class_path: my.Mine, init_args: {subset: 0.5, matcher: {kind: rounds}}}"
    classes = Classes(loaded={"my.Mine": Mine})
    text = f"base: pgm\nchanges:\n  labelling: {mine}\n"
    assert parse_recipe(text, classes=classes).labelling == Mine(subset=0.5, matcher=Rounds())


def test_the_same_settings_may_be_made_in_several_recipes():
    found = load_recipe("pgm", ["labelling.subset=0.5"], allow_unused=True)
    assert found.labelling.subset == 0.5
    again = change_recipe(found, ["labelling.subset=0.4"], allow_unused=True)
    assert again.labelling.subset == 0.4
