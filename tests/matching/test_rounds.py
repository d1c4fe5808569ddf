"""Rounds against the released codes of PGM, N-ULC and PCLHD, and what these do wrong."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from tests.matching.test_way_back import one_to_one
from vireid.errors import ConfigError, DataError
from vireid.matching import centre_cost, match_clusters

CASES = {
    "pgm": ("equal", "more", "twice", "over_twice", "fewer"),
    "nulc": ("equal", "more", "twice", "over_twice", "fewer", "thrice", "over_thrice"),
    "pclhd": ("equal", "more", "twice", "over_twice", "fewer", "thrice", "over_thrice"),
}
EVERY = [(method, case) for method, cases in CASES.items() for case in cases]
NONE = -1


@pytest.fixture
def released(golden):
    """Return a function that gives the cost of a case and a look-up of its arrays."""

    def load(method, case):
        arrays = golden(f"{method}_matching")
        sides = (arrays[f"{case}_centres_{side}"] for side in ("vis", "ir"))
        return centre_cost(*sides), lambda name: arrays[f"{case}_{name}"]

    return load


def by_script(cost, rounds, *, overwritten=False):
    """Return the maps as the scripts make them: the last round is read by a counter."""
    r2i, i2r = (np.full(count, NONE) for count in cost.shape)
    left = np.arange(len(cost))
    for number in range(rounds):
        rows, columns = linear_sum_assignment(cost[left])
        last = number == rounds - 1
        served = left[: len(columns)] if last else left[rows]
        r2i[served] = columns
        if number == 0 or overwritten:
            i2r[columns] = served
        left = np.setdiff1d(left, left[rows])
    return r2i, i2r


@pytest.mark.parametrize("case", CASES["pgm"])
def test_costs_are_those_of_the_released_code(released, case) -> None:
    cost, of = released("pgm", case)
    assert np.abs(cost - of("cost")).max() < 1e-4


@pytest.mark.parametrize(("method", "case"), EVERY)
def test_rounds_go_on_to_the_end(released, method, case) -> None:
    cost, of = released(method, case)
    found = match_clusters(cost, "progressive")
    if case == "fewer":  # the roles are swapped
        assert np.array_equal(found.to_visible, of("full"))
        first = match_clusters(cost, "hungarian").partner
        assert np.array_equal(found.partner, first)
        assert (first != NONE).all()
    else:
        assert np.array_equal(found.partner, of("full"))
    assert all((way != NONE).all() for way in (found.partner, found.to_visible))


@pytest.mark.parametrize("case", ["equal", "more", "twice"])
def test_where_two_rounds_suffice_pgm_is_right(released, case) -> None:
    cost, of = released("pgm", case)
    for rounds in (None, 2):
        found = match_clusters(cost, "progressive", rounds=rounds)
        for script in ("", "regdb_"):
            assert np.array_equal(found.partner, of(f"{script}r2i"))
            assert np.array_equal(found.to_visible, of(f"{script}i2r"))
    assert not of("step_raises")
    assert not of("regdb_raises")


@pytest.mark.parametrize("method", ["pgm", "nulc"])
def test_fewer_visible_clusters_swap_the_roles_as_on_regdb(released, method) -> None:
    cost, of = released(method, "fewer")
    found = match_clusters(cost, "progressive")
    assert np.array_equal(found.partner, of("regdb_r2i"))
    assert np.array_equal(found.to_visible, of("regdb_i2r"))


@pytest.mark.parametrize("method", ["pgm", "nulc", "pclhd"])
def test_on_sysu_fewer_visible_clusters_have_no_partner_in_the_released_codes(
    released, method
) -> None:
    cost, of = released(method, "fewer")
    assert (of("r2i") == NONE).all()
    assert (of("i2r") == NONE).all()
    if method == "pgm":
        assert not of("step_raises"), "nothing is said, and the cross loss is 0"
    else:
        assert of("raises")
    assert (match_clusters(cost, "progressive").partner != NONE).all()


def test_n_ulc_refuses_equal_numbers_of_clusters_and_vireid_does_not(released) -> None:
    cost, of = released("nulc", "equal")
    assert of("raises")
    assert (of("r2i") == NONE).all()
    found = match_clusters(cost, "progressive")
    for ours, theirs in ((found.partner, "regdb_r2i"), (found.to_visible, "regdb_i2r")):
        assert np.array_equal(ours, of(theirs))


@pytest.mark.parametrize("case", ["more", "twice", "over_twice", "thrice"])
def test_where_three_rounds_suffice_n_ulc_is_right(released, case) -> None:
    cost, of = released("nulc", case)
    for rounds in (None, 3):
        found = match_clusters(cost, "progressive", rounds=rounds)
        assert np.array_equal(found.partner, of("r2i"))
        assert np.array_equal(found.to_visible, of("i2r"))
    assert not of("raises")


@pytest.mark.parametrize("case", ["equal", "more", "twice", "over_twice", "thrice"])
def test_where_three_rounds_suffice_pclhd_is_right_one_way(released, case) -> None:
    cost, of = released("pclhd", case)
    for rounds in (None, 3):
        found = match_clusters(cost, "progressive", rounds=rounds)
        assert np.array_equal(found.partner, of("r2i"))
        assert np.array_equal(found.to_visible, of("i2r_first_round"))
    assert not of("raises")


@pytest.mark.parametrize("case", ["twice", "over_twice", "thrice", "over_thrice"])
def test_pclhd_overwrites_the_way_back_and_vireid_keeps_the_first_round(released, case) -> None:
    cost, of = released("pclhd", case)
    assert np.array_equal(by_script(cost, 3, overwritten=True)[1], of("i2r"))
    found = match_clusters(cost, "progressive")
    assert np.array_equal(found.to_visible, of("i2r_first_round"))
    columns = np.arange(cost.shape[1])
    theirs, ours = (cost[way, columns].sum() for way in (of("i2r"), found.to_visible))
    assert theirs > ours, "later rounds lead to dearer partners"
    assert (of("i2r") != found.to_visible).all()


FIRST = [
    *(("pgm", case, name) for case in CASES["pgm"][:4] for name in ("i2r", "regdb_i2r")),
    *(("nulc", case, "regdb_i2r") for case in CASES["nulc"] if case != "fewer"),
    *(("nulc", case, "i2r") for case in CASES["nulc"] if case not in ("equal", "fewer")),
    *(("pclhd", case, "i2r") for case in ("equal", "more")),
]


@pytest.mark.parametrize(("method", "case", "name"), FIRST)
def test_the_way_back_is_that_of_the_first_round_however_many_follow(
    released, method, case, name
) -> None:
    cost, of = released(method, case)
    for rounds in (None, 1, 2):
        found = match_clusters(cost, "progressive", rounds=rounds)
        assert np.array_equal(found.to_visible, of(name))


@pytest.mark.parametrize("case", ["equal", "more", "twice"])
def test_where_two_rounds_suffice_n_ulc_is_right_on_regdb(released, case) -> None:
    cost, of = released("nulc", case)
    for rounds in (None, 2):
        found = match_clusters(cost, "progressive", rounds=rounds)
        assert np.array_equal(found.partner, of("regdb_r2i"))


@pytest.mark.parametrize(
    ("method", "case", "name"),
    [
        *(("pgm", case, "regdb_raises") for case in CASES["pgm"]),
        *((method, "over_thrice", "raises") for method in ("nulc", "pclhd")),
    ],
)
def test_the_released_scripts_say_nothing_of_wrong_pairs(released, method, case, name) -> None:
    assert not released(method, case)[1](name)


WRONG = [
    ("pgm", "over_twice", "r2i", 2),
    ("pgm", "over_twice", "regdb_r2i", 2),
    *(("nulc", case, "regdb_r2i", 2) for case in ("over_twice", "thrice", "over_thrice")),
    ("nulc", "over_thrice", "r2i", 3),
    ("pclhd", "over_thrice", "r2i", 3),
]


@pytest.mark.parametrize(("method", "case", "name", "rounds"), WRONG)
def test_where_rounds_end_early_the_released_pairs_are_wrong(
    released, method, case, name, rounds
) -> None:
    cost, of = released(method, case)
    theirs = of(name)
    assert np.array_equal(by_script(cost, rounds)[0], theirs), "columns are read by a counter"
    assert (theirs == NONE).any(), "a batch with such a cluster ends in a KeyError"
    if method == "pgm" and name == "r2i":
        assert of("step_raises")
    capped = match_clusters(cost, "progressive", rounds=rounds).partner
    served = capped != NONE
    assert np.array_equal(capped[served], of("full")[served])
    before = match_clusters(cost, "progressive", rounds=rounds - 1).partner
    early = before != NONE
    assert np.array_equal(theirs[early], of("full")[early]), "the rounds before are right"
    assert (theirs[~early] != capped[~early]).any()
    whole = match_clusters(cost, "progressive").partner
    assert np.array_equal(whole, of("full"))
    assert np.count_nonzero(whole != theirs) > np.count_nonzero(theirs == NONE)


@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (2, 5), (4, 3), (1, 4), (4, 1)])
@pytest.mark.parametrize("rounds", [1, 2, 3])
@pytest.mark.parametrize("max_cost", [None, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_rounds_that_end_early_leave_clusters_over(shape, rounds, max_cost, seed) -> None:
    cost = np.random.default_rng(seed).random(shape)
    allowed = cost <= (np.inf if max_cost is None else max_cost)
    partner, joins = np.full(shape[0], NONE), np.full(shape[1], NONE)
    for _ in range(rounds):
        left = [p for p in range(shape[0]) if partner[p] == NONE and allowed[p].any()]
        if left:
            for p, q in one_to_one(cost, allowed, left, max_cost).items():
                partner[p] = q
    paired = np.flatnonzero(partner != NONE)
    turned, possible = cost[paired].T, allowed[paired].T
    for _ in range(rounds - 1):
        left = [
            q for q in range(shape[1])
            if q not in partner and joins[q] == NONE and possible[q].any()
        ]  # fmt: skip
        if left:
            for q, place in one_to_one(turned, possible, left, max_cost).items():
                joins[q] = NONE if place == NONE else paired[place]
    found = match_clusters(cost, "progressive", max_cost=max_cost, rounds=rounds)
    assert found.partner.tolist() == partner.tolist()
    assert found.visible_partner.tolist() == joins.tolist()


def test_one_round_is_one_to_one() -> None:
    cost = np.random.default_rng(0).random((7, 4))
    for side in (cost, cost.T):
        one, other = (
            match_clusters(side, "progressive", rounds=1), match_clusters(side, "hungarian")
        )  # fmt: skip
        assert np.array_equal(one.partner, other.partner)
        assert np.array_equal(one.to_visible, other.to_visible)


@pytest.mark.parametrize("shape", [(4, 3), (3, 0), (0, 0), (1, 1)])
def test_costs_are_those_of_plain_loops(shape) -> None:
    generator = np.random.default_rng(0)
    one, other = (generator.normal(size=(count, 6)) for count in shape)
    expected = np.empty(shape)
    for p, q in np.ndindex(shape):
        a, b = one[p].astype(np.float32).tolist(), other[q].astype(np.float32).tolist()
        product = sum(x * y for x, y in zip(a, b, strict=True))
        lengths = sum(x * x for x in a) * sum(y * y for y in b)
        expected[p, q] = 1 / np.exp(product / lengths**0.5)
    assert centre_cost(one, other) == pytest.approx(expected, abs=1e-12)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(DataError, match="centre 1 is zero"):
        centre_cost(np.eye(2), np.diag([1.0, 0.0]))
    with pytest.raises(DataError, match="2 dimensions, infrared 3"):
        centre_cost(np.eye(2), np.eye(3))
    for rounds, method in ((0, "progressive"), (2, "hungarian"), (1, "nearest")):
        with pytest.raises(ConfigError, match="rounds is"):
            match_clusters(np.ones((2, 2)), method, rounds=rounds)
