"""k-means of each of many clusters at once, on a device."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vireid.cluster.kmeans_steps import (
    Cloud,
    Starts,
    best_moves,
    chosen_starts,
    cloud,
    first_least,
    mean_weights,
    membership,
    nearest_groups,
    squared_distances,
    start_weights,
)
from vireid.cluster.padded import Block, padded, places_of
from vireid.cluster.resident import near_rows
from vireid.types import Float, Int

_ASKED_EVERY = 4
"""Iterations between two questions whether all labels stay: each makes the host wait."""


class Partitions(NamedTuple):
    """The rows of C clusters, each split into groups."""

    centres: Float
    """[C, K, D] means of the groups; zeros after the last group of a cluster."""
    groups: Int
    """[C] groups of each cluster, 1..K."""
    labels: Int
    """[N] group of each row, -1 for rows that no cluster holds."""


def kmeans_each(
    rows: Tensor,
    members: Sequence[Int],
    k: int,
    *,
    generator: np.random.Generator,
    n_init: int = 4,
    max_iterations: int = 100,
) -> Partitions:
    """Split each cluster into k groups as ``kmeans`` does, one after the other.

    The algorithm and the draws are those of ``kmeans``, in double precision; groups that differ
    by rounding alone may bear each other's numbers. Takes up to twice the memory of the rows in
    double precision.

    Args:
        rows: [N, D] float32 on any device, finite.
        members: the rows of each cluster, at least one.
        k: groups wanted, at least 1.
        generator: source of the starts; afterwards it is where ``kmeans`` would have left it.
        n_init: starts of each cluster, at least 1.
        max_iterations: bound on Lloyd's iterations, and on single moves.

    Returns:
        The best partition of each cluster.
    """
    blocks = list(padded(members, rows.shape[1]))
    clouds = [_cloud(rows, block) for block in blocks]
    sizes = np.array([len(group) for group in members], dtype=np.int64)
    starts = _starts(blocks, clouds, sizes, (k, n_init), generator)
    labels = np.full(len(rows), -1, dtype=np.int64)
    means, groups = [], np.empty(len(members), dtype=np.int64)
    for block, of, start in zip(blocks, clouds, starts, strict=True):
        best = _improved(of, start, max_iterations)
        means.append((mean_weights(best, k) @ rows[near_rows(rows, block.rows)].double()).float())
        labels[block.rows[block.inside]] = best.cpu().numpy()[block.inside]
        groups[block.groups] = start.groups.cpu().numpy()
    if not means:
        return Partitions(np.zeros((0, k, rows.shape[1]), dtype=np.float32), groups, labels)
    centres = torch.cat(means)[near_rows(rows, places_of(blocks, len(members)))]
    return Partitions(centres.cpu().numpy(), groups, labels)


def _cloud(rows: Tensor, block: Block) -> Cloud:
    return cloud(rows[near_rows(rows, block.rows)].double(), near_rows(rows, block.inside))


def _starts(
    blocks: Sequence[Block],
    clouds: Sequence[Cloud],
    sizes: Int,
    wanted: tuple[int, int],
    generator: np.random.Generator,
) -> list[Starts]:
    """Choose the starts of all clusters with the draws that one after the other would make.

    A cluster with fewer different rows than groups draws less, and shifts the draws of all after
    it. How often each draws is guessed; where a guess was wrong, all begin again with what was
    found. The first wrong guess is right then, so this ends; mostly at once.
    """
    k, n_init = wanted
    rounds, before = np.minimum(sizes, k) - 1, generator.bit_generator.state
    while True:
        generator.bit_generator.state = before
        first, draws = _draws(sizes, rounds, k, n_init, generator)
        found = []
        for block, of in zip(blocks, clouds, strict=True):
            mine = (near_rows(of.inside, array[block.groups]) for array in (first, draws))
            found.append(chosen_starts(of, *mine))
        used = np.empty_like(rounds)
        if found:
            counted = torch.cat([start.groups for start in found]).cpu().numpy()
            used[np.concatenate([block.groups for block in blocks])] = counted - 1
        if np.array_equal(used, rounds):
            return found
        rounds = used


def _draws(
    sizes: Int, rounds: Int, k: int, n_init: int, generator: np.random.Generator
) -> tuple[Int, NDArray[np.float64]]:
    """Draw first rows [C, n_init] and, in the rounds of each cluster, [C, k - 1, n_init, tries]."""
    tries = 2 + int(np.log(k))
    first = np.empty((len(sizes), n_init), dtype=np.int64)
    draws = np.zeros((len(sizes), k - 1, n_init, tries))
    for cluster, (size, count) in enumerate(zip(sizes.tolist(), rounds.tolist(), strict=True)):
        first[cluster] = generator.integers(size, size=n_init)
        draws[cluster, :count] = generator.random((count, n_init, tries))
    return first, draws


def _improved(of: Cloud, start: Starts, max_iterations: int) -> Tensor:
    """Return the groups [B, S] of the best start, -1 outside."""
    weights = start_weights(of, start)
    k = weights.shape[2]
    real = torch.arange(k, device=weights.device) < start.groups[:, None]
    labels = torch.full_like(weights[:, :, 0], -1, dtype=torch.int64)
    for moving in (False, True):
        for iteration in range(1, max_iterations + 1):
            squared = squared_distances(of, weights)
            if moving:
                improved = best_moves(of, squared, labels, real)
            else:
                improved = nearest_groups(of, squared, real)
            if iteration % _ASKED_EVERY == 0 and torch.equal(improved, labels):
                break
            labels, weights = improved, mean_weights(improved, k)
    squared = squared_distances(of, weights)
    inertia = squared.masked_fill(~membership(labels, k), 0).sum(dim=(2, 3))
    best = first_least(inertia)
    return labels.gather(1, best[:, None, None].expand(-1, 1, labels.shape[2]))[:, 0]
