"""CMC curve, mAP and mINP against a loop over the queries: seconds, and equal results.

    python benchmarks/evaluation.py            # some minutes
    python benchmarks/evaluation.py --quick    # a tenth of the queries, seconds

Sizes are those of the published protocols; embeddings are drawn around a centre for each identity.
`retrieval_scores` and the loop are given the same similarities; `evaluate` and the loop are given
the embeddings, which both multiply in double precision. All in one process with one thread; the
best of three goes counts. What is compiled was compiled before. Ends with an error where scores are
not as many times faster as promised (without --quick).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from pages import best, options, publish, table

from vireid.metrics import Count, RetrievalScores, retrieval_scores
from vireid.scoring import Draw, Protocol, score
from vireid.types import Embeddings, Truth


@dataclass(frozen=True)
class Case:
    """A protocol's sizes."""

    name: str
    queries: int
    gallery: int
    identities: int
    draws: int
    count: Count
    rule: bool
    """Whether some queries ignore some of the gallery."""
    target: int = 1
    """How many times faster than the loop scores are at least to be."""


CASES = (
    Case(
        "SYSU-MM01, all-search, single-shot", 3803, 301, 96, 10, "identities", rule=True, target=50
    ),
    Case("SYSU-MM01, all-search, multi-shot", 3803, 3010, 96, 10, "identities", rule=True),
    Case("RegDB, one draw", 2060, 2060, 206, 1, "images", rule=False, target=30),
)


@dataclass(frozen=True)
class Given:
    """What both sides are given of a draw."""

    similarity: np.ndarray
    query_ids: np.ndarray
    gallery_ids: np.ndarray
    ignore: np.ndarray | None
    count: Count


@dataclass(frozen=True)
class Scene:
    """Embeddings and identities of images, and the draws over them."""

    embeddings: Embeddings
    truth: Truth
    protocol: Protocol

    def given(self, kind: type = np.float32) -> Iterator[Given]:
        """Yield what is given of each draw, multiplied in some precision."""
        vectors, identities = self.embeddings.vectors, self.truth.identities
        for draw in self.protocol.draws:
            query, gallery = (vectors[side].astype(kind) for side in (draw.query, draw.gallery))
            ids = identities[draw.query], identities[draw.gallery]
            yield Given(query @ gallery.T, *ids, draw.ignored(), self.protocol.count)


def scene(case: Case) -> Scene:
    """Draw the images of a case: the queries, then the gallery of each draw."""
    generator = np.random.default_rng(0)
    query_ids = generator.integers(0, case.identities, case.queries)
    gallery_ids = np.sort(generator.integers(0, case.identities, case.gallery))
    identities = np.concatenate([query_ids, *[gallery_ids] * case.draws])
    centres = generator.normal(size=(case.identities, 2048)).astype(np.float32)
    vectors = centres[identities]
    for rows in np.array_split(vectors, 1 + case.draws):
        rows += 5 * generator.normal(size=rows.shape).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    groups: tuple[np.ndarray, ...] = ()
    if case.rule:
        groups = (
            np.where(generator.random(case.queries) < 0.5, 0, -1),
            np.where(generator.random(case.gallery) < 0.25, 0, -1),
        )
    query, every = np.arange(case.queries), np.arange(case.queries, len(identities))
    draws = tuple(Draw(query, gallery, *groups) for gallery in np.split(every, case.draws))
    modality = np.zeros(len(identities), dtype=np.int64)
    protocol = Protocol(case.name, case.count, draws)
    return Scene(Embeddings(vectors, modality), Truth(identities), protocol)


def loop(given: Given) -> tuple[np.ndarray, float, float]:
    """Score one query after another, as one would write it down."""
    curves, precisions, penalties = [], [], []
    for i, identity in enumerate(given.query_ids):
        order = np.argsort(-given.similarity[i], kind="stable")
        if given.ignore is not None:
            order = order[~given.ignore[i, order]]
        ranked = given.gallery_ids[order]
        hits = np.flatnonzero(ranked == identity)
        if not len(hits):
            continue
        precisions.append(np.mean(np.arange(1, len(hits) + 1) / (hits + 1)))
        penalties.append(len(hits) / (hits[-1] + 1))
        if given.count == "identities":
            ranked = ranked[np.sort(np.unique(ranked, return_index=True)[1])]
        first = np.flatnonzero(ranked == identity)[0]
        curves.append(np.arange(20) >= first)
    return np.mean(curves, axis=0), float(np.mean(precisions)), float(np.mean(penalties))


