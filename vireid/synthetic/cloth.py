"""Cloth: the layers of tops and bottoms everywhere, and where they end."""

from dataclasses import replace

from vireid.synthetic.body import Frame
from vireid.synthetic.figure import Layer, Range
from vireid.synthetic.materials import Material
from vireid.synthetic.wardrobe import Person


def mix(first: float, second: float, share: float) -> float:
    """Return the value a share of the way from the first to the second.

    Args:
        first: value at 0.
        second: value at 1.
        share: how far to go.

    Returns:
        The value.

    >>> mix(1.0, 3.0, 0.25)
    1.5
    """
    return first + (second - first) * share


def between(layer: Layer, height: Range) -> Layer:
    """Return the layer limited to a range of heights.

    Args:
        layer: any layer.
        height: lowest and highest y in metres.

    Returns:
        The limited layer.
    """
    return replace(layer, height=height)


def hem_of_top(person: Person, frame: Frame) -> float:
    """Return the height at which the top ends.

    Args:
        person: what is worn.
        frame: the body's measures.

    Returns:
        Metres above the ground.
    """
    if person.top == "coat":
        return mix(frame.hip, frame.knee, 0.85)
    if person.belt and person.top in ("t-shirt", "shirt", "tank top"):
        return frame.waist - 0.03
    return frame.hip - (0.02 if person.top in ("jacket", "hoodie", "open jacket") else -0.03)


def hem_of_bottom(person: Person, frame: Frame) -> float:
    """Return the height at which the bottom ends.

    Args:
        person: what is worn.
        frame: the body's measures.

    Returns:
        Metres above the ground.
    """
    if person.bottom == "long skirt":
        return mix(0.16, 0.34, min(person.flare, 1.0))
    if person.bottom == "skirt":
        return mix(frame.hip, frame.knee, person.hem)
    if person.bottom == "shorts":
        return mix(frame.hip, frame.knee, min(person.hem, 0.92))
    return 0.1


def top_cloth(person: Person) -> Layer:
    """Return the layer of the top's cloth everywhere.

    Args:
        person: what is worn.

    Returns:
        The layer.
    """
    cloth = Layer(Material.TOP, Material.TOP_SECOND, person.top_pattern, person.top_period, 5.0)
    return cloth if person.top_print == "all over" else Layer(Material.TOP)


def bottom_cloth(person: Person) -> Layer:
    """Return the layer of the bottom's cloth everywhere.

    Args:
        person: what is worn.

    Returns:
        The layer.
    """
    pattern, period = person.bottom_pattern, person.bottom_period
    cloth = Layer(Material.BOTTOM, Material.BOTTOM_SECOND, pattern, period, 5.0)
    return cloth if person.bottom_print == "all over" else Layer(Material.BOTTOM)
