"""A fingerprint changes with all that a training takes in, and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.runs.fingerprints import changed, describe_change, files_fingerprint, fingerprint
from vireid.types import Images


@pytest.fixture
def images(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(bytes(number + 1))
    return Images(tmp_path, tuple(f"{n}.png" for n in range(4)), [0, 0, 1, 1], [1, 2, 3, 3])


@pytest.mark.parametrize(
    ("fact", "values", "words"),
    [
        ("camera", [1, 2, 3, 4], "paths, sizes, modalities or cameras changed"),
        ("track", [1, 1, 2, 3], "tracks changed"),
        ("time", [0.0, 1.0, 2.0, 2.5], "times changed"),
    ],
)
def test_whatever_labels_may_depend_on_counts(images, fact, values, words):
    known = replace(images, track=[1, 1, 2, 2], time=[0.0, 1.0, 2.0, 3.0])
    other = replace(known, **{fact: values})
    for of in (fingerprint, files_fingerprint):
        assert changed(of(known), of(other))
        assert describe_change(of(known), of(other)) == words


def test_what_is_not_known_any_more_counts_too(images):
    unknown = replace(images, track=[-1] * 4, time=[np.nan] * 4)
    assert fingerprint(unknown) == fingerprint(images)
    for fact, values in (("track", [1, 1, 2, 2]), ("time", [0.0, 1.0, 2.0, np.nan])):
        known = fingerprint(replace(images, **{fact: values}))
        assert changed(known, fingerprint(images))
        assert changed(fingerprint(images), known)


def test_numbers_of_tracks_do_not_count(images):
    one, other, third = (
        fingerprint(replace(images, track=track))
        for track in ([3, 3, -1, 5], [8, 8, -1, 2], [3, 3, 5, -1])
    )
    assert one == other != third


def test_a_fingerprint_of_before_tracks_counted_is_that_of_the_same_images(images):
    known = replace(images, track=[1, 1, 2, 2])
    before = ", ".join(fingerprint(images).split(", ")[:2])
    assert "files" in before
    assert "tracks" not in before
    assert not changed(before, fingerprint(known))
    assert changed(before, fingerprint(replace(known, camera=[1, 1, 3, 3])))


def test_names_and_the_place_of_the_folder_do_not_count(images):
    assert fingerprint(replace(images, cameras={1: "door"})) == fingerprint(images)
