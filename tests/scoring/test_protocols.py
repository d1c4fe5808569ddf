"""Protocols against parity vectors and against their definitions."""

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.scoring import Draw, llcm, plain, regdb, sysu
from vireid.types import Images, Truth


def table(rows):
    """Return images and truth from rows of (path, modality, camera, identity)."""
    paths, modality, camera, identity = zip(*rows, strict=True)
    return Images(".", paths, np.array(modality), np.array(camera)), Truth(np.array(identity))


def sysu_table(files):
    """Return images and truth of files such as cam3/0007/0001.jpg."""
    parts = [(path, int(path[3]), int(path.split("/")[1])) for path in files]
    return table([(path, int(camera in (3, 6)), camera, name) for path, camera, name in parts])


def small(per_folder=3, identities=(5, 2)):
    """Return a small SYSU-MM01 test side."""
    return sysu_table(
        f"cam{camera}/{identity:04d}/{number:04d}.jpg"
        for identity in identities
        for camera in range(1, 7)
        for number in range(per_folder)
    )


def test_sysu_draws_do_not_depend_on_the_order_of_the_images():
    images, truth = small()
    shuffled = np.random.default_rng(0).permutation(len(images))
    first = sysu(images, truth).draws[3]
    other = sysu(images.subset(shuffled), truth.subset(shuffled)).draws[3]
    np.testing.assert_array_equal(first.gallery, shuffled[other.gallery])
    np.testing.assert_array_equal(first.query, shuffled[other.query])


def test_multi_shot_takes_all_of_a_small_folder():
    images, truth = small(per_folder=3)
    for draw in sysu(images, truth, shots=10).draws:
        assert sorted(draw.gallery) == np.flatnonzero(images.modality == 0).tolist()


@pytest.mark.parametrize(("mode", "cameras"), [("all", {1, 2, 4, 5}), ("indoor", {1, 2})])
def test_visible_to_infrared_swaps_the_sides(mode, cameras):
    images, truth = small()
    protocol = sysu(images, truth, mode=mode, direction="visible-to-infrared", draws=2)
    assert "visible-to-infrared" in protocol.name
    assert len(protocol.draws) == 2
    for draw in protocol.draws:
        query, gallery = images.camera[draw.query], images.camera[draw.gallery]
        assert set(query) == cameras
        assert gallery.tolist() == [3, 6, 3, 6]
        np.testing.assert_array_equal(draw.ignored(), (query[:, None] == 2) & (gallery == 3))


def test_a_seeded_draw_leaves_the_global_generator_alone():
    import random

    random.seed(7)
    before = random.getstate()
    sysu(*small())
    assert random.getstate() == before


@pytest.mark.parametrize(
    ("modality", "message"), [(0, "no visible image"), (1, "no infrared image")]
)
def test_sysu_without_a_side(modality, message):
    images, truth = small()
    rest = np.flatnonzero(images.modality != modality)
    with pytest.raises(DataError, match=message):
        sysu(images.subset(rest), truth.subset(rest))


