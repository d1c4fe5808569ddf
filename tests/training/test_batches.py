"""From labels to augmented batches."""

from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np
import pytest
import torch

from vireid.errors import ConfigError, DegenerateClusters
from vireid.seeds import derive
from vireid.training.batches import index_batches
from vireid.training.draws import draw as draw_changes
from vireid.training.prepared import Reader, load_batch, read_ahead
from vireid.training.sampling import label_batches
from vireid.training.transforms import augment
from vireid.training.unmatched import portions
from vireid.types import Labelling, Modality, PseudoLabels

MODALITY = np.repeat([0, 1], 20)


class Some:
    """A process that passes some rows of each batch."""

    def __init__(self, choose=lambda rows: rows):
        self.choose = choose

    def share(self, modality):
        return self.choose(np.arange(len(modality)))


def prepared(images, recipe, visible, infrared, *names, forward=None):
    return Reader(images, recipe, forward or Some()).prepare(visible, infrared, *names)


SIDES = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}


def labelling(**spaces):
    found = {name: PseudoLabels(x, modality=SIDES.get(name)) for name, x in spaces.items()}
    return Labelling(found, matched="matched" if "matched" in found else None)


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


def test_apart_each_side_draws_its_own_labels_of_a_shared_space(tiny, spaces):
    labels = np.where(np.arange(40) < 4, -1, spaces.spaces["mixed"].labels)  # 0: infrared alone
    some = labelling(mixed=labels)
    stage = replace(tiny.stages[0], sample_by="mixed", apart=True, iterations=12)
    drawn = list(index_batches(stage, some, MODALITY, tiny, np.random.default_rng(0)))
    wanted, images = tiny.batch(stage)
    for side, there in ((0, {1, 2, 3, 4}), (1, {0, 1, 2})):
        assert {int(one) for batch in drawn for one in labels[batch[side]]} == there
        for batch in drawn:
            assert set(MODALITY[batch[side]]) == {side}
            found, counts = np.unique(labels[batch[side]], return_counts=True)
            assert len(found) == min(wanted, len(there))
            assert set(counts) == {images}
    together = replace(stage, apart=False)
    drawn = index_batches(together, some, MODALITY, tiny, np.random.default_rng(0))
    assert {int(one) for batch in drawn for side in batch for one in labels[side]} == {1, 2}


def test_apart_needs_labels_that_both_share(tiny):
    stage = replace(tiny.stages[0], sample_by="own", apart=True)
    with pytest.raises(ConfigError, match="apart applies to labels that both modalities share"):
        replace(tiny, stages=(stage,))


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
        (
            "matched",
            {"matched": np.where(MODALITY, 0, -1), "visible": np.full(40, -1)},
            "stage joint, matched labels: 0 clu",
        ),
    ],
)
def test_too_few_labels_name_stage_and_space(tiny, spaces, sample_by, change, message):
    with pytest.raises(DegenerateClusters, match=message):
        draw(tiny, labelling(**{k: v.labels for k, v in spaces.spaces.items()} | change), sample_by)


def half_matched(spaces, pairs):
    """Return labels where only the first visible clusters have a partner."""
    matched = spaces.spaces["matched"].labels
    lonely = (MODALITY == 0) & (matched >= pairs)
    return labelling(
        visible=spaces.spaces["visible"].labels,
        infrared=np.where(MODALITY == 1, matched, -1),
        matched=np.where(lonely, -1, matched),
    )


