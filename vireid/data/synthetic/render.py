"""The renderer: closed-form hits of parallel rays with round cones, compiled by numba.

Camera space: x to the right, y up, z towards the camera; every ray runs along z, so a hit is a
depth, and the largest depth is seen.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vireid.data.synthetic.figure import Array, Figure

SAMPLES = 2
"""Samples for each pixel in each direction."""


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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
    return (math.sqrt(inside) - half) / square


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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
                    origin[k] = (
                        matrix[part, k, 0] * x + matrix[part, k, 1] * y + offset[part, k]
                    )
                hit = cone_hit(origin, ray, size[part])
                if hit > depth[row, column]:
                    depth[row, column] = hit
                    index[row, column] = part


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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
        return down_odd
    if pattern == 2.0:
        return along_odd
    if pattern == 3.0:
        return down_odd != along_odd
    if pattern == 4.0:
        shift = 0.5 if math.floor(down) % 2 == 1 else 0.0
        dx, dy = (along + shift) % 1.0 - 0.5, down % 1.0 - 0.5
        return dx * dx + dy * dy < 0.09
    wave = math.sin(6.3 * along + 2.0 * math.sin(4.1 * down)) + math.sin(5.2 * down + 1.7 * along)
    return wave > 0.3


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _apply(matrix: Array, offset: Array, point: Array, result: Array) -> None:
    """Write ``matrix @ point + offset`` into ``result``, all of length 3."""
    for k in range(3):
        result[k] = offset[k]
        for m in range(3):
            result[k] += matrix[k, m] * point[m]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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
            fold = math.sin(31.0 * rest[1] + 2.5 * math.sin(19.0 * rest[0] + light[7]))
            bright = light[3] * facing + light[4] + light[5] * (0.5 + 0.5 * ny)
            bright *= weight * (1.0 + light[6] * layer[15] * fold)
            pixel = picture[row // samples, column // samples]
            for channel in range(3):
                pixel[channel] += bright * colours[seen, channel]
            pixel[3] += weight


def _boxes(centres: Array, reach: Array, grid: Array, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Return [P, 4] sample rows and columns that each primitive can touch."""
    low = (centres - reach[:, None]).min(axis=0)
    high = (centres + reach[:, None]).max(axis=0)
    rows, columns = shape
    left = np.floor((low[:, 0] - grid[0]) / grid[1])
    right = np.ceil((high[:, 0] - grid[0]) / grid[1]) + 1
    top = np.floor((high[:, 1] - grid[2]) / grid[3])
    bottom = np.ceil((low[:, 1] - grid[2]) / grid[3]) + 1
    limits = (rows, rows, columns, columns)
    clipped = [np.clip(v, 0, limit) for v, limit in zip((top, bottom, left, right), limits)]
    return np.stack(clipped, axis=1).astype(np.int64)


def render(
    figure: Figure,
    bones: tuple[Array, Array],
    view: Array,
    grid: Array,
    colours: Array,
    light: Array,
    shape: tuple[int, int],
) -> tuple[Array, NDArray[np.int64]]:
    """Render a posed figure.

    Args:
        figure: the figure in its rest pose.
        bones: [B, 3, 3] rotation and [B, 3] shift of each bone.
        view: [3, 3] rotation from the world to camera space.
        grid: [4] camera x of the first pixel's centre, step of a column, camera y of the first
            pixel's centre, step of a row (negative).
        colours: [M, 3] linear colour of each material.
        light: [8] as in ``shade``.
        shape: height H and width W in pixels.

    Returns:
        [H, W, 4] linear colour times coverage, and coverage; [H, W] material at the first
        sample of each pixel, -1 for none.
    """
    turn = view @ bones[0][figure.bone]
    shift = bones[1][figure.bone] @ view.T
    rest_matrix = np.ascontiguousarray(turn.transpose(0, 2, 1))
    rest_offset = -(rest_matrix @ shift[:, :, None])[:, :, 0]
    matrix = figure.basis @ rest_matrix
    offset = (figure.basis @ (rest_offset - figure.start)[:, :, None])[:, :, 0]
    spread = np.linalg.norm(np.linalg.inv(matrix), axis=2)
    end = figure.start + figure.size[:, :1] * figure.basis[:, 1]
    ends = np.stack((figure.start, end))
    centres = (turn @ ends[..., None])[..., 0] + shift
    reach = spread[None] * figure.size[:, 1:3].T[..., None]
    fine = np.array(
        (
            grid[0] - grid[1] * (SAMPLES - 1) / (2 * SAMPLES),
            grid[1] / SAMPLES,
            grid[2] - grid[3] * (SAMPLES - 1) / (2 * SAMPLES),
            grid[3] / SAMPLES,
        )
    )
    rows, columns = shape[0] * SAMPLES, shape[1] * SAMPLES
    depth = np.empty((rows, columns))
    index = np.empty((rows, columns), np.int64)
    material = np.empty((rows, columns), np.int64)
    picture = np.zeros((*shape, 4))
    cast(matrix, offset, figure.size, _boxes(centres, reach, fine, (rows, columns)), fine, depth, index)
    parts = (matrix, offset, rest_matrix, rest_offset, figure.size, figure.surface, figure.layers)
    shade(parts, (depth, index, material), fine, colours, light, picture)
    return picture, material[::SAMPLES, ::SAMPLES]
