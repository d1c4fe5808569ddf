"""Labels that know cameras and tracks are those of one process."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from tests.forked import METHOD
from vireid.cluster import modal_neighbours, normalise_rows
from vireid.labelling import (
    CameraUse,
    ClusteringConfig,
    MultiMemoryMatching,
    TrackUse,
    label_spaces,
)
from vireid.parallel import let_first, shared_neighbours
from vireid.types import Embeddings, Known

SHARED_OUT = ClusteringConfig(k1=8, k2=3, neighbours="cameras")
EVERY = MultiMemoryMatching(
    single=SHARED_OUT,
    mixed=replace(SHARED_OUT, k1=12),
    cameras=CameraUse("camera", spread=True, first=True),
    tracks=TrackUse(labels=True, cluster="tracks", apart=True),
    memories=2,
)
LABELLERS = (EVERY, replace(EVERY, cameras=CameraUse("camera"), tracks=TrackUse(labels=True)))


def scene():
    generator = np.random.default_rng(3)
    people, camera = generator.integers(0, 6, 160), generator.integers(1, 5, 160)
    rows = generator.normal(size=(6, 12))[people] + generator.normal(size=(5, 12))[camera]
    rows += generator.normal(0, 0.4, rows.shape)
    modality = (camera > 2).astype(np.int64)
    time = 10.0 * people + generator.uniform(0, 12, 160)
    known = Known(modality, camera, 10 * people + camera, time)
    return Embeddings(normalise_rows(rows), modality), known


def labels(labeller, search):
    embeddings, known = scene()
    found = label_spaces(embeddings, labeller=labeller, known=known, search=search)
    return {name: space.labels for name, space in found.spaces.items()}


def one_of_two(rank: int, folder: str) -> None:
    """Label as one of two processes and leave what was found."""
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    for number, labeller in enumerate(LABELLERS):
        found = let_first(
            lambda search, one=labeller: labels(one, search), shared_neighbours, scene()[0]
        )
        np.savez(f"{folder}/{number}-{rank}.npz", **found)
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_two_processes_label_as_one(tmp_path: Path) -> None:
    multiprocessing.start_processes(one_of_two, (str(tmp_path),), nprocs=2, start_method=METHOD)
    for number, labeller in enumerate(LABELLERS):
        expected = labels(labeller, modal_neighbours)
        assert expected["visible"].max() > 2
        for rank in (0, 1):
            with np.load(tmp_path / f"{number}-{rank}.npz") as found:
                for name, own in expected.items():
                    np.testing.assert_array_equal(found[name], own, err_msg=name)
