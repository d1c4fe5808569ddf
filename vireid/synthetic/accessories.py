"""Hair, hats, scarves and bags."""

from vireid.synthetic.body import HEAD, Frame
from vireid.synthetic.figure import Bone, FigureBuilder, Layer
from vireid.synthetic.materials import Material
from vireid.synthetic.wardrobe import Person


def add_hair(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Add hair; a headscarf hides it, and hats flatten what stands up.

    Args:
        builder: receives the primitives.
        person: whose hair.
        frame: the body's measures.
    """
    if person.hair == "bald" or person.hat == "headscarf":
        return
    surface = builder.surface((Layer(Material.HAIR, fold=0.8),))
    size, full = frame.head, frame.head * person.volume
    head = Bone.HEAD
    cap = (0.094 * size + 0.006 * full, 0.123 * size, 0.104 * size)
    builder.ellipsoid(head, (0.0, HEAD + 0.024, -0.018), cap, surface)
    if person.hair in ("long", "bob"):
        low = HEAD - (0.29 if person.hair == "long" else 0.1)
        wide = 0.088 * full
        ends = ((0.0, HEAD, -0.045), (0.0, low, -0.075))
        builder.cone(head, ends, (wide, 0.85 * wide), surface, depth=0.75)
        for side in (1.0, -1.0):
            strand = ((0.082 * size * side, HEAD + 0.03, -0.01), (0.088 * full * side, low, -0.03))
            builder.cone(head, strand, (0.03 * full, 0.034 * full), surface)
    elif person.hair == "ponytail":
        ends = ((0.0, HEAD + 0.05, -0.115), (0.0, HEAD - 0.17, -0.165))
        builder.cone(head, ends, (0.045 * full, 0.026 * full), surface)
    elif person.hair == "bun" and person.hat == "none":
        radius = 0.058 * full
        builder.ellipsoid(head, (0.0, HEAD + 0.12, -0.06), (radius, radius, radius), surface)
    elif person.hair == "afro" and person.hat == "none":
        radius = 0.148 * full
        builder.ellipsoid(head, (0.0, HEAD + 0.05, -0.055), (radius, radius, radius), surface)


def add_hat(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Add a cap, a beanie, a hat with a brim or a headscarf.

    Args:
        builder: receives the primitives.
        person: whose hat.
        frame: the body's measures.
    """
    if person.hat == "none":
        return
    size, head = frame.head, Bone.HEAD
    layers = [Layer(Material.HAT, fold=0.4)]
    if person.hat_band and person.hat != "headscarf":
        band = {"cap": (HEAD + 0.1, 9.0), "beanie": (-9.0, HEAD + 0.075)}
        layers.append(Layer(Material.HAT_SECOND, height=band.get(person.hat, (1.69, 1.725))))
    surface = builder.surface(layers)
    dome = (0.108 * size, 0.128 * size, 0.122 * size)
    if person.hat == "cap":
        builder.ellipsoid(head, (0.0, HEAD + 0.035, -0.006), dome, surface, 0.0, 0.0)
        peak = (0.082 * size, 0.016, 0.085 * size)
        builder.ellipsoid(head, (0.0, HEAD + 0.055, 0.115 * size), peak, surface, 0.12)
    elif person.hat == "beanie":
        tall = (dome[0], dome[1] * 1.08, dome[2])
        builder.ellipsoid(head, (0.0, HEAD + 0.032, -0.008), tall, surface, 0.12, -0.02)
        if person.hat_band:
            builder.ellipsoid(head, (0.0, HEAD + 0.175, -0.01), (0.036, 0.034, 0.036), surface)
    elif person.hat == "brimmed":
        crown = ((0.0, HEAD + 0.06, -0.005), (0.0, HEAD + 0.1, -0.005))
        builder.cone(head, crown, (0.11 * size, 0.092 * size), surface)
        brim = (0.19 * size, 0.016, 0.19 * size)
        builder.ellipsoid(head, (0.0, HEAD + 0.055, 0.0), brim, surface, 0.08)
    else:
        around = (0.108 * size, 0.142 * size, 0.116 * size)
        builder.ellipsoid(head, (0.0, HEAD + 0.008, -0.03), around, surface)
        fall = ((0.0, HEAD - 0.1, -0.012), (0.0, 1.44, 0.0))
        builder.cone(Bone.TORSO, fall, (0.092, 0.15), surface, depth=0.85)


def add_scarf(builder: FigureBuilder, person: Person) -> None:
    """Add a scarf round the neck with one end in front.

    Args:
        builder: receives the primitives.
        person: whose scarf.
    """
    if not person.scarf:
        return
    surface = builder.surface((Layer(Material.SCARF),))
    builder.ellipsoid(Bone.TORSO, (0.0, 1.485, 0.005), (0.122, 0.052, 0.118), surface, 0.15)
    x = 0.05 * person.bag_side
    ends = ((x, 1.46, 0.1), (1.3 * x, 1.2, 0.14))
    builder.cone(Bone.TORSO, ends, (0.042, 0.046), surface, depth=0.45)


def add_backpack(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Add a backpack behind the torso; its straps are layers of the top.

    Args:
        builder: receives the primitives.
        person: whose backpack.
        frame: the body's measures.
    """
    if not person.backpack:
        return
    size = person.backpack_size
    bag = builder.surface(
        (
            Layer(Material.BACKPACK, fold=0.3),
            Layer(Material.BACKPACK_SECOND, height=(1.215, 1.245), fold=0.0),
        )
    )
    pocket = builder.surface((Layer(Material.BACKPACK_SECOND, fold=0.3),))
    wide = 0.15 * size
    behind = -(0.68 * frame.chest + 0.055)
    ends = ((0.0, 1.1, behind - 0.02), (0.0, 1.27, behind))
    builder.cone(Bone.TORSO, ends, (wide, 0.9 * wide), bag, depth=0.75)
    centre = (0.0, 1.09, behind - 0.09 * size)
    builder.ellipsoid(Bone.TORSO, centre, (0.68 * wide, 0.085 * size, 0.07), pocket)


def add_bag(builder: FigureBuilder, person: Person, frame: Frame) -> None:
    """Add a bag in the hand or at the hip.

    Args:
        builder: receives the primitives.
        person: whose bag.
        frame: the body's measures.
    """
    if person.bag == "none":
        return
    side = person.bag_side
    bone = Bone.LEFT_HAND if side > 0 else Bone.RIGHT_HAND
    x, hand = side * (frame.arm_x + 0.02), frame.wrist - 0.1
    bag = builder.surface((Layer(Material.BAG, fold=0.3),))
    strap = builder.surface((Layer(Material.BAG_STRAP, fold=0.0),))
    if person.bag == "shoulder bag":
        centre = (side * (frame.pelvis + 0.055), frame.hip + 0.02, 0.0)
        builder.ellipsoid(Bone.TORSO, centre, (0.065, 0.115, 0.14), bag)
        return
    tall, low = {"handbag": (0.09, 0.17), "tote": (0.16, 0.2), "case": (0.12, 0.09)}[person.bag]
    middle = hand - low - 0.3 * tall
    if person.bag == "case":
        ends = ((x, middle, -0.1), (x, middle, 0.1))
        builder.cone(bone, ends, (tall, tall), bag, depth=0.9)
    else:
        ends = ((x, middle - 0.3 * tall, 0.0), (x, middle + 0.3 * tall, 0.0))
        builder.cone(bone, ends, (0.8 * tall, 0.62 * tall), bag, depth=1.25)
    for z in (-0.045, 0.045):
        handle = ((x, hand + 0.01, 0.3 * z), (x, middle + 0.5 * tall, z))
        builder.cone(bone, handle, (0.014, 0.016), strap)
