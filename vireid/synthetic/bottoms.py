"""Bottoms: layers over the legs, and shapes for skirts and shorts."""

from vireid.synthetic.body import SIDES, Frame, Surface, add_legs
from vireid.synthetic.cloth import between, bottom_cloth, hem_of_bottom, hem_of_top, top_cloth
from vireid.synthetic.figure import Bone, FigureBuilder, Layer
from vireid.synthetic.materials import Material
from vireid.synthetic.wardrobe import Person

_LEG_PADDING = {
    "trousers": (0.010, 0.014, 0.020),
    "wide trousers": (0.016, 0.036, 0.058),
}


def _leg_layers(person: Person, frame: Frame, side: float) -> list[Layer]:
    """Return the layers of a leg, from the skin to the boots."""
    hem = hem_of_bottom(person, frame)
    cloth = bottom_cloth(person)
    if person.bottom_print == "one leg" and side > 0.0:
        cloth = Layer(Material.BOTTOM_SECOND)
    layers = [Layer(Material.SKIN, fold=0.0)]
    layers.append(Layer(Material.SOCK, height=(-9.0, 0.1 + person.sock), fold=0.0))
    layers.append(between(cloth, (hem + 0.015, 9.0)))
    if person.bottom_print == "side stripe":
        outer = (frame.leg_x + 0.045 * frame.limb, 9.0)
        layers.append(Layer(Material.BOTTOM_SECOND, height=(hem, 9.0), across=outer))
    if person.boot:
        layers.append(Layer(Material.SHOE, height=(-9.0, 0.1 + person.boot), fold=0.0))
    if person.top == "coat":
        coat = hem_of_top(person, frame) + 0.03
        layers.append(between(top_cloth(person), (coat, 9.0)))
    return layers


def add_bottom(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Dress the legs.

    Args:
        builder: receives the primitives.
        person: what is worn.
        frame: the body's measures.
    """
    left, right = (builder.surface(_leg_layers(person, frame, side)) for side in (1.0, -1.0))
    thickness = _LEG_PADDING.get(person.bottom, (0.0, 0.0, 0.0))
    add_legs(builder, frame, (left, right), thickness)
    cloth = bottom_cloth(person)
    hem = hem_of_bottom(person, frame)
    if "skirt" in person.bottom:
        _add_skirt(builder, person, frame, builder.surface([cloth]))
    if person.bottom == "shorts":
        for side, _, (thigh, _, _) in SIDES:
            other = person.bottom_print == "one leg" and side > 0.0
            layers = [Layer(Material.BOTTOM_SECOND) if other else cloth]
            if person.bottom_print == "side stripe":
                outer = (frame.leg_x + 0.05 * frame.limb, 9.0)
                layers.append(Layer(Material.BOTTOM_SECOND, across=outer))
            x = side * (frame.leg_x + 0.004)
            ends = ((x, hem, 0.0), (x, frame.hip + 0.03, 0.0))
            radii = (0.07 * frame.limb + 0.02 + 0.03 * person.flare, 0.088 * frame.limb + 0.008)
            builder.cone(thigh, ends, radii, builder.surface(layers), tube=True)


def _add_skirt(builder: FigureBuilder, person: Person, frame: Frame, surface: Surface) -> None:
    """Add a skirt: a flared tube round both legs."""
    hem = hem_of_bottom(person, frame)
    drop = frame.waist - hem
    spread = (0.05 + 0.16 * person.flare) * min(drop, 0.6)
    ends = ((0.0, hem, 0.0), (0.0, frame.waist - 0.02, 0.0))
    radii = (frame.pelvis + 0.02 + spread, 0.46 * (frame.chest + frame.pelvis))
    builder.cone(Bone.TORSO, ends, radii, surface, depth=0.82, tube=True)
