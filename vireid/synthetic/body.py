"""The bare body: where a person's parts are, and the skin-deep shapes that clothes cover."""

from dataclasses import dataclass

from vireid.synthetic.figure import Bone, FigureBuilder, Layer, Point
from vireid.synthetic.materials import Material
from vireid.synthetic.pose import Joints
from vireid.synthetic.wardrobe import Person

NOMINAL = 1.75
"""The height in metres that figures are built at; the camera scales them to their own."""
WIDEN = 1.17
"""How much wider than life bodies are, so that a person fills a crop of 2:1."""

HEAD = 1.63
"""Height of the centre of the head in metres."""

SIDES = (
    (1.0, (Bone.LEFT_ARM, Bone.LEFT_FOREARM, Bone.LEFT_HAND),
     (Bone.LEFT_THIGH, Bone.LEFT_SHIN, Bone.LEFT_FOOT)),
    (-1.0, (Bone.RIGHT_ARM, Bone.RIGHT_FOREARM, Bone.RIGHT_HAND),
     (Bone.RIGHT_THIGH, Bone.RIGHT_SHIN, Bone.RIGHT_FOOT)),
)  # fmt: skip
"""For the left and the right: sign of x, bones of the arm, bones of the leg."""


@dataclass(frozen=True)
class Frame:
    """Heights and widths of a body in its rest pose, metres."""

    hip: float
    knee: float
    waist: float
    shoulder: float
    elbow: float
    wrist: float
    leg_x: float
    arm_x: float
    chest: float
    """Half width of the chest."""
    pelvis: float
    """Half width of the pelvis."""
    limb: float
    """Factor on the thickness of arms and legs."""
    head: float
    """Factor on the size of the head."""

    @property
    def joints(self) -> Joints:
        """Where the bones turn."""
        return Joints(
            hip=(self.leg_x, self.hip, 0.0),
            knee=(self.leg_x, self.knee, 0.0),
            ankle=(self.leg_x, 0.09, 0.0),
            shoulder=(self.arm_x, self.shoulder, 0.0),
            elbow=(self.arm_x, self.elbow, 0.0),
            hand=(self.arm_x, self.wrist - 0.08, 0.0),
            neck=(0.0, 1.5, 0.0),
        )


def frame_of(person: Person) -> Frame:
    """Return the heights and widths of a person's body.

    Args:
        person: whose body.

    Returns:
        The frame, at the nominal height.
    """
    width = WIDEN * person.build
    hip = 0.9 + person.legs
    chest = 0.148 * width * person.shoulders
    return Frame(
        hip=hip,
        knee=0.49 + 0.5 * person.legs,
        waist=1.06 + 0.6 * person.legs,
        shoulder=1.41,
        elbow=1.13,
        wrist=0.89,
        leg_x=0.085 * WIDEN * person.hips * (0.6 + 0.4 * person.build),
        arm_x=chest + 0.052 * WIDEN,
        chest=chest,
        pelvis=0.142 * width * person.hips,
        limb=WIDEN * (0.45 + 0.55 * person.build),
        head=1.13 * person.head,
    )


Surface = tuple[int, int]


def add_torso(builder: FigureBuilder, frame: Frame, surface: Surface, padding: float) -> None:
    """Add pelvis, chest and shoulders under one surface.

    Args:
        builder: receives the primitives.
        frame: the body's measures.
        surface: layers of the torso.
        padding: thickness of the cloth in metres.
    """
    chest, pelvis = frame.chest + padding, frame.pelvis + padding
    waist = 0.5 * (chest + pelvis) * 0.92
    torso = Bone.TORSO
    low, middle = (0.0, frame.hip + 0.02, 0.0), (0.0, frame.waist + 0.02, 0.0)
    high = (0.0, frame.shoulder - 0.13, 0.005)
    builder.cone(torso, (low, middle), (pelvis, waist), surface, depth=0.7)
    builder.cone(torso, (middle, high), (waist, chest), surface, depth=0.68)
    for side in (1.0, -1.0):
        tip = (side * (frame.arm_x - 0.012), frame.shoulder - 0.055, 0.0)
        ends = ((0.0, frame.shoulder - 0.005, 0.0), tip)
        builder.cone(torso, ends, (0.078 + padding, 0.05 + 0.6 * padding), surface)


