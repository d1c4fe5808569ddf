"""A sample of a large archive by track."""

import numpy as np
import pytest

from vireid.data.sample import sample_tracks
from vireid.errors import ConfigError
from vireid.types import Images


def archive(seed, count=300, without=0.1):
    """Return images whose tracks are of one camera each, some without any, in random order."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 9, count)
    camera = np.repeat(generator.choice(6, count, p=[0.4, 0.3, 0.1, 0.1, 0.07, 0.03]) + 1, sizes)
    track = np.where(
        generator.random(len(camera)) < without, -1, np.repeat(np.arange(count), sizes)
    )
    order = generator.permutation(len(camera))
    paths = tuple(f"{place:05d}" for place in order)
    side = (camera > 4).astype(np.int64)
    return Images(".", paths, side[order], camera[order], track[order])


def groups(images):
    """Return the tracks as lists of images; an image without one is alone."""
    found = {}
    for place, (camera, track) in enumerate(zip(images.camera, images.track, strict=True)):
        key = (int(camera), int(track)) if track >= 0 else ("alone", place)
        found.setdefault(key, []).append(place)
    return list(found.values())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [1, 40, 333])
def test_tracks_stay_whole_and_the_number_is_kept(seed, count):
    images = archive(seed)
    chosen = sample_tracks(images, count, np.random.default_rng(seed))
    kept = set(chosen.tolist())
    assert len(kept) == len(chosen) <= count
    assert chosen.tolist() == sorted(kept)
    assert all(kept.issuperset(one) or kept.isdisjoint(one) for one in groups(images))
    left = min(len(one) for one in groups(images) if kept.isdisjoint(one))
    assert len(chosen) + left > count, "no track is left that would have fitted"


def test_cameras_and_modalities_give_as_many_as_they_have():
    images = archive(5)
    chosen = sample_tracks(images, 240, np.random.default_rng(0))
    side = np.bincount(images.modality[chosen])
    whole = np.bincount(images.modality)
    assert abs(min(120, whole[1]) - side[1]) <= 8
    for number in (1, 2, 3, 4):
        taken = (images.camera[chosen] == number).sum()
        assert abs(taken - side[0] / 4) <= 8 or taken == (images.camera == number).sum()


def test_what_a_camera_lacks_the_others_give():
    camera = np.array([1] * 50 + [2] * 2 + [3] * 50)
    images = Images.of([0] * 52 + [1] * 50, camera)
    chosen = sample_tracks(images, 40, np.random.default_rng(1))
    assert np.bincount(camera[chosen]).tolist() == [0, 18, 2, 20]


def test_the_same_generator_draws_the_same_and_another_one_others():
    images = archive(2)
    one, again, other = (
        sample_tracks(images, 100, np.random.default_rng(seed)).tolist() for seed in (4, 4, 5)
    )
    assert one == again != other


def test_each_track_is_as_likely_as_the_others_of_its_camera():
    images = Images(
        ".", tuple("abcdefgh"), [0] * 4 + [1] * 4, [1] * 4 + [2] * 4, [0, 0, 1, 1, 0, 0, 1, 1]
    )
    drawn = [sample_tracks(images, 4, np.random.default_rng(seed))[0] for seed in range(200)]
    assert 70 < sum(first == 0 for first in drawn) < 130


def test_a_small_archive_is_left_as_it_is():
    images = archive(1, count=10)
    assert len(sample_tracks(images, 1000, np.random.default_rng(0))) == len(images)


def test_a_sample_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="--sample 0: expected at least 1"):
        sample_tracks(archive(1), 0, np.random.default_rng(0))
