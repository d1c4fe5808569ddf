"""What several processes find together is what one finds alone."""

from pathlib import Path

import numpy as np
import pytest
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from tests.forked import METHOD
from vireid.cluster import modal_neighbours, nearest_neighbours
from vireid.parallel import share, shared_neighbours
from vireid.types import Modality


def scene(count, size=16):
    generator = np.random.default_rng(count)
    rows = generator.normal(size=(count, size)).astype(np.float32)
    rows[count // 2] = rows[0]  # a tie across the shares
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows, generator.integers(0, 2, count)


def one_of_two(rank: int, folder: str) -> None:
    """Search as one of two processes and leave what was found."""
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    assert share() == (rank, 2)
    for count in (41, 3):
        mixed, own = shared_neighbours(*scene(count), k=9, own_k=5)
        parts = [*mixed, *own[Modality.VISIBLE], *own[Modality.INFRARED]]
        _, other = shared_neighbours(*scene(count), k=None, own_k=4, across=True)
        parts += [*other[Modality.VISIBLE], *other[Modality.INFRARED]]
        np.savez(f"{folder}/{count}-{rank}.npz", *parts)
    only, own = shared_neighbours(*scene(41), k=None, own_k=5)
    assert only is None
    assert len(own) == 2
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    multiprocessing.start_processes(one_of_two, (str(tmp_path),), nprocs=2, start_method=METHOD)
    for count in (41, 3):
        rows, modality = scene(count)
        mixed, own = modal_neighbours(rows, modality, k=9, own_k=5)
        np.testing.assert_array_equal(mixed[0], nearest_neighbours(rows, 9)[0])
        _, other = modal_neighbours(rows, modality, k=None, own_k=4, across=True)
        expected = [*mixed, *own[Modality.VISIBLE], *own[Modality.INFRARED]]
        expected += [*other[Modality.VISIBLE], *other[Modality.INFRARED]]
        for rank in (0, 1):
            with np.load(tmp_path / f"{count}-{rank}.npz") as found:
                for one, other in zip(expected, found.values(), strict=True):
                    np.testing.assert_array_equal(one, other)


def test_a_single_process_searches_for_everything() -> None:
    assert share() == (0, 1)
    rows, modality = scene(20)
    mixed, own = shared_neighbours(rows, modality, k=4, own_k=None)
    np.testing.assert_array_equal(mixed[0], nearest_neighbours(rows, 4)[0])
    assert own == {}
