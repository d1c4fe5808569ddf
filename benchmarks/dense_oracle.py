"""The labelling pass as it is usually written: dense matrices and loops over samples."""

from time import perf_counter

import numpy as np
from sklearn.cluster import DBSCAN

Seconds = dict[str, float]


def label(rows: np.ndarray, *, k1: int, k2: int, eps: float) -> tuple[np.ndarray, Seconds]:
    """Cluster unit rows [N, D] by three dense [N, N] matrices; labels [N], -1 for noise."""
    marks = [perf_counter()]
    ranks = _neighbours(rows, k1)
    marks.append(perf_counter())
    distance = _distance(rows, ranks, k2)
    marks.append(perf_counter())
    labels = DBSCAN(eps=eps, min_samples=4, metric="precomputed").fit_predict(distance)
    marks.append(perf_counter())
    parts = np.diff(marks)
    return labels, dict(zip(("search", "distance", "dbscan"), parts.tolist(), strict=True))


def _neighbours(rows: np.ndarray, k: int) -> np.ndarray:
    ranks = np.empty((len(rows), k), dtype=np.int64)
    for start in range(0, len(rows), 1024):
        part = rows[start : start + 1024] @ rows.T
        part[np.arange(len(part)), start + np.arange(len(part))] = 2  # the sample itself first
        best = np.argpartition(-part, k, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(part, best, axis=1), axis=1, kind="stable")
        ranks[start : start + 1024] = np.take_along_axis(best, order, axis=1)
    return ranks


def _reciprocal(ranks: np.ndarray, i: int, k: int) -> np.ndarray:
    """Return the neighbours j among the k nearest of i that have i among theirs."""
    forward = ranks[i, :k]
    return forward[(ranks[forward, :k] == i).any(axis=1)]


def _distance(rows: np.ndarray, ranks: np.ndarray, k2: int) -> np.ndarray:
    count, k1 = ranks.shape
    half = min(round(k1 / 2) + 1, k1)
    weights = np.zeros((count, count), dtype=np.float32)
    halves = [_reciprocal(ranks, i, half) for i in range(count)]
    for i in range(count):
        near = _reciprocal(ranks, i, k1)
        grown = near
        for j in near:
            if len(np.intersect1d(halves[j], near)) > 2 / 3 * len(halves[j]):
                grown = np.append(grown, halves[j])
        grown = np.unique(grown)
        closeness = np.exp(-(2 - 2 * (rows[grown] @ rows[i])))
        weights[i, grown] = closeness / closeness.sum()
    weights = np.stack([weights[ranks[i, :k2]].mean(axis=0) for i in range(count)])
    holders = [np.flatnonzero(weights[:, column]) for column in range(count)]
    distance = np.empty((count, count), dtype=np.float32)
    for i in range(count):
        shared = np.zeros(count, dtype=np.float32)
        for column in np.flatnonzero(weights[i]):
            others = holders[column]
            shared[others] += np.minimum(weights[i, column], weights[others, column])
        distance[i] = 1 - shared / (2 - shared)
    return np.maximum(distance, 0, out=distance)
