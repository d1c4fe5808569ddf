"""Every image is embedded once, in order, in evaluation mode."""

import importlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.errors import DataError
from vireid.models.extract import extract, extract_with_mirror
from vireid.models.passing import KeptFold, KeptMaps, Passing
from vireid.runs import new_network
from vireid.types import Embeddings


@pytest.fixture
def network(tiny):
    return new_network(tiny)


def some(count, seed=0):
    generator = np.random.default_rng(seed)
    pixels = generator.integers(0, 256, (count, 32, 16, 3), dtype=np.uint8)
    return pixels, generator.integers(0, 2, count)


def slowly(network, pixels, modality):
    """Embed one image at a time."""
    network.eval()
    with torch.no_grad():
        rows = [
            network(
                network.normalise(torch.tensor(image).permute(2, 0, 1)[None]), torch.tensor([side])
            )
            for image, side in zip(pixels, modality, strict=True)
        ]
    names = ("embedding", "pooled")
    return (np.concatenate([getattr(row, name).numpy() for row in rows]) for name in names)


@pytest.mark.parametrize("batch", [1, 4, 7, 100])
def test_batches_change_nothing(network, batch):
    pixels, modality = some(7)
    vectors, features = slowly(network, pixels, modality)
    found = extract(network, pixels, modality, how=Passing(batch), with_features=True)
    np.testing.assert_allclose(found.vectors, vectors, atol=1e-5)
    np.testing.assert_allclose(found.features, features, rtol=1e-3, atol=1e-5)
    assert found.modality.tolist() == modality.tolist()


def test_the_network_is_left_as_it_was_and_its_mode_does_not_matter(network):
    pixels, modality = some(5)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = {}
    for training in (True, False):
        network.train(training)
        found[training] = extract(network, pixels, modality).vectors
        assert network.training is training
    np.testing.assert_array_equal(found[True], found[False])
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_progress_is_told_and_features_are_kept_only_when_asked_for(network):
    calls = []
    pixels, modality = some(5)
    found = extract(
        network,
        pixels,
        modality,
        how=Passing(2),
        progress=lambda done, of: calls.append((done, of)),
    )
    assert calls == [(2, 5), (4, 5), (5, 5)]
    assert found.features is None


def test_no_images_and_read_only_pixels(network):
    pixels, modality = some(3)
    pixels.setflags(write=False)
    assert len(extract(network, pixels, modality)) == 3
    none = extract(network, pixels[:0], modality[:0], with_features=True)
    assert none.vectors.shape == none.features.shape == (0, network.embedding_size)
    assert extract(network, pixels[:0], modality[:0]).features is None


def test_a_part_without_a_batch_has_features_all_the_same(network):
    found = extract(network, *some(7), how=Passing(4, part=(2, 3)), with_features=True)
    assert found.vectors.shape == found.features.shape == (0, network.embedding_size)
    assert len(found.modality) == 0


def test_a_diverged_network_is_reported(network):
    with torch.no_grad():
        network.neck.weight[0] = torch.nan
    with pytest.raises(DataError, match="weights have diverged"):
        extract(network, *some(2))


@pytest.mark.parametrize(("images", "again"), [(0, [4, 4, 3]), (4, [4, 3]), (11, [])])
def test_what_the_frozen_base_makes_is_computed_once_as_far_as_it_may_be_kept(
    tiny, images, again, monkeypatch
):
    network = new_network(replace(tiny, network=replace(tiny.network, frozen=2)))
    assert network.is_frozen_below
    pixels, modality = some(11)
    size = network.frozen_maps(torch.zeros(1, 3, 32, 16)).nbytes
    kept, seen = KeptMaps(images * size), []
    expected = extract(network, pixels, modality, how=Passing(4), with_features=True)
    compute = network.frozen_maps
    monkeypatch.setattr(
        network, "frozen_maps", lambda images: seen.append(len(images)) or compute(images)
    )
    for _ in range(2):
        found = extract(network, pixels, modality, how=Passing(4, kept=kept), with_features=True)
        np.testing.assert_array_equal(found.vectors, expected.vectors)
        np.testing.assert_array_equal(found.features, expected.features)
    assert seen == [4, 4, 3, *again]
    assert kept.left == 0


def test_kept_maps_serve_a_network_whose_upper_part_went_on_training(tiny):
    network = new_network(replace(tiny, network=replace(tiny.network, frozen=2)))
    pixels, modality = some(6)
    kept = KeptMaps()
    extract(network, pixels, modality, how=Passing(kept=kept))
    torch.nn.init.normal_(network.neck.weight)
    found = extract(network, pixels, modality, how=Passing(kept=kept))
    np.testing.assert_array_equal(found.vectors, extract(network, pixels, modality).vectors)


def test_a_network_without_frozen_layers_says_so(network):
    assert not network.is_frozen_below


def test_golden_mean_of_image_and_mirror_image(golden, monkeypatch):
    arrays = golden("agw_forward")
    modality = np.zeros(len(arrays["flip_a"]), dtype=np.int64)
    sides = iter([Embeddings(arrays[name], modality) for name in ("flip_a", "flip_b")])
    module = importlib.import_module("vireid.models.extract")
    monkeypatch.setattr(module, "extract", lambda *_, **__: next(sides))
    found = extract_with_mirror(None, np.zeros((len(modality), 2, 2, 3), np.uint8), modality)
    np.testing.assert_allclose(found.vectors, arrays["flip_mean_renormalised"], atol=1e-5)


def test_mirror_images_are_averaged_and_brought_to_unit_length(network):
    pixels, modality = some(5)
    seen = []
    found = extract_with_mirror(
        network,
        pixels,
        modality,
        how=Passing(2),
        progress=lambda done, total: seen.append((done, total)),
    )
    both = [slowly(network, images, modality) for images in (pixels, pixels[:, :, ::-1].copy())]
    total = sum(next(vectors) for vectors in both)
    expected = total / np.linalg.norm(total, axis=1, keepdims=True)
    np.testing.assert_allclose(found.vectors, expected, atol=1e-5)
    assert seen == [(done, 10) for done in (2, 4, 5, 7, 9, 10)]
    mirrored = extract_with_mirror(network, pixels[:, :, ::-1], modality, how=Passing(2))
    np.testing.assert_allclose(mirrored.vectors, found.vectors, atol=1e-6)


def test_a_network_that_learns_no_more_is_folded_once(network, tiny, monkeypatch) -> None:
    module = importlib.import_module("vireid.models.extract")
    (pixels, sides), kept, calls, fold = some(5), KeptFold(), [], module.folded
    monkeypatch.setattr(module, "folded", lambda *words: calls.append(1) or fold(*words))
    wanted = extract(network, pixels, sides).vectors
    for _ in range(2):
        found = extract(network, pixels, sides, how=Passing(fold=kept)).vectors
        np.testing.assert_array_equal(found, wanted)
    assert len(calls) == 2
    extract(new_network(tiny), pixels, sides, how=Passing(fold=kept))
    assert len(calls) == 3
