"""From labels to augmented batches."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.data.transforms import augment
from vireid.errors import DegenerateClusters
from vireid.labelling import Labelling
from vireid.seeds import derive
from vireid.training.batches import index_batches, load_batch
from vireid.types import PseudoLabels

MODALITY = np.repeat([0, 1], 20)


def labelling(**spaces):
    return Labelling({name: PseudoLabels(labels) for name, labels in spaces.items()})


@pytest.fixture
def spaces():
    own = np.repeat(np.arange(5), 4)
    nothing = np.full(20, -1)
    return labelling(
        visible=np.concatenate([own, nothing]),
        infrared=np.concatenate([nothing, own[::-1]]),
        matched=np.concatenate([own, own]),
        mixed=np.concatenate([own, np.where(own < 3, own, -1)]),
    )


def draw(tiny, spaces, sample_by, seed=0):
    stage = replace(tiny.stages[0], sample_by=sample_by, iterations=6)
    return stage, list(index_batches(stage, spaces, MODALITY, tiny, np.random.default_rng(seed)))


@pytest.mark.parametrize("sample_by", ["matched", "mixed"])
def test_shared_labels_are_the_same_on_both_sides_row_by_row(tiny, spaces, sample_by):
    _, batches = draw(tiny, spaces, sample_by)
    labels = spaces.spaces[sample_by].labels
    assert len(batches) == 6
    for visible, infrared in batches:
        assert (MODALITY[visible] == 0).all()
        assert (MODALITY[infrared] == 1).all()
        assert (labels[visible] == labels[infrared]).all()
        assert (labels[visible] >= 0).all()
        if sample_by == "mixed":
            assert set(labels[visible]) <= {0, 1, 2}, "only clusters with both modalities"


def test_own_labels_are_drawn_for_each_side_by_itself(tiny, spaces):
    _, batches = draw(tiny, spaces, "own")
    for visible, infrared in batches:
        assert (MODALITY[visible] == 0).all()
        assert (MODALITY[infrared] == 1).all()
        assert len(visible) == len(infrared) == tiny.batch_labels * tiny.batch_images


@pytest.mark.parametrize("sample_by", ["own", "matched"])
def test_the_generator_decides(tiny, spaces, sample_by):
    one, again, other = (draw(tiny, spaces, sample_by, seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("sample_by", "change", "message"),
    [
        ("own", {"visible": np.full(40, -1)}, "stage joint, visible labels: 0 clusters"),
        ("own", {"infrared": np.where(MODALITY, 0, -1)}, "stage joint, infrared labels: 1 clus"),
        ("matched", {"matched": np.where(MODALITY, 0, -1)}, "stage joint, matched labels: 0 clu"),
    ],
)
def test_too_few_labels_name_stage_and_space(tiny, spaces, sample_by, change, message):
    with pytest.raises(DegenerateClusters, match=message):
        draw(tiny, labelling(**{k: v.labels for k, v in spaces.spaces.items()} | change), sample_by)


def test_a_batch_holds_visible_twice_then_infrared(tiny, crops):
    visible, infrared = np.array([0, 5, 5]), np.flatnonzero(crops.modality == 1)[:2]
    pixels, rows = load_batch(crops, visible, infrared, tiny, "joint", 0, 3)
    assert pixels.shape == (8, 3, 32, 16)
    assert rows.indices.tolist() == [0, 5, 5, 0, 5, 5, *infrared]
    assert rows.modality.tolist() == [0] * 6 + [1] * 2
    assert torch.equal(pixels[3:6, 0], pixels[3:6, 1]), "the second time with one channel"
    assert not torch.equal(pixels[:3, 0], pixels[:3, 1])


def test_each_image_is_augmented_out_of_its_own_pixels(tiny, crops):
    visible, infrared = np.array([3, 1]), np.flatnonzero(crops.modality == 1)[:2]
    pixels, _ = load_batch(crops, visible, infrared, tiny, "joint", 1, 2)
    generator = torch.Generator().manual_seed(derive(tiny.seed, "augment", "joint", 1, 2))
    expected = [
        augment(
            torch.tensor(crops.pixels[part]).permute(0, 3, 1, 2),
            tiny.augmentation,
            generator,
            exchange=exchange,
        )
        for part, exchange in ((visible, False), (visible, True), (infrared, False))
    ]
    assert torch.equal(pixels, torch.cat(expected))


def test_without_augmentation_pixels_come_through(tiny, crops):
    still = replace(tiny.augmentation, padding=0, flip=0.0, erasing=0.0, exposure=0.0)
    indices = np.arange(4)
    pixels, _ = load_batch(crops, indices, indices + 64, replace(tiny, augmentation=still), "s")
    wanted = torch.tensor(crops.pixels[[0, 1, 2, 3]]).permute(0, 3, 1, 2) / 255
    torch.testing.assert_close(pixels[:4], wanted, atol=2e-6, rtol=0)


def test_names_and_seed_make_the_randomness(tiny, crops):
    indices = np.arange(4)

    def load(recipe, *names):
        return load_batch(crops, indices, indices, recipe, *names)[0]

    assert torch.equal(load(tiny, "joint", 0, 0), load(tiny, "joint", 0, 0))
    for other in (load(tiny, "joint", 0, 1), load(replace(tiny, seed=1), "joint", 0, 0)):
        assert not torch.equal(load(tiny, "joint", 0, 0), other)
