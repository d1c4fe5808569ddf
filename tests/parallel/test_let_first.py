"""The first process works, the others search with it and get what came of it."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from tests.forked import METHOD
from vireid.cluster import modal_neighbours, normalise_rows
from vireid.errors import DegenerateClusters
from vireid.labelling import ClusteringConfig, MultiMemoryMatching, label_spaces
from vireid.parallel import let_first, share, shared_neighbours
from vireid.types import Embeddings


def scene(seed, count=60):
    generator = np.random.default_rng(seed)
    rows = normalise_rows(generator.normal(size=(count, 8)).astype(np.float32))
    return Embeddings(rows, np.arange(count) % 2)


def alike(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def one_of_three(rank: int, folder: str) -> None:
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=3)
    known, others, acted = scene(0), scene(1, 31), []

    def act(search):
        acted.append(share()[0])
        return [
            search(known.vectors, known.modality, k=7, own_k=4),
            search(others.vectors, others.modality, k=5, own_k=None),
            search(known.vectors, known.modality, k=None, own_k=3),
            search(known.vectors, known.modality, k=None, own_k=3, across=True),
        ]

    found = let_first(act, shared_neighbours, known)
    assert acted == ([0] if rank == 0 else []), "only the first process works"
    expected = [
        modal_neighbours(known.vectors, known.modality, k=7, own_k=4),
        modal_neighbours(others.vectors, others.modality, k=5, own_k=None),
        modal_neighbours(known.vectors, known.modality, k=None, own_k=3),
        modal_neighbours(known.vectors, known.modality, k=None, own_k=3, across=True),
    ]
    for (mixed, own), (wanted, wanted_own) in zip(found, expected, strict=True):
        assert (mixed is None) == (wanted is None)
        assert mixed is None or alike(mixed, wanted)
        assert own.keys() == wanted_own.keys()
        assert all(alike(own[side], wanted_own[side]) for side in own)

    settings = MultiMemoryMatching(
        mixed=ClusteringConfig(k1=8, k2=3, neighbours="balanced"), subset=0.6
    )
    for labeller in (settings, replace(settings, subset=1.0)):
        labelled = partial(label_spaces, known, ("visible", "infrared", "mixed"), labeller)
        together = let_first(
            lambda search, do=labelled: do(search=search), shared_neighbours, known
        )
        for name, space in labelled().spaces.items():
            assert space.clusters
            assert np.array_equal(together.spaces[name].labels, space.labels)

    def fail(search):
        search(known.vectors, known.modality, k=2, own_k=None)
        raise DegenerateClusters("too few")

    with pytest.raises(DegenerateClusters, match="too few"):
        let_first(fail, shared_neighbours, known)
    assert let_first(lambda _: rank, shared_neighbours, known) == 0
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_three_processes_do_it_once(tmp_path):
    multiprocessing.start_processes(one_of_three, (str(tmp_path),), nprocs=3, start_method=METHOD)


def test_alone_it_is_done_at_once():
    known = scene(0)
    assert let_first(lambda search: search, modal_neighbours, known) is modal_neighbours
