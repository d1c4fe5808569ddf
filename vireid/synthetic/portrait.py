"""A person seen against nothing: the figure, dressed, posed, turned and rendered."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.synthetic.accessories import add_backpack, add_bag, add_hair, add_hat, add_scarf
from vireid.synthetic.body import NOMINAL, Frame, add_feet, add_head, frame_of
from vireid.synthetic.bottoms import add_bottom
from vireid.synthetic.figure import Figure, FigureBuilder, Layer
from vireid.synthetic.materials import Array, Material
from vireid.synthetic.pose import Gait, pose
from vireid.synthetic.render import render
from vireid.synthetic.rig import Band
from vireid.synthetic.tops import add_top
from vireid.synthetic.wardrobe import Person

CROP = 2.0
"""Height of a picture in metres at the person's distance."""
STRETCH = 1.12
"""How much wider than high a metre is drawn, as if a narrower crop were resized to 2:1."""


@dataclass(frozen=True)
class Dressed:
    """A person with the figure that shows them."""

    person: Person
    figure: Figure
    frame: Frame


def dress(person: Person) -> Dressed:
    """Build a person's figure.

    Args:
        person: whose figure.

    Returns:
        The person with the figure in its rest pose and the measures of its body.
    """
    builder, frame = FigureBuilder(), frame_of(person)
    add_bottom(builder, person, frame)
    add_feet(builder, frame)
    add_top(builder, person, frame)
    add_head(builder, frame, builder.surface((Layer(Material.SKIN, fold=0.0),)))
    add_hair(builder, person, frame)
    add_hat(builder, person, frame)
    add_scarf(builder, person)
    add_backpack(builder, person, frame)
    add_bag(builder, person, frame)
    return Dressed(person, builder.build(), frame)


def turned(yaw: float, elevation: float) -> Array:
    """Return the rotation from the world to camera space.

    Args:
        yaw: how far the person is turned from the camera, radians.
        elevation: how far the camera looks down, radians.

    Returns:
        [3, 3] rotation.
    """
    c, s = math.cos(yaw), math.sin(yaw)
    turn = np.array(((c, 0.0, s), (0.0, 1.0, 0.0), (-s, 0.0, c)))
    c, s = math.cos(elevation), math.sin(elevation)
    tilt = np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)))
    both: Array = tilt @ turn
    return both


@dataclass(frozen=True)
class Portrait:
    """A person seen against nothing."""

    light: Array
    """[H, W, 4] linear colour times coverage, and coverage."""
    material: NDArray[np.int64]
    """[H, W] the material at one sample of each pixel, -1 for none."""
    foot: tuple[float, float]
    """Row and column of the point between the feet."""


def portray(
    dressed: Dressed,
    gait: Gait,
    view: tuple[float, float],
    shape: tuple[int, int],
    light: Array,
    placing: tuple[float, float, float] = (0.0, 0.0, 1.0),
    band: Band = "visible",
) -> Portrait:
    """Render a person without a scene.

    Args:
        dressed: who is seen.
        gait: in which moment of the walk.
        view: yaw of the person and elevation of the camera, radians.
        shape: height H and width W in pixels.
        light: [8] as the renderer takes it.
        placing: shift to the right and down as shares of the picture, and factor on the size.
        band: the light in which the materials are seen.

    Returns:
        The portrait.
    """
    person = dressed.person
    height, width = shape
    metre = height / CROP * placing[2] * person.height / NOMINAL
    rotation = turned(*view)
    ground = height * (0.95 + placing[1])
    column = width * (0.5 + placing[0])
    step_x, step_y = 1.0 / (metre * STRETCH), -1.0 / metre
    grid = np.array(((0.5 - column) * step_x, step_x, (0.5 - ground) * step_y, step_y))
    displayed = person.visible
    if band != "visible":
        levels = person.infrared if band == "near infrared" else person.thermal
        displayed = np.repeat(levels[:, None], 3, axis=1)
    bones = pose(dressed.frame.joints, gait)
    picture, material = render(
        dressed.figure, bones, rotation, grid, np.square(displayed), light, shape
    )
    return Portrait(picture, material, (ground, column))
