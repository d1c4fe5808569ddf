"""Tops: layers over the torso and the arms, and shapes where cloth stands off them."""

from vireid.synthetic.body import SIDES, Frame, Surface, add_arms, add_torso
from vireid.synthetic.cloth import between, bottom_cloth, hem_of_top, mix, top_cloth
from vireid.synthetic.figure import FRONT, Bone, FigureBuilder, Layer
from vireid.synthetic.materials import Material
from vireid.synthetic.wardrobe import Person

_PADDING = {
    "t-shirt": 0.008, "shirt": 0.010, "hoodie": 0.022, "jacket": 0.022, "open jacket": 0.022,
    "coat": 0.026, "vest": 0.018, "tank top": 0.004,
}  # fmt: skip
_OPEN = ("open jacket", "vest")


def _print_layers(person: Person, frame: Frame) -> list[Layer]:
    """Return the layers of blocks and of the logo on the torso."""
    second = Material.TOP_SECOND
    if person.top_print == "block":
        return [Layer(second, height=(-9.0, frame.waist + 0.13))]
    if person.top_print == "yoke":
        return [Layer(second, height=(frame.shoulder - 0.13, 9.0))]
    if person.top_print == "logo":
        box = (frame.shoulder - 0.27, frame.shoulder - 0.1)
        return [Layer(Material.LOGO, height=box, forward=(0.04, 9.0), across=(0.0, 0.095))]
    return []


def _opening_layers(person: Person, frame: Frame) -> list[Layer]:
    """Return what shows at the front: neckline, collar, zip or what is worn underneath."""
    layers = []
    if person.top in _OPEN:
        slope, start = 0.10, frame.shoulder + 0.30
        layers.append(
            Layer(
                Material.INNER,
                forward=FRONT,
                plane=(1.0, slope, 0.0),
                across=(-9.0, 0.055 + slope * start - 0.03),
            )
        )
    if person.top in ("jacket", "hoodie", "coat"):
        layers.append(Layer(Material.INNER, forward=FRONT, across=(0.0, 0.009), fold=0.0))
    if person.collar and person.top in ("shirt", "jacket", "coat"):
        layers.append(Layer(Material.TOP_SECOND, height=(1.455, 9.0)))
    deep = 1.46 - (0.7 if person.top in ("hoodie", "jacket") else 1.0) * person.neckline
    layers.append(
        Layer(
            Material.SKIN,
            forward=(0.02, 9.0),
            plane=(1.0, -0.75, 0.0),
            across=(-9.0, -0.75 * deep),
            fold=0.0,
        )
    )
    if person.top == "tank top":
        layers.append(
            Layer(Material.SKIN, height=(frame.shoulder - 0.06, 9.0), across=(0.13, 9.0), fold=0.0)
        )
    return layers


def _strap_layers(person: Person) -> list[Layer]:
    layers = []
    if person.backpack:
        layers.append(
            Layer(Material.STRAP, height=(1.14, 9.0), forward=(-0.1, 9.0), across=(0.085, 0.135))
        )
    if person.bag == "shoulder bag":
        layers.append(
            Layer(
                Material.BAG_STRAP,
                plane=(0.843 * person.bag_side, 0.538, 0.0),
                across=(0.655, 0.695),
                mirror=False,
                fold=0.0,
            )
        )
    return layers


def add_top(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Dress the torso and the arms.

    Args:
        builder: receives the primitives.
        person: what is worn.
        frame: the body's measures.
    """
    padding, hem = _PADDING[person.top], hem_of_top(person, frame)
    cloth = [top_cloth(person), *_print_layers(person, frame), *_opening_layers(person, frame)]
    below = [between(bottom_cloth(person), (-9.0, hem))]
    if person.belt:
        below.append(Layer(Material.BELT, height=(hem - 0.045, hem), fold=0.0))
    straps = _strap_layers(person)
    add_torso(builder, frame, builder.surface([*cloth, *below, *straps]), padding)
    _add_hem(builder, person, frame, builder.surface([*cloth, *straps]))
    sleeve = mix(frame.shoulder + 0.06, frame.wrist - 0.02, person.sleeve)
    sleeves = top_cloth(person)
    if person.top_print == "sleeves":
        sleeves = Layer(Material.TOP_SECOND)
    if person.top_print == "yoke":
        sleeves = Layer(Material.TOP_SECOND) if person.sleeve < 0.6 else sleeves
    bare = person.sleeve == 0.0 and person.top != "vest"
    arm = [Layer(Material.SKIN, fold=0.0)]
    if person.top == "vest":
        arm = [Layer(Material.INNER)]
        sleeve, bare = 9.0, False
    if not bare:
        arm.append(between(sleeves, (sleeve, 9.0)))
    surface = builder.surface(arm)
    add_arms(builder, frame, (surface, surface), padding if person.sleeve > 0.6 else 0.0)
    if 0.0 < person.sleeve < 0.6:
        _add_short_sleeves(builder, frame, sleeve, builder.surface([sleeves]))


def _add_short_sleeves(
    builder: FigureBuilder, frame: Frame, sleeve: float, surface: Surface
) -> None:
    """Add sleeves that stand off the arm."""
    for side, (arm, _, _), _ in SIDES:
        x = side * frame.arm_x
        ends = ((x, sleeve, 0.0), (x, frame.shoulder - 0.04, 0.0))
        radii = (0.048 * frame.limb + 0.018, 0.052 * frame.limb + 0.006)
        builder.cone(arm, ends, radii, surface, tube=True)


def _add_hem(builder: FigureBuilder, person: Person, frame: Frame, surface: Surface) -> None:
    """Add the part of a top that hangs free below the waist."""
    hem = hem_of_top(person, frame)
    if hem > frame.waist - 0.05:
        return
    padding = _PADDING[person.top]
    at_waist = 0.46 * (frame.chest + frame.pelvis) + padding
    flare = 0.07 if person.top == "coat" else 0.012
    ends = ((0.0, hem, 0.0), (0.0, frame.waist + 0.05, 0.0))
    radii = (frame.pelvis + padding + flare, at_waist + 0.006)
    builder.cone(Bone.TORSO, ends, radii, surface, depth=0.78, tube=True)
