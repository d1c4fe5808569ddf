"""Embedding images on a pretended GPU."""

import numpy as np
import pytest

from tests.pretended import pretended_gpu
from vireid.models import build_network
from vireid.models.extract import extract
from vireid.models.passing import KeptMaps, Passing

IMAGES = 200
ONCE = 3
"""Waits for all images together: comparing the folded network with the plain one, and what came of
it brought to the host."""


@pytest.fixture(scope="module")
def images():
    """Return pixels and modalities of images in no order."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (IMAGES, 32, 16, 3), dtype=np.uint8)
    return pixels, generator.integers(0, 2, IMAGES)


@pytest.mark.parametrize(
    "options", [{}, {"frozen": 1, "stripes": 2, "split_statistics": True}], ids=["plain", "frozen"]
)
def test_embeddings_are_those_of_the_cpu(images, options):
    expected = extract(build_network("resnet10t", **options), *images, with_features=True)
    with pretended_gpu() as gpu:
        network = build_network("resnet10t", **options).to("cuda")
        gpu.clear()
        found = extract(network, *images, with_features=True)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert gpu.launches["convolution"] > 10
    assert gpu.waited <= ONCE, gpu.told()
    np.testing.assert_allclose(found.vectors, expected.vectors, atol=1e-6)
    np.testing.assert_allclose(found.features, expected.features, rtol=1e-5, atol=1e-6)


def test_kept_maps_are_sent_once(images):
    with pretended_gpu() as gpu:
        network, kept = build_network("resnet10t", frozen=1).to("cuda"), Passing(kept=KeptMaps())
        first = extract(network, *images, how=kept)
        gpu.clear()
        second = extract(network, *images, how=kept)
    assert not gpu.mixed, gpu.told()
    assert sum(gpu.sent.values()) < images[0].nbytes / 10
    assert np.array_equal(first.vectors, second.vectors)
