"""The closed-form hits against many spheres, and the frame around them."""

import math

import numpy as np
import pytest

from vireid.synthetic.rays import cone_hit, sphere_hit


def many_spheres(origin: np.ndarray, ray: np.ndarray, size: np.ndarray) -> float:
    """Return the nearest hit of the spheres that a round cone is the union of."""
    share = np.linspace(0.0, 1.0, 4001)
    away = origin - share[:, None] * (0.0, size[0], 0.0)
    radius = (1.0 - share) * size[1] + share * size[2]
    square, half = ray @ ray, away @ ray
    inside = half**2 - square * (np.sum(away**2, axis=1) - radius**2)
    met = inside >= 0.0
    depths = (np.sqrt(inside[met]) - half[met]) / square
    return float(depths.max(initial=-math.inf))


@pytest.mark.parametrize(
    ("length", "first", "second"),
    [(0.5, 0.1, 0.1), (0.4, 0.2, 0.05), (0.3, 0.05, 0.25), (0.1, 0.3, 0.05), (0.0, 1.0, 1.0)],
)
def test_hits_agree_with_the_union_of_spheres(length: float, first: float, second: float) -> None:
    rng = np.random.default_rng(3)
    size = np.array((length, first, second, -9.0, 9.0))
    hits = 0
    for _ in range(60):
        origin = rng.uniform(-0.35, 0.35, 3)
        origin[1] += length / 2
        ray = rng.normal(size=3)
        expected, found = many_spheres(origin, ray, size), cone_hit(origin, ray, size)
        if math.isfinite(expected):
            assert found == pytest.approx(expected, abs=2e-3)
            hits += 1
        elif math.isfinite(found):  # a grazing ray that slips between the sampled spheres
            inside = [math.isfinite(many_spheres(origin + e, ray, size)) for e in 2e-3 * np.eye(3)]
            assert any(inside)
    assert hits > 10


def test_a_ray_along_the_axis_meets_the_end() -> None:
    size = np.array((0.5, 0.1, 0.2, -9.0, 9.0))
    assert cone_hit(np.zeros(3), np.array((0.0, 1.0, 0.0)), size) == pytest.approx(0.7)


def test_a_tube_has_no_round_ends() -> None:
    tube = np.array((0.5, 0.1, 0.1, 0.0, 0.5))
    towards = np.array((0.0, 0.0, 1.0))
    assert cone_hit(np.array((0.0, -0.05, 0.0)), towards, tube) == -math.inf
    assert cone_hit(np.array((0.0, 0.25, 0.0)), towards, tube) == pytest.approx(0.1)


def test_a_sphere_beside_the_ray_is_missed() -> None:
    assert sphere_hit(np.array((2.0, 0.0, 0.0)), np.array((0.0, 0.0, 1.0)), 0.0, 1.0) == -math.inf
