"""Galleries of SYSU-MM01: the owners' file, counts of the real data, and both camera rules."""

import csv
import random
import shutil
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from vireid.data import open_data
from vireid.errors import ConfigError, DataError
from vireid.scoring import ProtocolOptions, choose_protocol, llcm, read_permutations, sysu
from vireid.scoring.tally import tally
from vireid.types import Images, Truth

COUNTS = Path(__file__).resolve().parents[3] / "shared" / "sysu_counts.csv"
PEOPLE = {1: 9, 2: 9, 3: 12, 4: 12, 5: 12, 6: 9}
"""Identity numbers in each camera's cell; the real file has 333 and 533."""


def cells(counts, trials=10, seed=0):
    """Return a stand-in of the owners' variable for images by camera and identity."""
    generator = np.random.default_rng(seed)
    found = np.empty((6, 1), dtype=object)
    for camera, people in PEOPLE.items():
        column = np.empty((people, 1), dtype=object)
        for number in range(1, people + 1):
            count = counts.get((camera, number), 0)
            orders = [1 + generator.permutation(count) for _ in range(trials)]
            column[number - 1, 0] = np.array(orders, dtype=np.uint8).reshape(trials, count)
        found[camera - 1, 0] = column
    return found


def images_of(counts):
    """Return images and identities of counts by camera and identity, out of order."""
    rows = [(c, p, n) for (c, p), count in counts.items() for n in range(1, count + 1)]
    random.Random(0).shuffle(rows)
    paths = [f"cam{c}/{p:04d}/{n:04d}.jpg" for c, p, n in rows]
    camera = np.array([c for c, _, _ in rows])
    modality = np.isin(camera, (3, 6)).astype(int)
    return Images(".", paths, modality, camera), Truth([p for _, p, _ in rows])


SMALL = {(c, p): 1 + (3 * c + p) % 13 for c, p in product(range(1, 7), (2, 5, 9))} | {(3, 12): 2}


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that writes a stand-in of the owners' file."""

    def write(**values):
        file = tmp_path / "rand_perm_cam.mat"
        savemat(file, values or {"rand_perm_cam": cells(SMALL)})
        return file

    return write


@pytest.mark.parametrize("mode", ["all", "indoor"])
@pytest.mark.parametrize("shots", [1, 10])
@pytest.mark.parametrize("direction", ["infrared-to-visible", "visible-to-infrared"])
def test_the_owners_galleries_are_the_first_of_each_row(stand_in, mode, shots, direction):
    images, truth = images_of(SMALL)
    table = cells(SMALL)
    protocol = sysu(
        images, truth, mode=mode, shots=shots, direction=direction,
        gallery=read_permutations(stand_in()),
    )  # fmt: skip
    cameras = {"all": (1, 2, 4, 5), "indoor": (1, 2)}[mode]
    cameras = cameras if direction.startswith("infrared") else (3, 6)
    for trial, draw in enumerate(protocol.draws):
        expected = [
            f"cam{camera}/{person:04d}/{number:04d}.jpg"
            for person in (2, 5, 9, 12)
            for camera in cameras
            if (camera, person) in SMALL
            for number in table[camera - 1, 0][person - 1, 0][trial][:shots]
        ]
        assert [images.paths[i] for i in draw.gallery] == expected
    other = sysu(images, truth, mode=mode, shots=shots, direction=direction)
    assert [draw.query.tolist() for draw in other.draws] == [
        draw.query.tolist() for draw in protocol.draws
    ]
    assert protocol.name == f"{other.name}, owners' galleries"
    assert protocol.stated.galleries.startswith(
        "the owners', trials 1 to 10 of rand_perm_cam.mat ("
    )
    assert other.stated.galleries.endswith("by Python's random with seeds 0 to 9")


def wrong(change):
    """Return a stand-in with something wrong in it."""
    table = cells(SMALL)
    cell = table[0, 0][1, 0]
    change(table, cell)
    return {"rand_perm_cam": table}


