"""Named generators."""

import numpy as np
import pytest

from vireid import seeds


def test_the_stream_of_a_name_never_changes():
    # A change here would make every earlier run impossible to repeat.
    assert seeds.derive(0) == 0x5FECEB66FFC86F38 >> 1
    assert seeds.derive(0, "sampling", "joint", 3) == seeds.derive(0, "sampling", "joint", "3")


def test_seeds_are_63_bits_and_differ_by_every_part():
    keys = [(s, n, e) for s in (-1, 0, 1) for n in ("sampling", "augment") for e in range(20)]
    found = {seeds.derive(*key) for key in keys}
    assert len(found) == len(keys)
    assert all(0 <= seed < 2**63 for seed in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, "2"), (12,)),
        ((0, "a", "b"), (0, "ab")),
        ((0, "a", "b"), (0, "b", "a")),
        ((0,), (0, "")),
    ],
)
def test_names_are_not_glued_together(one, other):
    assert seeds.derive(*one) != seeds.derive(*other)


def test_generators_repeat_are_fresh_and_leave_the_global_state_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not move
    first, second = seeds.generator(3, "a"), seeds.generator(3, "a")
    assert (first.random(4) == second.random(4)).all()
    assert first.random() != seeds.generator(3, "b").random()
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