def ours(given: Given) -> RetrievalScores:
    """Score all queries at once."""
    return retrieval_scores(
        given.similarity,
        given.query_ids,
        given.gallery_ids,
        ignore=given.ignore,
        count=given.count,
    )


def difference(slow: tuple[np.ndarray, float, float], fast: RetrievalScores) -> float:
    """Return the largest difference between the two sides' curves, mAP and mINP."""
    parts = (fast.cmc - slow[0], fast.mAP - slow[1], fast.mINP - slow[2])
    return max(float(np.abs(part).max()) for part in parts)


@dataclass(frozen=True)
class Measured:
    """Seconds of both sides, and how far their results are apart."""

    loop: float
    vireid: float
    products: float
    difference: float

    @property
    def ratio(self) -> float:
        """How many times faster."""
        return self.loop / self.vireid

    def cells(self) -> list[str]:
        """Return the columns of the table."""
        figures = f"{self.loop:.2f}", f"{self.vireid:.4f}", f"{self.ratio:.3g}"
        return [*figures, f"{self.products:.2f}", f"{self.difference:.0e}"]


def measure_scores(case: Case) -> Measured:
    """Measure `retrieval_scores`, which is given similarities."""
    drawn = scene(case)
    draws = list(drawn.given())
    apart = max(difference(loop(given), ours(given)) for given in draws)  # also compiles
    return Measured(
        best(lambda: [loop(given) for given in draws]),
        best(lambda: [ours(given) for given in draws]),
        best(lambda: list(drawn.given())),
        apart,
    )


def measure_evaluate(case: Case) -> Measured:
    """Measure `evaluate`, which is given embeddings."""
    drawn = scene(case)

    def whole() -> tuple[RetrievalScores, ...]:
        return score(drawn.embeddings, drawn.truth, drawn.protocol).draws

    pairs = zip(drawn.given(np.float64), whole(), strict=True)
    apart = max(difference(loop(given), scores) for given, scores in pairs)
    return Measured(
        best(lambda: [loop(given) for given in drawn.given(np.float64)]),
        best(whole),
        best(lambda: [given.count for given in drawn.given(np.float64)]),
        apart,
    )


def shortfall(case: Case, measured: Measured) -> list[str]:
    """Say where scores are not as many times faster as promised."""
    if measured.ratio >= case.target:
        return []
    return [f"{case.name}: {measured.ratio:.3g} times the loop's speed, expected {case.target}"]


def report(behind: list[str], *, quick: bool) -> Iterator[str]:
    """Yield the lines of the page, and note the cases whose scores are behind their target."""
    yield (
        "`python benchmarks/evaluation.py`, one thread, seconds, the best of three; products: "
        "the similarities themselves, D 2048. Scores: both sides are given them, in single "
        "precision. Evaluate: both compute them, in double precision, and their time is counted."
    )
    yield ""
    rows = []
    for case in CASES:
        chosen = replace(case, queries=case.queries // 10, draws=1) if quick else case
        size = f"{chosen.draws} x {chosen.queries:,} x {chosen.gallery:,}"
        scores = measure_scores(chosen)
        behind += [] if quick else shortfall(case, scores)
        for word, measured in (("scores", scores), ("evaluate", measure_evaluate(chosen))):
            rows.append([case.name, word, size, *measured.cells()])
    columns = ("loop over queries", "vireid", "ratio", "products", "largest difference")
    yield from table(("protocol", "of", "draws x queries x gallery", *columns), rows, words=2)


def main() -> None:
    """Measure, print and write the table; end with an error where a target is missed."""
    arguments = options(__doc__, "few queries").parse_args()
    behind: list[str] = []
    publish("evaluation", report(behind, quick=arguments.quick), quick=arguments.quick)
    if behind:
        raise SystemExit("; ".join(behind))


if __name__ == "__main__":
    main()