@pytest.mark.parametrize(
    "options",
    [{"mode": "outdoor"}, {"direction": "both"}, {"shots": 0}, {"draws": 0}],
)
def test_sysu_options_out_of_range(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        sysu(*small(), **options)


def test_truth_of_another_length():
    images, truth = small()
    with pytest.raises(DataError, match="identities for"):
        sysu(images, truth.subset([0]))
    with pytest.raises(DataError, match="identities for"):
        plain(images, truth.subset([0]), ["query"] * len(images))
    for protocol in (regdb, llcm):
        with pytest.raises(DataError, match="identities for"):
            protocol(images, truth.subset([0]))


def test_regdb_puts_one_modality_against_the_other_in_their_order():
    images, truth = small()
    visible, infrared = (np.flatnonzero(images.modality == kind).tolist() for kind in (0, 1))
    for direction, expected in (
        ("visible-to-infrared", (visible, infrared)),
        ("infrared-to-visible", (infrared, visible)),
    ):
        protocol = regdb(images, truth, direction=direction)
        (draw,) = protocol.draws
        assert (draw.query.tolist(), draw.gallery.tolist()) == expected
        assert (protocol.count, draw.ignored()) == ("images", None)
        assert direction in protocol.name
    assert "visible-to-infrared" in regdb(images, truth).name


def test_llcm_removes_the_same_identity_and_camera_only():
    rows = [
        (f"{kind}/{camera}/{identity}/{number}", kind, camera, identity)
        for kind in (0, 1)
        for camera in (1, 2)
        for identity in (4, 9)
        for number in range(3)
    ]
    images, truth = table(rows)
    for direction, kind in (("visible-to-infrared", 0), ("infrared-to-visible", 1)):
        protocol = llcm(images, truth, draws=3, direction=direction)
        assert (protocol.count, len(protocol.draws)) == ("identities", 3)
        for draw in protocol.draws:
            assert set(images.modality[draw.query]) == {kind}
            assert len(draw.query) == 12
            gallery = [(truth.identities[i], images.camera[i]) for i in draw.gallery]
            assert gallery == [(4, 1), (4, 2), (9, 1), (9, 2)]
            expected = [
                [pair == (truth.identities[i], images.camera[i]) for pair in gallery]
                for i in draw.query
            ]
            assert draw.ignored().tolist() == expected


@pytest.mark.parametrize("protocol", [regdb, llcm])
@pytest.mark.parametrize(("modality", "message"), [(0, "no visible"), (1, "no infrared")])
def test_a_modality_without_images(protocol, modality, message):
    images, truth = small()
    rest = np.flatnonzero(images.modality != modality)
    with pytest.raises(DataError, match=message):
        protocol(images.subset(rest), truth.subset(rest))


def test_options_of_llcm_and_regdb_out_of_range():
    with pytest.raises(ConfigError, match="draws is 0"):
        llcm(*small(), draws=0)
    for protocol in (regdb, llcm):
        with pytest.raises(ConfigError, match="direction is 'both'"):
            protocol(*small(), direction="both")


PLAIN = [("a", 0, 1, 7), ("b", 1, 1, 7), ("c", 1, 2, 7), ("d", 0, 0, 8), ("e", 1, 0, 8)]
ROLES = ("query", "gallery", "gallery", "query", "gallery")


def test_plain_takes_the_roles():
    protocol = plain(*table(PLAIN), ROLES, ignore="nothing")
    (draw,) = protocol.draws
    assert (protocol.count, draw.query.tolist(), draw.gallery.tolist()) == (
        "images",
        [0, 3],
        [1, 2, 4],
    )
    assert draw.ignored() is None


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (ROLES[:3], "3 roles for 5 images"),
        (("query",) * 5, "0 gallery"),
        (("gallery",) * 5, "0 query"),
        ((*ROLES[:4], "train"), "'train' is unknown"),
    ],
)
def test_plain_with_bad_roles(roles, message):
    with pytest.raises(DataError, match=message):
        plain(*table(PLAIN), roles)


def test_a_draw_is_frozen_and_checked():
    index = np.arange(2)
    draw = Draw(index, index)
    with pytest.raises(ValueError, match="read-only"):
        draw.query[0] = 1
    index[0] = 5  # the caller's own array stays writable
    with pytest.raises(DataError, match="gallery_group has shape"):
        Draw(index, index, np.zeros(2, dtype=int), np.zeros(3, dtype=int))
    with pytest.raises(DataError, match="one side"):
        Draw(index, index, query_group=index)


def test_groups_ignore_their_own_and_no_group_ignores_nothing():
    draw = Draw(np.arange(4), np.arange(4, 7), np.array([5, -1, 6, 5]), np.array([5, -1, 7]))
    expected = np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]], dtype=bool)
    np.testing.assert_array_equal(draw.ignored(), expected)
    np.testing.assert_array_equal(draw.ignored(slice(1, 4)), expected[1:])
    np.testing.assert_array_equal(draw.ignored(np.array([3, 0])), expected[[3, 0]])


def test_identities_may_be_an_array():
    images = Images.of([0, 0, 1, 1], camera=[1, 2, 3, 6])
    people = np.array([4, 9, 4, 9])
    for make in (sysu, regdb, llcm):
        one, other = make(images, people), make(images, Truth(people))
        assert repr(one) == repr(other)
        for mine, theirs in zip(one.draws, other.draws, strict=True):
            np.testing.assert_array_equal(mine.gallery, theirs.gallery)
    with pytest.raises(DataError, match="3 identities for 4 images"):
        plain(images, people[:3], ["query"] * 4)