def add_head(builder: FigureBuilder, frame: Frame, skin: Surface) -> None:
    """Add the neck and a head with a hint of a face.

    Args:
        builder: receives the primitives.
        frame: the body's measures.
        skin: layers of the neck.
    """
    size = frame.head
    centre = HEAD
    neck: tuple[Point, Point] = ((0.0, 1.42, -0.01), (0.0, 1.56, 0.0))
    builder.cone(Bone.TORSO, neck, (0.062 * WIDEN, 0.05 * WIDEN), skin)
    face = builder.surface(
        (
            Layer(Material.SKIN, fold=0.0),
            Layer(
                Material.EYE,
                height=(centre + 0.003, centre + 0.024),
                forward=(0.03, 9.0),
                across=(0.02 * size, 0.05 * size),
                fold=0.0,
            ),
            Layer(
                Material.LIPS,
                height=(centre - 0.066 * size, centre - 0.045 * size),
                forward=(0.04, 9.0),
                across=(0.0, 0.032 * size),
                fold=0.0,
            ),
        )
    )
    builder.ellipsoid(
        Bone.HEAD, (0.0, centre, 0.01), (0.088 * size, 0.122 * size, 0.1 * size), face
    )
    builder.ellipsoid(
        Bone.HEAD,
        (0.0, centre - 0.018, 0.105 * size),
        (0.017 * size, 0.03 * size, 0.026 * size),
        skin,
    )


def add_arms(
    builder: FigureBuilder, frame: Frame, surfaces: tuple[Surface, Surface], padding: float
) -> None:
    """Add arms and hands.

    Args:
        builder: receives the primitives.
        frame: the body's measures.
        surfaces: layers of the left and right arm; the hands take the first layer's skin.
        padding: thickness of the sleeves in metres.
    """
    size = frame.limb
    for (side, (arm, forearm, _), _), surface in zip(SIDES, surfaces, strict=True):
        x = side * frame.arm_x
        shoulder, elbow, wrist = (x, frame.shoulder - 0.065, 0.0), (x, frame.elbow, 0.0), (
            x, frame.wrist, 0.0)  # fmt: skip
        upper = (0.050 * size + 0.7 * padding, 0.043 * size + 0.8 * padding)
        lower = (0.043 * size + 0.8 * padding, 0.032 * size + 0.8 * padding)
        builder.cone(arm, (shoulder, elbow), upper, surface)
        builder.cone(forearm, (elbow, wrist), lower, surface)
        skin = builder.surface((Layer(Material.SKIN, fold=0.0),))
        palm = (x, frame.wrist - 0.07, 0.01)
        builder.ellipsoid(forearm, palm, (0.034 * size, 0.062, 0.042 * size), skin)


def add_legs(
    builder: FigureBuilder, frame: Frame, surfaces: tuple[Surface, Surface], thickness: Point
) -> None:
    """Add thighs and shins.

    Args:
        builder: receives the primitives.
        frame: the body's measures.
        surfaces: layers of the left and right leg.
        thickness: padding of the cloth at the hip, the knee and the ankle in metres.
    """
    size = frame.limb
    for (side, _, (thigh, shin, _)), surface in zip(SIDES, surfaces, strict=True):
        x = side * frame.leg_x
        hip, knee, ankle = (x, frame.hip, 0.0), (x, frame.knee, 0.0), (x, 0.11, 0.0)
        at_hip = 0.088 * size + thickness[0]
        at_knee = 0.06 * size + thickness[1]
        at_ankle = 0.04 * size + thickness[2]
        builder.cone(thigh, (hip, knee), (at_hip, at_knee), surface)
        builder.cone(shin, (knee, ankle), (at_knee, at_ankle), surface)


def add_feet(builder: FigureBuilder, frame: Frame) -> None:
    """Add shoes.

    Args:
        builder: receives the primitives.
        frame: the body's measures.
    """
    shoe = builder.surface(
        (Layer(Material.SHOE, fold=0.0), Layer(Material.SOLE, height=(-1.0, 0.022), fold=0.0))
    )
    for side, _, (_, _, foot) in SIDES:
        x = side * frame.leg_x
        ends = ((x, 0.055, -0.03), (x + 0.012 * side, 0.04, 0.13))
        builder.cone(foot, ends, (0.056 * WIDEN, 0.042 * WIDEN), shoe)
