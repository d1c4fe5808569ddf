"""The thermal look: warmth instead of colour."""

import numpy as np

from vireid.synthetic.defaults import DEFAULTS
from vireid.synthetic.look import with_patches
from vireid.synthetic.materials import Material
from vireid.synthetic.picture import render_track
from vireid.synthetic.portrait import dress, portray
from vireid.synthetic.pose import Gait
from vireid.synthetic.thermal import warmth
from vireid.synthetic.wardrobe import draw_person

SETTINGS = DEFAULTS["regdb"]
PEOPLE = [draw_person(SETTINGS, identity) for identity in range(1, 200)]


def level(material: Material) -> np.ndarray:
    return np.array([person.thermal[material] for person in PEOPLE])


def test_skin_is_warmest_then_cloth_then_shoes_then_bags() -> None:
    order = (Material.SKIN, Material.TOP, Material.SHOE, Material.BAG)
    means = [level(material).mean() for material in order]
    assert means == sorted(means, reverse=True)
    assert (level(Material.SKIN) > level(Material.BACKPACK)).all()
    assert min(means) > 0.2, "an object is no colder than the street behind it"


def test_thick_clothes_are_cooler_than_thin_ones() -> None:
    tops = {"coat": [], "t-shirt": []}
    for person in PEOPLE:
        if person.top in tops:
            tops[person.top].append(person.thermal[Material.TOP])
    assert np.mean(tops["coat"]) < np.mean(tops["t-shirt"]) - 0.2


def test_colours_and_patterns_hardly_show() -> None:
    contrast = np.abs(level(Material.TOP) - level(Material.TOP_SECOND))
    assert contrast.max() < 0.08
    brightness = np.array([person.visible[Material.TOP].mean() for person in PEOPLE])
    assert abs(np.corrcoef(brightness, level(Material.TOP))[0, 1]) < 0.25


def test_levels_are_shares_and_depend_on_the_generator_alone() -> None:
    clothes = {"top": "shirt", "bottom": "skirt"}
    first, again, other = (warmth(np.random.default_rng(k), clothes) for k in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.min() >= 0.05
    assert first.max() <= 0.97


def test_a_person_shines_before_a_cool_street() -> None:
    pixels = render_track(SETTINGS, 3, 2)[0].pixels.astype(float)[..., 0]
    middle, edge = pixels[30:90, 24:40], np.concatenate((pixels[:, :6], pixels[:, -6:]), axis=1)
    assert middle.mean() > 1.5 * edge.mean()


def test_patches_change_warmth_a_little_and_no_outline() -> None:
    dressed = dress(PEOPLE[0])
    light = np.array((0.0, 0.0, 1.0, 0.17, 0.83, 0.0, 0.0, 0.0))
    gait = Gait(phase=0.0, stride=0.0, swing=0.0, elbow=0.0, nod=0.0)
    plain = portray(dressed, gait, (0.0, 0.1), (64, 32), light, band="thermal")
    patched = with_patches(plain, np.random.default_rng(0))
    assert np.array_equal(plain.light[..., 3], patched.light[..., 3])
    ratio = (
        patched.light[..., 0][plain.light[..., 3] > 0.5]
        / plain.light[..., 0][plain.light[..., 3] > 0.5]
    )
    assert 0.85 < ratio.min() < 0.99 < 1.01 < ratio.max() < 1.15