@pytest.mark.parametrize(("pairs", "paired"), [(3, 3), (2, 2), (1, 0), (0, 0)])
def test_clusters_without_partner_take_their_share_of_the_batch(tiny, spaces, pairs, paired):
    five = replace(tiny, batch_labels=5)
    given = half_matched(spaces, pairs)
    shown = [set(), set()]
    for visible, infrared in draw(five, given, "matched")[1]:
        most = 4 if pairs == 1 else 5  # one pair alone tells nothing apart
        assert len(visible) == len(infrared) == most * tiny.batch_images
        both = paired * tiny.batch_images
        matched = given.spaces["matched"].labels
        assert (matched[visible[:both]] == matched[infrared[:both]]).all()
        assert (matched[visible[:both]] >= 0).all()
        for side, name, rows in ((0, "visible", visible), (1, "infrared", infrared)):
            own = given.spaces[name].labels[rows[both:]]
            assert (MODALITY[rows] == side).all()
            assert (own >= pairs).all(), "those that have no partner"
            shown[side] |= set(own.tolist())
    everyone = set(range(pairs, 5))
    assert shown == [everyone, everyone]


@pytest.mark.parametrize("sample_by", ["own", "mixed", "matched"])
def test_where_all_have_partners_batches_are_those_of_the_shared_labels(tiny, spaces, sample_by):
    names = ("visible", "infrared") if sample_by == "own" else (sample_by,)
    labels = [spaces.spaces[name].labels for name in names]
    if sample_by != "own":
        labels = [np.where(side == MODALITY, labels[0], -1) for side in (0, 1)]
    generator = np.random.default_rng(0)
    sizes = {"labels": tiny.batch_labels, "images": tiny.batch_images, "iterations": 6}
    sides = [(label,) for label in labels] if sample_by == "own" else [tuple(labels)]
    streams = [label_batches(side, **sizes, generator=generator) for side in sides]
    for found, expected in zip(
        draw(tiny, spaces, sample_by)[1], zip(*streams, strict=True), strict=True
    ):
        for mine, theirs in zip(found, chain(*expected), strict=True):
            assert np.array_equal(mine, theirs)


def test_without_own_labels_only_the_shared_ones_are_drawn(tiny, spaces):
    matched = spaces.spaces["matched"].labels
    some = labelling(matched=np.where((MODALITY == 0) & (matched > 2), -1, matched))
    for visible, infrared in draw(tiny, some, "matched")[1]:
        assert (matched[visible] == matched[infrared]).all()
        assert set(matched[visible]) <= {0, 1, 2}


