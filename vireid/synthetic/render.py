"""The renderer: a posed figure to lit pixels, several samples for each."""

import numpy as np
from numpy.typing import NDArray

from vireid.synthetic.figure import Figure
from vireid.synthetic.materials import Array
from vireid.synthetic.rays import cast
from vireid.synthetic.shading import shade

SAMPLES = 2
"""Samples for each pixel in each direction."""


def _boxes(centres: Array, reach: Array, grid: Array, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Return [P, 4] sample rows and columns that each primitive can touch."""
    low = (centres - reach).min(axis=0)
    high = (centres + reach).max(axis=0)
    rows, columns = shape
    left = np.floor((low[:, 0] - grid[0]) / grid[1])
    right = np.ceil((high[:, 0] - grid[0]) / grid[1]) + 1
    top = np.floor((high[:, 1] - grid[2]) / grid[3])
    bottom = np.ceil((low[:, 1] - grid[2]) / grid[3]) + 1
    limits = (rows, rows, columns, columns)
    clipped = [
        np.clip(v, 0, limit) for v, limit in zip((top, bottom, left, right), limits, strict=True)
    ]
    return np.stack(clipped, axis=1).astype(np.int64)


def _fine(grid: Array) -> Array:
    """Return the grid of samples of a grid of pixels."""
    start, step = grid[[0, 2]], grid[[1, 3]]
    first, fine = start - step * (SAMPLES - 1) / (2 * SAMPLES), step / SAMPLES
    return np.array((first[0], fine[0], first[1], fine[1]))


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
    fine = _fine(grid)
    rows, columns = shape[0] * SAMPLES, shape[1] * SAMPLES
    depth = np.empty((rows, columns))
    index = np.empty((rows, columns), np.int64)
    material = np.empty((rows, columns), np.int64)
    picture = np.zeros((*shape, 4))
    cast(
        matrix,
        offset,
        figure.size,
        _boxes(centres, reach, fine, (rows, columns)),
        fine,
        depth,
        index,
    )
    parts = (matrix, offset, rest_matrix, rest_offset, figure.size, figure.surface, figure.layers)
    shade(parts, (depth, index, material), fine, colours, light, picture)
    return picture, material[::SAMPLES, ::SAMPLES]
