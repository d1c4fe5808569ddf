"""CMC curve, mAP and mINP against a loop over the queries: seconds, and equal results.

    python benchmarks/evaluation.py            # half a minute
    python benchmarks/evaluation.py --quick    # a tenth of the queries, seconds

Sizes are those of the published protocols; embeddings are drawn around a centre for each identity.
Both sides are given the same similarities, in one process with one thread, and the better of three
goes counts. What is compiled was compiled before.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from vireid.metrics import RetrievalScores, retrieval_scores
from vireid.metrics.retrieval import Count

OUT = Path(__file__).resolve().parents[1] / "docs" / "results" / "evaluation.md"
GOES = 3


@dataclass(frozen=True)
class Case:
    """A protocol's sizes."""

    name: str
    queries: int
    gallery: int
    identities: int
    trials: int
    count: Count
    rule: bool
    """Whether some queries ignore some of the gallery."""


CASES = (
    Case("SYSU-MM01, all-search, single-shot", 3803, 301, 96, 10, "identities", rule=True),
    Case("SYSU-MM01, all-search, multi-shot", 3803, 3010, 96, 10, "identities", rule=True),
    Case("RegDB, one trial", 2060, 2060, 206, 1, "images", rule=False),
)


@dataclass(frozen=True)
class Trial:
    """What both sides are given."""

    similarity: np.ndarray
    query_ids: np.ndarray
    gallery_ids: np.ndarray
    ignore: np.ndarray | None


def scene(case: Case) -> tuple[list[Trial], float]:
    """Return the trials of a case, and the seconds that their matrix products took."""
    generator = np.random.default_rng(0)
    query_ids = generator.integers(0, case.identities, case.queries)
    gallery_ids = np.sort(generator.integers(0, case.identities, case.gallery))
    centres = generator.normal(size=(case.identities, 2048)).astype(np.float32)
    query = unit(centres[query_ids], generator)
    ignore = None
    if case.rule:
        ignore = (generator.random(case.queries) < 0.5)[:, None] & (
            generator.random(case.gallery) < 0.25
        )
    trials, seconds = [], 0.0
    for _ in range(case.trials):
        gallery = unit(centres[gallery_ids], generator)
        start = perf_counter()
        similarity = query @ gallery.T
        seconds += perf_counter() - start
        trials.append(Trial(similarity, query_ids, gallery_ids, ignore))
    return trials, seconds


def unit(rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return noisy rows of unit length."""
    noisy = rows + 5 * generator.normal(size=rows.shape).astype(np.float32)
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def loop(trial: Trial, case: Case) -> tuple[np.ndarray, float, float]:
    """Score one query after another, as one would write it down."""
    curves, precisions, penalties = [], [], []
    for i, identity in enumerate(trial.query_ids):
        order = np.argsort(-trial.similarity[i], kind="stable")
        if trial.ignore is not None:
            order = order[~trial.ignore[i, order]]
        ranked = trial.gallery_ids[order]
        hits = np.flatnonzero(ranked == identity)
        if not len(hits):
            continue
        precisions.append(np.mean(np.arange(1, len(hits) + 1) / (hits + 1)))
        penalties.append(len(hits) / (hits[-1] + 1))
        if case.count == "identities":
            ranked = ranked[np.sort(np.unique(ranked, return_index=True)[1])]
        first = np.flatnonzero(ranked == identity)[0]
        curves.append(np.arange(20) >= first)
    return np.mean(curves, axis=0), float(np.mean(precisions)), float(np.mean(penalties))


def ours(trial: Trial, case: Case) -> RetrievalScores:
    """Score all queries at once."""
    return retrieval_scores(
        trial.similarity, trial.query_ids, trial.gallery_ids, ignore=trial.ignore, count=case.count
    )


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the best of some goes."""
    seconds = []
    for _ in range(GOES):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)


def difference(trials: list[Trial], case: Case) -> float:
    """Return the largest difference between the two sides' curves, mAP and mINP."""
    largest = 0.0
    for trial in trials:
        curve, precision, penalty = loop(trial, case)
        scores = ours(trial, case)
        parts = (scores.cmc - curve, scores.mAP - precision, scores.mINP - penalty)
        largest = max(largest, *(float(np.abs(part).max()) for part in parts))
    return largest


def measure(case: Case) -> str:
    """Return the row of a case."""
    trials, products = scene(case)
    apart = difference(trials, case)  # also compiles
    slow = best(lambda: [loop(trial, case) for trial in trials])
    fast = best(lambda: [ours(trial, case) for trial in trials])
    cells = [
        case.name,
        f"{case.trials} x {case.queries:,} x {case.gallery:,}",
        f"{slow:.2f}",
        f"{fast:.4f}",
        f"{slow / fast:.0f}",
        f"{products:.2f}",
        f"{apart:.0e}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few queries; writes no page")
    arguments = parser.parse_args()
    lines = [
        "`python benchmarks/evaluation.py`, one thread, seconds, the better of three; products: "
        "the similarities themselves, D 2048, which neither side's time holds.",
        "",
        "| protocol | trials x queries x gallery | loop over queries | vireid | ratio | products "
        "| largest difference |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for case in CASES:
        chosen = case
        if arguments.quick:
            chosen = Case(**vars(case) | {"queries": case.queries // 10, "trials": 1})
        lines.append(measure(chosen))
    page = "\n".join(lines) + "\n"
    print(page)
    if not arguments.quick:
        OUT.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
