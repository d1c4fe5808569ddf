"""What is seen of a person from each side."""

import math
from dataclasses import replace

import numpy as np
import pytest

from vireid.synthetic.figure import Pattern
from vireid.synthetic.materials import Material
from vireid.synthetic.portrait import Portrait, dress, portray
from vireid.synthetic.pose import Gait
from vireid.synthetic.settings import SyntheticSettings
from vireid.synthetic.wardrobe import Person, draw_person

LIGHT = np.array((0.0, 0.0, 1.0, 0.6, 0.4, 0.1, 0.0, 0.0))
STANDING = Gait(phase=0.0, stride=0.0, swing=0.0)


@pytest.fixture
def person() -> Person:
    drawn = draw_person(SyntheticSettings(), 1)
    return replace(
        drawn, height=1.75, build=1.0, shoulders=1.0, hips=1.0, legs=0.0, head=1.0, top="t-shirt",
        sleeve=0.35, top_print="none", bottom="trousers", bottom_print="none", hair="short",
        hat="none", scarf=False, backpack=False, bag="none", collar=False, belt=False, boot=0.0,
    )  # fmt: skip


def seen(person: Person, yaw: float = 0.0, gait: Gait = STANDING) -> Portrait:
    return portray(dress(person), gait, (yaw, 0.15), (128, 64), LIGHT)


def count(portrait: Portrait, *materials: Material) -> int:
    return int(np.isin(portrait.material, materials).sum())


def test_a_backpack_is_seen_from_behind_and_its_straps_from_the_front(person: Person) -> None:
    person = replace(person, backpack=True, backpack_size=1.0)
    bag = (Material.BACKPACK, Material.BACKPACK_SECOND)
    front, side, back = (seen(person, yaw) for yaw in (0.0, math.pi / 2, math.pi))
    assert count(front, *bag) <= 3
    assert count(side, *bag) > 60
    assert count(back, *bag) > 200
    assert count(front, Material.STRAP) > 20
    assert count(back, Material.STRAP) < count(front, Material.STRAP)


def test_a_logo_is_on_the_front_only(person: Person) -> None:
    person = replace(person, top_print="logo")
    assert count(seen(person), Material.LOGO) > 60
    assert count(seen(person, math.pi), Material.LOGO) == 0


@pytest.mark.parametrize("material", [Material.EYE, Material.LIPS])
def test_a_face_is_on_the_front_only(person: Person, material: Material) -> None:
    assert count(seen(person), material) > 0
    assert count(seen(person, math.pi), material) == 0


def test_an_open_jacket_shows_what_is_under_it_at_the_front(person: Person) -> None:
    person = replace(person, top="open jacket", sleeve=0.95)
    assert count(seen(person), Material.INNER) > 80
    assert count(seen(person, math.pi), Material.INNER) == 0


def test_the_left_hand_is_at_the_right_of_a_front_view(person: Person) -> None:
    person = replace(person, bag="tote", bag_side=1.0)
    front = np.nonzero(seen(person).material == Material.BAG)[1]
    back = np.nonzero(seen(person, math.pi).material == Material.BAG)[1]
    assert front.mean() > 32 > back.mean()


def test_a_taller_person_is_taller(person: Person) -> None:
    rows = [
        np.nonzero(seen(replace(person, height=height)).material >= 0)[0]
        for height in (1.55, 1.75, 1.9)
    ]
    heights = [row.max() - row.min() for row in rows]
    assert heights[0] < heights[1] < heights[2]
    assert np.ptp([row.max() for row in rows]) <= 2  # all stand on the ground


def test_a_broader_person_covers_more(person: Person) -> None:
    slim, broad = (count(seen(replace(person, build=b)), *Material) for b in (0.85, 1.3))
    assert broad > 1.15 * slim


def test_longer_sleeves_cover_more_skin(person: Person) -> None:
    skin = [count(seen(replace(person, sleeve=s)), Material.SKIN) for s in (0.0, 0.4, 0.95)]
    assert skin[0] > skin[1] > skin[2] > 0


@pytest.mark.parametrize("bottom", ["shorts", "skirt"])
def test_skirts_and_shorts_reach_at_least_mid_thigh(person: Person, bottom: str) -> None:
    person = replace(person, bottom=bottom, hem=0.72, flare=0.5)
    portrait = seen(person)
    cloth = np.nonzero(portrait.material == Material.BOTTOM)[0]
    body = np.nonzero(portrait.material >= 0)[0]
    hip, sole = 0.9 / 1.75, 1.0
    middle_of_thigh = body.min() + (sole - 0.5 * (hip + 0.28)) * (body.max() - body.min())
    assert cloth.max() >= middle_of_thigh


def test_a_skirt_flares(person: Person) -> None:
    person = replace(person, bottom="skirt", hem=1.0, flare=1.0)
    cloth = seen(person).material == Material.BOTTOM
    rows = np.nonzero(cloth.any(axis=1))[0]
    width = cloth.sum(axis=1)
    assert width[rows[-3]] > width[rows[2]]


@pytest.mark.parametrize(
    "pattern", [Pattern.HORIZONTAL, Pattern.VERTICAL, Pattern.CHECKS, Pattern.DOTS]
)
def test_a_pattern_shows_both_materials(person: Person, pattern: Pattern) -> None:
    patterned = replace(person, top_print="all over", top_pattern=pattern, top_period=0.14)
    portrait = seen(patterned)
    both = count(portrait, Material.TOP), count(portrait, Material.TOP_SECOND)
    assert min(both) > 0.1 * sum(both)


def test_a_walk_moves_the_feet_and_keeps_the_logo_on_the_chest(person: Person) -> None:
    person = replace(person, top_print="logo")
    walking = Gait(phase=math.pi / 2, stride=0.5, swing=0.4)
    still, moving = seen(person, math.pi / 2), seen(person, math.pi / 2, walking)
    feet = [np.ptp(np.nonzero(p.material == Material.SHOE)[1]) for p in (still, moving)]
    assert feet[1] > feet[0] + 8
    logo = [count(seen(person, 0.0, gait), Material.LOGO) for gait in (STANDING, walking)]
    assert logo[1] == pytest.approx(logo[0], rel=0.2)


def test_infrared_does_not_depend_on_visible_colours(person: Person) -> None:
    dressed = dress(person)
    other = dress(replace(person, visible=1.0 - person.visible))
    pictures = [
        portray(d, STANDING, (0.4, 0.1), (128, 64), LIGHT, band="near infrared").light
        for d in (dressed, other)
    ]
    assert np.array_equal(*pictures)
    assert not np.array_equal(
        *(portray(d, STANDING, (0.4, 0.1), (128, 64), LIGHT).light for d in (dressed, other))
    )


def test_coverage_is_a_share(person: Person) -> None:
    coverage = seen(person).light[..., 3]
    assert coverage.min() == 0.0
    assert coverage.max() == pytest.approx(1.0)
    assert ((coverage > 0) & (coverage < 1)).any()  # smooth edges
