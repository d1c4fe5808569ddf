"""Closed-form hits of parallel rays with round cones, compiled by numba.

Camera space: x to the right, y up, z towards the camera; every ray runs along z, so a hit is a
depth, and the largest depth is seen.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vireid.compiled import kept
from vireid.synthetic.materials import Array


@kept
@njit(nogil=True)
def sphere_hit(origin: Array, ray: Array, centre: float, radius: float) -> float:
    """Return the largest depth at which a ray meets a sphere on the local y axis.

    Args:
        origin: [3] the ray at depth 0.
        ray: [3] change of the ray with depth, of any length.
        centre: y of the centre.
        radius: radius of the sphere.

    Returns:
        The depth, or -inf for a miss.
    """
    y = origin[1] - centre
    square = ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]
    half = ray[0] * origin[0] + ray[1] * y + ray[2] * origin[2]
    rest = origin[0] * origin[0] + y * y + origin[2] * origin[2] - radius * radius
    inside = half * half - square * rest
    if inside < 0.0:
        return -math.inf
    return float((math.sqrt(inside) - half) / square)


@kept
@njit(nogil=True)
def cone_hit(origin: Array, ray: Array, size: Array) -> float:
    """Return the largest depth at which a ray meets a round cone.

    In local space the cone is the union of the spheres with centres (0, c, 0) for c from 0 to
    ``length`` and radii that change linearly from the first to the second. With slope
    s = (first - second) / length, its flank is (1 - s^2)(x^2 + z^2) = (first - s y)^2 for y
    from s first to length + s second.

    Args:
        origin: [3] the ray at depth 0, local space.
        ray: [3] change of the ray with depth, local space.
        size: [5] length, first radius, second radius, lowest and highest y that is kept.

    Returns:
        The depth, or -inf for a miss.
    """
    length, first, second = size[0], size[1], size[2]
    best = -math.inf
    for centre, radius in ((0.0, first), (length, second)):
        depth = sphere_hit(origin, ray, centre, radius)
        y = origin[1] + depth * ray[1]
        if depth > best and size[3] <= y <= size[4]:
            best = depth
    if length <= abs(first - second):
        return best
    slope = (first - second) / length
    width = 1.0 - slope * slope
    edge = first - slope * origin[1]
    a = width * (ray[0] * ray[0] + ray[2] * ray[2]) - slope * slope * ray[1] * ray[1]
    b = width * (origin[0] * ray[0] + origin[2] * ray[2]) + slope * ray[1] * edge
    c = width * (origin[0] * origin[0] + origin[2] * origin[2]) - edge * edge
    inside = b * b - a * c
    if inside < 0.0 or a == 0.0:
        return best
    low, high = max(slope * first, size[3]), min(length + slope * second, size[4])
    if size[3] > -9.0:
        low, high = size[3], size[4]
    for sign in (-1.0, 1.0):
        depth = (sign * math.sqrt(inside) - b) / a
        y = origin[1] + depth * ray[1]
        if depth > best and low <= y <= high:
            best = depth
    return best


@kept
@njit(nogil=True)
def cast(
    matrix: Array,
    offset: Array,
    size: Array,
    boxes: NDArray[np.int64],
    grid: Array,
    depth: Array,
    index: NDArray[np.int64],
) -> None:
    """Fill the depth buffer with the nearest hit of every sample.

    Args:
        matrix: [P, 3, 3] camera space to the local space of each primitive.
        offset: [P, 3] added after the matrix.
        size: [P, 5] sizes of the round cones.
        boxes: [P, 4] first and last + 1 row, first and last + 1 column of each primitive.
        grid: [4] camera x of column 0, its step, camera y of row 0, its step.
        depth: [h, w] written: depth of the nearest hit, -inf for none.
        index: [h, w] written: the primitive that was hit, -1 for none.
    """
    depth[:] = -math.inf
    index[:] = -1
    origin = np.empty(3)
    for part in range(len(size)):
        ray = matrix[part, :, 2].copy()
        for row in range(boxes[part, 0], boxes[part, 1]):
            y = grid[2] + row * grid[3]
            for column in range(boxes[part, 2], boxes[part, 3]):
                x = grid[0] + column * grid[1]
                for k in range(3):
                    origin[k] = matrix[part, k, 0] * x + matrix[part, k, 1] * y + offset[part, k]
                hit = cone_hit(origin, ray, size[part])
                if hit > depth[row, column]:
                    depth[row, column] = hit
                    index[row, column] = part
