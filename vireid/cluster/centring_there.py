"""The same as ``centring``, of embeddings that lie on a device, and there."""

import numpy as np
import torch
from torch import Tensor

from vireid.cluster.centring import SMALLEST, camera_groups, shrunk
from vireid.cluster.resident import near_rows
from vireid.types import Int

_BLOCK = 8192
"""Rows in double precision at a time; bounds memory."""


def centred_there(
    rows: Tensor, modality: Int, camera: Int | None, *, spread: bool = False, shrink: float = 0.0
) -> Tensor:
    """Take the mean of its camera off each row: ``centred`` by the ``camera_statistics`` of all.

    Everything is computed in double precision, without atomic additions; nothing is
    waited for but the copy of which rows are of which camera.

    Args:
        rows: [N, D] float32 of unit length, on any device that computes in double precision.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers, 0 where unknown; None where all are unknown.
        spread: whether each dimension is divided by its standard deviation.
        shrink: how many images of its modality's mean are added to a camera, at least 0.

    Returns:
        [N, D] float32 rows of unit length, there.
    """
    groups = camera_groups(modality, camera)
    if not groups:
        return rows
    which = np.zeros(len(rows), dtype=np.int64)
    for place, (*_, members) in enumerate(groups):
        which[members] = place  # a camera's place comes after that of its modality
    sizes = [len(members) for *_, members in groups]
    sent = near_rows(rows, np.concatenate([which, *(members for *_, members in groups)]))
    places, *parts = torch.split(sent, [len(rows), *sizes])
    found = list(shrunk(groups, (_moments(rows, part) for part in parts), shrink))
    mean = torch.stack([mean for mean, _ in found])
    deviation = torch.stack([variance for _, variance in found]).sqrt().clamp(min=SMALLEST)
    blocks = zip(torch.split(rows, _BLOCK), torch.split(places, _BLOCK), strict=True)
    return torch.cat(
        [
            _moved(some.double(), mean[place], deviation[place] if spread else None)
            for some, place in blocks
        ]
    )


def _moved(rows: Tensor, mean: Tensor, deviation: Tensor | None) -> Tensor:
    """Return rows [B, D] without their means, float32 of unit length."""
    moved = rows - mean if deviation is None else (rows - mean) / deviation
    lost = torch.linalg.vector_norm(moved, dim=1, keepdim=True) < SMALLEST
    kept = torch.where(lost, rows, moved)
    return (kept / torch.linalg.vector_norm(kept, dim=1, keepdim=True)).float()


def _moments(rows: Tensor, members: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance [D] of some rows, in double precision."""
    parts = torch.split(members, _BLOCK)
    mean = torch.stack([rows[part].double().sum(dim=0) for part in parts]).sum(dim=0) / len(members)
    away = [(rows[part].double() - mean).square().sum(dim=0) for part in parts]
    return mean, torch.stack(away).sum(dim=0) / len(members)
