"""What a run is known to fail at, as far as its folder tells, and what all such networks do."""

from collections.abc import Iterator

from vireid.metrics import clarity_word
from vireid.reporting.curves import troubles
from vireid.reporting.facts import RunFacts
from vireid.reporting.written_scores import Written

ALWAYS = (
    "People in like clothes are taken for each other, above all in infrared, where colours are "
    "lost.",
    "People who change clothes, or are hidden in part, are often not found.",
    "A ranked list has a best image also where the person is not in the gallery; vireid "
    "calibrate learns how many false matches to expect.",
)


def failures(facts: RunFacts) -> Iterator[str]:
    """Say at what the network is known to fail.

    Args:
        facts: of its run.

    Yields:
        Sentences, those on this run first.
    """
    if not facts.whole:
        yield f"The training is not finished: {facts.state}."
    for written in facts.scores[:1]:
        yield from _of_scores(written)
    if not facts.scores:
        yield "How often it fails is not known: it was never evaluated on people with identities."
    clarity = facts.epochs[-1].get("clarity") if facts.epochs else None
    if clarity is not None and clarity_word(clarity) == "doubtful":
        yield f"The labels that it was trained on look doubtful: clarity {clarity:.2f}."
    yield from troubles(facts.epochs)
    yield from ALWAYS


def _of_scores(written: Written) -> Iterator[str]:
    stage, means = written.last
    if "rank1" in means:
        yield (
            f"Of 100 queries, the first image is of another person for "
            f"{100 - means['rank1']:.0f} ({written.key}, after {stage})."
        )
    if written.cameras is not None and len(written.cameras.rows) > 1:
        rows = sorted(written.cameras.rows, key=lambda row: float(str(row[2])))
        yield (
            f"By camera of the query, Rank-1 is lowest for camera {rows[0][0]} ({rows[0][2]}%) and "
            f"highest for camera {rows[-1][0]} ({rows[-1][2]}%)."
        )
    copies = written.facts.get("copies") or {}
    if copies.get("found"):
        yield (
            f"{copies['found']} queries have an exact copy of themselves in their gallery: the "
            "scores are too good."
        )