def cut(_, cell):
    cell[3, 0] = cell[3, 1]


def no_cells(table, _):
    table[2, 0] = np.arange(4)


def texts(table, _):
    table[0, 0][1, 0] = "text"


def no_people(table, _):
    for camera in range(6):
        table[camera, 0] = table[camera, 0][:1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"other": np.arange(3)}, "holds no rand_perm_cam; expected the owners'"),
        ({"rand_perm_cam": np.arange(6)}, "expected a cell for each camera"),
        (wrong(no_cells), "expected a cell for each camera"),
        (wrong(texts), "expected a cell for each camera"),
        (wrong(cut), "camera 1, identity 2, trial 4 is no permutation of 1 to 6"),
        (wrong(no_people), "identity 2 has 0 images, the data"),
        ({"rand_perm_cam": cells(SMALL | {(1, 2): 9})}, "identity 2 has 9 images, the data 6"),
        ({"rand_perm_cam": cells(SMALL, trials=4)}, "has 4 trials; expected --draws up to as many"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_one_line(stand_in, values, message):
    with pytest.raises((DataError, ConfigError)) as caught:
        sysu(*images_of(SMALL), gallery=read_permutations(stand_in(**values)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"MATLAB 5.0", b"\x89HDF\r\n\x1a\n" + bytes(600), bytes(900)]
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, content):
    file = tmp_path / "rand_perm_cam.mat"
    with pytest.raises(DataError, match=r"is missing: .*--gallery-file"):
        read_permutations(file)
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"rand_perm_cam.mat (cannot be read|holds no)") as caught:
        read_permutations(file)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_told_in_one_line(stand_in):
    file = stand_in()
    whole = file.read_bytes()
    for length in range(0, len(whole), 997):
        file.write_bytes(whole[:length])
        with pytest.raises((DataError, ConfigError)) as caught:
            sysu(*images_of(SMALL), gallery=read_permutations(file))
        assert "\n" not in str(caught.value), f"{length} bytes of {len(whole)}"


def test_the_file_lies_in_the_data_or_elsewhere(people, tmp_path, monkeypatch):
    data, there = open_data(people), dict.fromkeys(range(1, 7), 12)
    monkeypatch.setattr(sys.modules[__name__], "PEOPLE", there)
    counts = dict.fromkeys(product((1, 2, 3, 6), range(9, 13)), 4)
    with pytest.raises(DataError, match=r"exp/rand_perm_cam.mat is missing: it comes with SYSU"):
        choose_protocol(data, ProtocolOptions(gallery="owners"))
    elsewhere = tmp_path / "mine.mat"
    savemat(elsewhere, {"rand_perm_cam": cells(counts)})
    found = choose_protocol(data, ProtocolOptions(gallery="owners", gallery_file=elsewhere))
    assert "of mine.mat (" in found.stated.galleries
    inside = shutil.copytree(people, tmp_path / "data")
    shutil.copy(elsewhere, inside / "exp" / "rand_perm_cam.mat")
    again = choose_protocol(open_data(inside), ProtocolOptions(gallery="owners"))
    for one, other in zip(found.draws, again.draws, strict=True):
        np.testing.assert_array_equal(one.gallery, other.gallery)
    with pytest.raises(ConfigError, match="--gallery-file applies to --gallery owners"):
        choose_protocol(data, ProtocolOptions(gallery_file=elsewhere))
    with pytest.raises(ConfigError, match="gallery is 'mine'; expected literature or owners"):
        choose_protocol(data, ProtocolOptions(gallery="mine"))