@pytest.mark.parametrize("labels", [1, 2, 5, 10])
@pytest.mark.parametrize("paired", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("alone", [(0, 0), (1, 1), (0, 5), (5, 0), (3, 9), (50, 50)])
def test_portions_fill_a_batch(labels, paired, alone):
    found = portions(labels, paired, *alone)
    assert found[0] + max(found[1:]) == labels
    assert min(found) >= 0
    if max(alone) < 2:
        assert found == (labels, 0, 0)
    if paired >= 2:
        assert found[0] >= min(labels, 2)
    for count, portion in zip(alone, found[1:], strict=True):
        assert count > 1 or portion == 0


def test_a_batch_holds_visible_twice_then_infrared(tiny, crops):
    visible, infrared = np.array([0, 5, 5]), np.flatnonzero(crops.modality == 1)[:2]
    ready = prepared(crops, tiny, visible, infrared, "joint", 0, 3)
    (pixels, modality, _), rows = load_batch(ready), ready.rows
    assert ready.images == 8
    assert pixels.shape == (8, 3, 32, 16)
    assert rows.indices.tolist() == [0, 5, 5, 0, 5, 5, *infrared]
    assert rows.modality.tolist() == modality.tolist() == [0] * 6 + [1] * 2
    assert (rows.epoch, rows.step) == (0, 3)
    assert torch.equal(pixels[3:6, 0], pixels[3:6, 1]), "the second time with one channel"
    assert not torch.equal(pixels[:3, 0], pixels[:3, 1])


def test_each_image_is_augmented_out_of_its_own_pixels(tiny, crops):
    visible, infrared = np.array([3, 1]), np.flatnonzero(crops.modality == 1)[:2]
    pixels, *_ = load_batch(prepared(crops, tiny, visible, infrared, "joint", 1, 2))
    generator = torch.Generator().manual_seed(derive(tiny.seed, "augment", "joint", 1, 2))
    expected = [
        augment(
            torch.tensor(crops.pixels[part]).permute(0, 3, 1, 2),
            draw_changes((len(part), 32, 16), tiny.augmentation, generator, view=view),
        )
        for part, view in (
            (visible, "visible"),
            (visible, "exchanged"),
            (infrared, "infrared"),
        )
    ]
    assert torch.equal(pixels, torch.cat(expected))


def test_without_augmentation_pixels_come_through(tiny, crops):
    still = replace(tiny.augmentation, padding=0, flip=0.0, erasing=0.0, exposure=0.0)
    indices = np.arange(4)
    recipe = replace(tiny, augmentation=still)
    pixels, *_ = load_batch(prepared(crops, recipe, indices, indices + 64, "s"))
    wanted = torch.tensor(crops.pixels[[0, 1, 2, 3]]).permute(0, 3, 1, 2) / 255
    torch.testing.assert_close(pixels[:4], wanted, atol=2e-6, rtol=0)


def test_names_and_seed_make_the_randomness(tiny, crops):
    indices = np.arange(4)

    def load(recipe, *names):
        return load_batch(prepared(crops, recipe, indices, indices, *names))[0]

    assert torch.equal(load(tiny, "joint", 0, 0), load(tiny, "joint", 0, 0))
    for other in (load(tiny, "joint", 0, 1), load(replace(tiny, seed=1), "joint", 0, 0)):
        assert not torch.equal(load(tiny, "joint", 0, 0), other)


@pytest.mark.parametrize("choose", [lambda rows: rows[::2], lambda rows: rows[[1, 2, 8]]])
def test_a_process_reads_and_augments_its_own_rows_alone(tiny, crops, choose):
    visible, infrared = np.array([3, 1, 1]), np.flatnonzero(crops.modality == 1)[:3]
    whole, *_ = load_batch(prepared(crops, tiny, visible, infrared, "joint", 1, 2))
    own, modality, _ = load_batch(
        prepared(crops, tiny, visible, infrared, "joint", 1, 2, forward=Some(choose))
    )
    assert len(modality) == len(whole) == 9, "all know what the whole batch shows"
    torch.testing.assert_close(own, whole[choose(np.arange(9))], atol=1e-6, rtol=0)


def test_pixels_that_lie_on_the_device_are_named_not_sent(tiny, crops):
    visible, infrared = np.array([3, 1]), np.flatnonzero(crops.modality == 1)[:3]
    there = replace(crops, resident=torch.from_numpy(crops.pixels))
    ready = prepared(there, tiny, visible, infrared, "s", 0, 0)
    plain = prepared(crops, tiny, visible, infrared, "s", 0, 0)
    assert torch.equal(load_batch(ready)[0], load_batch(plain)[0])
    sizes = [sum(v.nbytes for v in one.parcel.arrays.values()) for one in (ready, plain)]
    assert sizes[1] - sizes[0] == 5 * (32 * 16 * 3 - 8)


def test_batches_are_read_ahead_in_order_and_to_the_end(tiny, crops):
    pairs = [(np.array([i]), np.array([i + 1, i + 2])) for i in range(5)]
    reader = Reader(crops, tiny, Some())
    found = list(read_ahead([partial(reader.prepare, *pair, "s", 0, 0) for pair in pairs]))
    assert [b.rows.indices.tolist() for b in found] == [[i, i, i + 1, i + 2] for i in range(5)]
    block = found[3].parcel.arrays["infrared/pixels"]
    np.testing.assert_array_equal(block, crops.pixels[pairs[3][1]])
    assert list(read_ahead([])) == []


def test_a_reader_that_fails_is_heard_of(tiny, crops):
    reader = Reader(crops, tiny, Some())
    with pytest.raises(IndexError):
        list(read_ahead([partial(reader.prepare, np.array([10**6]), np.array([0]), "s", 0, 0)]))
