"""From the nearest hits to lit materials, compiled by numba."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vireid.compiled import kept
from vireid.synthetic.materials import Array


@kept
@njit(nogil=True)
def _second(layer: Array, x: float, y: float, z: float) -> bool:
    """Tell whether a pattern shows its second material at a rest point."""
    pattern, period, phase = layer[10], layer[11], layer[12]
    if pattern == 0.0:
        return False
    down = (y + phase) / period
    along = (x + 0.9 * z + 4.0 + phase) / period
    down_odd = math.floor(2.0 * down) % 2 == 1
    along_odd = math.floor(2.0 * along) % 2 == 1
    if pattern == 1.0:
        return bool(down_odd)
    if pattern == 2.0:
        return bool(along_odd)
    if pattern == 3.0:
        return bool(down_odd != along_odd)
    if pattern == 4.0:
        shift = 0.5 if math.floor(down) % 2 == 1 else 0.0
        dx, dy = (along + shift) % 1.0 - 0.5, down % 1.0 - 0.5
        return bool(dx * dx + dy * dy < 0.09)
    wave = math.sin(6.3 * along + 2.0 * math.sin(4.1 * down)) + math.sin(5.2 * down + 1.7 * along)
    return bool(wave > 0.3)


@kept
@njit(nogil=True)
def _layer_at(layers: Array, first: int, last: int, rest: Array) -> int:
    """Return the last layer in the range that covers a rest point; the first if none does."""
    for number in range(last - 1, first, -1):
        layer = layers[number]
        if not (layer[0] <= rest[1] <= layer[1] and layer[2] <= rest[2] <= layer[3]):
            continue
        x = abs(rest[0]) if layer[9] > 0.0 else rest[0]
        band = layer[4] * x + layer[5] * rest[1] + layer[6] * rest[2]
        if layer[7] <= band <= layer[8]:
            return number
    return first


@kept
@njit(nogil=True)
def _normal(matrix: Array, local: Array, size: Array) -> tuple[float, float, float]:
    """Return the unit normal in camera space of a hit in local space."""
    slope = 0.0 if size[0] == 0.0 else (size[1] - size[2]) / size[0]
    centre = (local[1] - size[1] * slope) / max(1.0 - slope * slope, 1e-3)
    y = local[1] - min(max(centre, 0.0), size[0])
    nx = matrix[0, 0] * local[0] + matrix[1, 0] * y + matrix[2, 0] * local[2]
    ny = matrix[0, 1] * local[0] + matrix[1, 1] * y + matrix[2, 1] * local[2]
    nz = matrix[0, 2] * local[0] + matrix[1, 2] * y + matrix[2, 2] * local[2]
    norm = max(math.sqrt(nx * nx + ny * ny + nz * nz), 1e-12)
    return nx / norm, ny / norm, nz / norm


@kept
@njit(nogil=True)
def _apply(matrix: Array, offset: Array, point: Array, result: Array) -> None:
    """Write ``matrix @ point + offset`` into ``result``, all of length 3."""
    for k in range(3):
        result[k] = offset[k]
        for m in range(3):
            result[k] += matrix[k, m] * point[m]


@kept
@njit(nogil=True)
def shade(
    parts: tuple[Array, Array, Array, Array, Array, NDArray[np.int64], Array],
    buffers: tuple[Array, NDArray[np.int64], NDArray[np.int64]],
    grid: Array,
    colours: Array,
    light: Array,
    picture: Array,
) -> None:
    """Find the material of every sample that was hit, light it and add it to its pixel.

    Args:
        parts: matrix and offset to local space, matrix and offset to the rest pose, sizes,
            surfaces and layers of the P primitives.
        buffers: depth and index as ``cast`` leaves them, and the material of each sample,
            which is written (-1 for none); all [h, w].
        grid: [4] camera x of column 0, its step, camera y of row 0, its step.
        colours: [M, 3] linear colour of each material.
        light: [8] direction, strength, ambient light, light from above, depth of folds and
            their phase.
        picture: [H, W, 4] added to: colour times coverage, and coverage.
    """
    matrix, offset, rest_matrix, rest_offset, size, surface, layers = parts
    depth, index, material = buffers
    samples = depth.shape[0] // picture.shape[0]
    weight = 1.0 / (samples * samples)
    point, local, rest = np.empty(3), np.empty(3), np.empty(3)
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            part = index[row, column]
            material[row, column] = -1
            if part < 0:
                continue
            point[0] = grid[0] + column * grid[1]
            point[1] = grid[2] + row * grid[3]
            point[2] = depth[row, column]
            _apply(matrix[part], offset[part], point, local)
            _apply(rest_matrix[part], rest_offset[part], point, rest)
            nx, ny, nz = _normal(matrix[part], local, size[part])
            layer = layers[_layer_at(layers, surface[part, 0], surface[part, 1], rest)]
            second = _second(layer, rest[0], rest[1], rest[2])
            seen = int(layer[14] if second else layer[13])
            material[row, column] = seen
            facing = max(0.0, nx * light[0] + ny * light[1] + nz * light[2])
            sway = math.sin(9.0 * rest[0] + 7.0 * rest[2] + light[7])
            fold = math.sin(17.0 * rest[1] + 2.0 * sway)
            bright = light[3] * facing + light[4] + light[5] * (0.5 + 0.5 * ny)
            bright *= weight * (1.0 + light[6] * layer[15] * fold)
            pixel = picture[row // samples, column // samples]
            for channel in range(3):
                pixel[channel] += bright * colours[seen, channel]
            pixel[3] += weight
