"""Memories of several terms that move side by side."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.terms import Kept, Move, turns_of
from vireid.terms.memory import move_rows, moved_rows


def units(count, seed, size=6):
    generator = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(count, size, generator=generator))


def move(kept, labels, momentum=0.1, hardest=False, name="memory"):
    planned = {key: torch.from_numpy(value) for key, value in turns_of(labels).items()}
    return Move(
        kept, name, planned["clusters"], planned["turns"], momentum=momentum, hardest=hardest
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("momenta", [(0.1, 0.1, 0.1), (0.1, 0.5, 0.0)])
def test_moves_side_by_side_are_those_of_each_alone(seed, momenta):
    generator, embeddings = np.random.default_rng(seed), units(30, seed)
    sizes, hardest = (9, 4, 20), (False, True, False)
    labels = [generator.integers(-1, size - 1, 30) for size in sizes]
    kept = [Kept({"memory": units(size, seed + 10 + size)}) for size in sizes]
    expected = [
        moved_rows(
            one["memory"], embeddings, torch.from_numpy(own), momentum=momentum, hardest=hard
        )
        for one, own, momentum, hard in zip(kept, labels, momenta, hardest, strict=True)
    ]
    given = zip(kept, labels, momenta, hardest, strict=True)
    move_rows([move(*one) for one in given], embeddings)
    for one, other in zip(kept, expected, strict=True):
        assert torch.equal(one["memory"], other)


def test_moves_of_the_same_memory_are_made_one_after_the_other():
    embeddings, rows = units(20, 0), units(5, 1)
    kept, other = Kept({"memory": rows, "more": rows}), Kept({"memory": rows})
    one, two = np.arange(20) % 5, np.arange(20) % 3
    move_rows(
        [move(kept, one), move(other, two), move(kept, two, 0.7), move(kept, two, name="more")],
        embeddings,
    )
    first = moved_rows(rows, embeddings, torch.from_numpy(one), momentum=0.1)
    second = moved_rows(first, embeddings, torch.from_numpy(two), momentum=0.7)
    assert torch.equal(kept["memory"], second)
    alone = moved_rows(rows, embeddings, torch.from_numpy(two), momentum=0.1)
    assert torch.equal(kept["more"], alone)
    assert torch.equal(other["memory"], alone)


@pytest.mark.parametrize("seed", range(3))
def test_turns_name_each_row_once_in_the_order_of_the_batch(seed):
    generator = np.random.default_rng(seed)
    labels, rows = generator.integers(-1, 6, 40), np.sort(generator.permutation(100)[:40])
    found = turns_of(labels, rows)
    clusters, turns = found["clusters"], found["turns"]
    assert clusters.tolist() == sorted(set(labels.tolist()) - {-1})
    for cluster, column in zip(clusters, turns.T, strict=True):
        own = rows[labels == cluster]
        assert column[: len(own)].tolist() == own.tolist()
        assert (column[len(own) :] == -1).all()
    assert len(turns) == np.bincount(labels[labels >= 0]).max()


def test_no_moves_move_nothing():
    move_rows([], units(3, 0))
    found = turns_of(np.array([-1, -1]))
    assert (found["clusters"].shape, found["turns"].shape) == ((0,), (0, 0))