def test_both_conventions_of_the_camera_rule():
    images, truth = images_of(SMALL)
    for direction in ("infrared-to-visible", "visible-to-infrared"):
        both, code = (
            sysu(images, truth, direction=direction, camera_rule=rule)
            for rule in ("symmetric", "literature")
        )
        for one, other in zip(both.draws, code.draws, strict=True):
            query, gallery = images.camera[one.query][:, None], images.camera[one.gallery]
            third = (query == 3) & (gallery == 2)
            np.testing.assert_array_equal(other.ignored(), third)
            np.testing.assert_array_equal(one.ignored(), third | (query == 2) & (gallery == 3))
        assert (both.name == code.name) == (direction == "infrared-to-visible")
    assert code.name.endswith("literature's camera rule")
    with pytest.raises(ConfigError, match="camera_rule is 'none'"):
        sysu(images, truth, camera_rule="none")


def counting(images, truth, mode):
    """Count by the definition the queries of the first draw that have a match."""
    groups = {(int(p), int(c)) for p, c in zip(truth.identities, images.camera, strict=True)}
    cameras = {"all": (1, 2, 4, 5), "indoor": (1, 2)}[mode]
    return sum(
        any((int(p), other) in groups and (int(c), other) != (3, 2) for other in cameras)
        for p, c in zip(truth.identities, images.camera, strict=True)
        if c in (3, 6)
    )


def test_counting_queries_of_the_real_data():
    if not COUNTS.is_file():
        pytest.skip(f"the counts are not beside this checkout: {COUNTS.name} not found")
    with COUNTS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "test"]
    images, truth = images_of(
        {(c, int(row["identity"])): int(row[f"cam{c}"]) for row in rows for c in range(1, 7)}
    )
    for mode, expected, gallery in (("all", 3803, 301), ("indoor", 2208, 112)):
        protocol = sysu(images, truth, mode=mode)
        found = tally(protocol, truth, images)
        assert (found.queries, set(found.valid)) == (3803, {expected})
        assert {len(draw.gallery) for draw in protocol.draws} == {gallery}
        assert counting(images, truth, mode) == expected
    assert found.absent + found.ruled_out == 795 + 800
    assert (found.pairs, found.own_modality, found.own_camera) == (found.pairs, 0, 0)


def test_counting_queries_of_a_small_set():
    counts = {
        (1, 1): 2,
        (3, 1): 3,
        (6, 1): 1,
        (2, 2): 2,
        (3, 2): 4,
        (6, 2): 5,
        (3, 3): 2,
        (4, 3): 1,
    }
    images, truth = images_of(counts)
    for mode in ("all", "indoor"):
        found = tally(sysu(images, truth, mode=mode), truth, images)
        assert set(found.valid) == {counting(images, truth, mode)}
    assert (found.queries, found.valid[0], found.absent, found.ruled_out) == (15, 9, 2, 4)


def test_the_roles_of_llcm_are_swapped_as_in_the_released_code():
    rows = [(k, c, p, n) for k, c, p, n in product((0, 1), (1, 2), (1, 2), range(3))]
    paths = [f"{'nir' if k else 'vis'}/cam{c}/{p:04d}/{n}.jpg" for k, c, p, n in rows]
    images = Images(".", paths, [k for k, *_ in rows], [c for _, c, *_ in rows])
    people = Truth([p for *_, p, _ in rows])
    right, swapped = (llcm(images, people, roles=roles) for roles in ("paper", "swapped"))
    for one, other in zip(right.draws, swapped.draws, strict=True):
        assert (len(one.query), len(one.gallery)) == (12, 4)
        assert (len(other.query), len(other.gallery)) == (4, 12)
        assert (one.query.tolist(), one.gallery.tolist()) == (
            other.gallery.tolist(), other.query.tolist(),
        )  # fmt: skip
        np.testing.assert_array_equal(one.ignored(), other.ignored().T)
        assert set(images.modality[other.query]) == {1}
    assert swapped.name == f"{right.name}, roles swapped as in the released code"
    with pytest.raises(ConfigError, match="from visible to infrared; expected that direction"):
        llcm(images, people, direction="infrared-to-visible", roles="swapped")
    with pytest.raises(ConfigError, match="roles is 'other'; expected paper or swapped"):
        llcm(images, people, roles="other")
