"""What makes data other data for a study: identities and roles, too."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.data import open_data
from vireid.runs.fingerprints import changed
from vireid.studies.comparison.digests import data_digest
from vireid.studies.data_prints import fingerprint_of
from vireid.types import Truth


@pytest.fixture(scope="module")
def data(people):
    return open_data(people)


def _moved(truth):
    """Return identities of which one image is now of somebody else."""
    others = truth.identities != truth.identities[0]
    return Truth(
        np.where(np.arange(len(truth)) == 0, truth.identities[others][0], truth.identities)
    )


@pytest.mark.parametrize("contents", [True, False])
def test_identities_of_either_part_count(data, contents):
    before = fingerprint_of(data, data, contents=contents)
    trained = replace(data, train_truth=_moved(data.train_truth))
    scored = replace(data, test_truth=_moved(data.test_truth))
    for one, other in ((trained, data), (data, scored)):
        now = fingerprint_of(one, other, contents=contents)
        assert changed(before, now)
        assert data_digest(before) != data_digest(now)


def test_who_searches_whom_counts(data):
    roles = ("query", "gallery") * (len(data.test) // 2) + ("both",) * (len(data.test) % 2)
    one, other = replace(data, roles=roles), replace(data, roles=roles[::-1])
    found = [fingerprint_of(data, test, contents=False) for test in (data, one, other)]
    assert len(set(found)) == 3
    assert changed(found[0], found[1])
    assert changed(found[1], found[2])


def test_data_without_identities_have_a_fingerprint(data):
    bare = replace(data, train_truth=None, test_truth=None)
    assert fingerprint_of(bare, bare).count("people none") == 2
    assert changed(fingerprint_of(bare, bare), fingerprint_of(data, data))


def test_numbers_of_identities_do_not_count(data):
    other = replace(data, train_truth=Truth(data.train_truth.identities + 7))
    assert fingerprint_of(other, data) == fingerprint_of(data, data)
