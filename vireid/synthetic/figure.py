"""A figure: round cones in a rest pose, and layers of material laid over them.

All coordinates are those of the rest pose, in metres: x to the person's left, y up from the
ground, z forward. A layer says where a material lies in these coordinates, so sleeves, hems,
necklines and stripes keep their place on the body whatever the pose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vireid.synthetic.materials import Array, Material

Point = tuple[float, float, float]
Range = tuple[float, float]

ANY: Range = (-9.0, 9.0)
FRONT: Range = (0.0, 9.0)


class Bone(IntEnum):
    """What a primitive moves with."""

    TORSO = 0
    HEAD = 1
    LEFT_ARM = 2
    LEFT_FOREARM = 3
    RIGHT_ARM = 4
    RIGHT_FOREARM = 5
    LEFT_THIGH = 6
    LEFT_SHIN = 7
    LEFT_FOOT = 8
    RIGHT_THIGH = 9
    RIGHT_SHIN = 10
    RIGHT_FOOT = 11
    LEFT_HAND = 12
    """Hangs from the left hand and stays upright."""
    RIGHT_HAND = 13
    """Hangs from the right hand and stays upright."""


class Pattern(IntEnum):
    """How a layer mixes its first and second material."""

    PLAIN = 0
    HORIZONTAL = 1
    VERTICAL = 2
    CHECKS = 3
    DOTS = 4
    CAMOUFLAGE = 5


@dataclass(frozen=True)
class Layer:
    """A material and the region of the rest pose that it covers.

    The region is a box in height (y) and forward (z), and a band
    ``across[0] <= plane . (x, y, z) <= across[1]``, with |x| for x where ``mirror`` is set.
    """

    first: Material
    second: Material | None = None
    pattern: Pattern = Pattern.PLAIN
    period: float = 0.1
    phase: float = 0.0
    height: Range = ANY
    forward: Range = ANY
    across: Range = ANY
    plane: Point = (1.0, 0.0, 0.0)
    mirror: bool = True
    fold: float = 1.0

    def row(self) -> list[float]:
        """Return the layer as the numbers that the renderer reads."""
        second = self.first if self.second is None else self.second
        box = [*self.height, *self.forward, *self.plane, *self.across, float(self.mirror)]
        return [*box, self.pattern, self.period, self.phase, self.first, second, self.fold]


@dataclass(frozen=True)
class Figure:
    """P round cones with their materials, ready to be posed and rendered."""

    bone: NDArray[np.int64]
    """[P] the bone that each primitive moves with."""
    start: Array
    """[P, 3] centre of the first sphere, rest pose."""
    basis: Array
    """[P, 3, 3] rows: the axes of the primitive's scaled space; the second is its axis."""
    size: Array
    """[P, 5] length, first radius, second radius, lowest and highest point kept on the axis."""
    surface: NDArray[np.int64]
    """[P, 2] first and last + 1 of each primitive's layers; the last that fits is seen."""
    layers: Array
    """[L, 16] rows of :meth:`Layer.row`."""


def _cross(a: Array, b: Array) -> Array:
    """Return the cross product of two vectors (``np.cross`` is slow for single ones)."""
    return a[[1, 2, 0]] * b[[2, 0, 1]] - a[[2, 0, 1]] * b[[1, 2, 0]]


class FigureBuilder:
    """Collects primitives and layers."""

    def __init__(self) -> None:
        self._bones: list[int] = []
        self._starts: list[Point] = []
        self._bases: list[Array] = []
        self._sizes: list[tuple[float, ...]] = []
        self._surfaces: list[tuple[int, int]] = []
        self._layers: list[list[float]] = []

    def surface(self, layers: Sequence[Layer]) -> tuple[int, int]:
        """Register layers.

        Args:
            layers: lowest first.

        Returns:
            Number of the first and of the last + 1, for the primitives that carry them.
        """
        first = len(self._layers)
        self._layers.extend(layer.row() for layer in layers)
        return first, len(self._layers)

    def cone(
        self,
        bone: Bone,
        ends: tuple[Point, Point],
        radii: Range,
        surface: tuple[int, int],
        depth: float = 1.0,
        tube: bool = False,
    ) -> None:
        """Add a round cone.

        Args:
            bone: what it moves with.
            ends: centres of its two spheres.
            radii: their radii in metres.
            surface: range of layers from :meth:`surface`.
            depth: its size forwards as a share of its size sideways.
            tube: whether the round ends are cut off.
        """
        start, end = np.array(ends[0]), np.array(ends[1])
        length = float(np.linalg.norm(end - start))
        axis = (end - start) / length
        forward = np.eye(3)[2 if abs(axis[2]) < 0.9 else 1]
        forward = forward - axis * (forward @ axis)
        forward /= np.linalg.norm(forward)
        basis = np.stack((_cross(axis, forward), axis, forward / depth))
        kept = (0.0, length) if tube else (-9.0, 9.0)
        self._add(bone, ends[0], basis, (length, *radii, *kept), surface)

    def ellipsoid(
        self,
        bone: Bone,
        centre: Point,
        radii: Point,
        surface: tuple[int, int],
        tilt: float = 0.0,
        low: float = -9.0,
    ) -> None:
        """Add an ellipsoid.

        Args:
            bone: what it moves with.
            centre: its centre.
            radii: its radii along x, y and z in metres.
            surface: range of layers from :meth:`surface`.
            tilt: angle about the x axis in radians; positive lowers the front.
            low: the part below this share of the radius is cut off; -1 or less keeps all.
        """
        cos, sin = np.cos(tilt), np.sin(tilt)
        turn = np.array(((1.0, 0.0, 0.0), (0.0, cos, sin), (0.0, -sin, cos)))
        basis = turn / np.array(radii)[:, None]
        self._add(bone, centre, basis, (0.0, 1.0, 1.0, low, 9.0), surface)

    def _add(
        self,
        bone: Bone,
        start: Point,
        basis: Array,
        size: tuple[float, ...],
        surface: tuple[int, int],
    ) -> None:
        self._bones.append(int(bone))
        self._starts.append(start)
        self._bases.append(basis)
        self._sizes.append(size)
        self._surfaces.append(surface)

    def build(self) -> Figure:
        """Return the figure."""
        return Figure(
            np.array(self._bones),
            np.array(self._starts),
            np.array(self._bases),
            np.array(self._sizes),
            np.array(self._surfaces),
            np.array(self._layers, dtype=np.float64),
        )
