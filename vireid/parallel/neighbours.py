"""Neighbours, each process searching for its share of the rows."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch.distributed as dist
from numpy.typing import NDArray

from vireid.cluster import Neighbours, Search, modal_neighbours
from vireid.parallel.lost import exchange
from vireid.parallel.own_share import share
from vireid.types import Modality


def shared_neighbours(
    embeddings: NDArray[np.floating],
    modality: NDArray[np.integer],
    *,
    k: int | None,
    own_k: int | None,
    across: bool = False,
    search: Search | None = None,
) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
    """Find neighbours like ``cluster.modal_neighbours``, each process for a share of the rows.

    Every process calls this with the same arguments and gets the same whole result, which is
    equal to that of one process.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        k: neighbours among all rows, the sample itself included; None: not wanted.
        own_k: neighbours among the rows of the same modality, likewise; None: not wanted.
        across: look for these among the rows of the other modality instead.
        search: backend, device, threads and more.

    Returns:
        Neighbours among all rows [N, k], None where not wanted; and neighbours within each
        modality, or across.

    Raises:
        DataError: embeddings or a modality that cannot be searched.
        ConfigError: k or own_k below 1, or a backend that is not installed.
    """
    part = share()
    how = replace(search or Search(), part=part)
    found = modal_neighbours(embeddings, modality, k=k, own_k=own_k, across=across, search=how)
    if part[1] == 1:
        return found
    gathered: list[tuple[Neighbours | None, dict[Modality, Neighbours]]] = [found] * part[1]
    with exchange():
        dist.all_gather_object(gathered, found)
    mixed = None if found[0] is None else _joined([one for one, _ in gathered if one is not None])
    return mixed, {one: _joined([own[one] for _, own in gathered]) for one in found[1]}


def _joined(parts: list[Neighbours]) -> Neighbours:
    """Return the neighbours of all rows from those of consecutive shares."""
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
