"""What a study has found so far: one line for each data set, seed, row and protocol."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from io import StringIO
from typing import Any

from vireid.errors import CheckpointError, ConfigError

NUMBERS = (
    "rank1", "mAP", "mINP", "ari", "pair_precision", "coverage", "minutes", "training_mAP",
    "memory",
)  # fmt: skip
"""What is measured of a run."""
LATER = ("training_mAP", "memory", "protocol")
"""Columns that results of earlier versions lack."""
SCORES = ("rank1", "mAP", "mINP")
"""Numbers that depend on the protocol; the others are those of the run."""


@dataclass(frozen=True)
class Result:
    """One trained run of a study, scored by one protocol."""

    data: str
    """Name of the data."""
    seed: int
    """Seed of the training."""
    row: str
    """What was trained."""
    rank1: float
    """Rank-1 in percent, the mean over the protocol's draws."""
    mAP: float  # noqa: N815 - the metric's name
    """Mean average precision in percent."""
    mINP: float  # noqa: N815
    """Mean inverse negative penalty in percent."""
    ari: float | None
    """Adjusted Rand index of the shared labels of the last epoch on the clustered training
    images: matched labels, or mixed ones where nothing is matched; None where unknown."""
    pair_precision: float | None
    """Share of the matched cluster pairs that are right; None without matching or identities."""
    coverage: float | None
    """Share of the training images that ``ari`` speaks of; None where unknown."""
    minutes: float
    """Minutes of labelling and steps of all stages, shared ones included."""
    training_mAP: float | None = None  # noqa: N815
    """Mean average precision in percent of the infrared training images, each searched for among
    all visible ones; None where unknown. It may choose between settings, as test scores may not."""
    memory: float | None = None
    """Peak memory in MB of the process that trained the run, or of its GPU; None where unknown."""
    protocol: str = ""
    """The whole name of the protocol; empty in results of earlier versions, which were scored by
    the protocol of the data's layout."""

    @property
    def key(self) -> tuple[str, int, str]:
        """Data, seed and row."""
        return self.data, self.seed, self.row


COLUMNS = tuple(field.name for field in fields(Result))
"""Columns of the table of results."""


def make_result(
    key: tuple[str, int, str],
    scores: Mapping[str, float],
    epoch: Mapping[str, Any],
    seconds: float,
    training_mAP: float | None = None,  # noqa: N803
    memory: float | None = None,
    protocol: str = "",
) -> Result:
    """Put together what is known of a finished run and one protocol.

    Args:
        key: data, seed and row.
        scores: rank1, mAP and mINP in percent, and others.
        epoch: the last object of the run's log.
        seconds: of the training.
        training_mAP: of the training images in percent, where known.
        memory: peak in MB, where known.
        protocol: the whole name of the one that gave the scores.

    Returns:
        The result, rounded as it is written.
    """
    ari: Mapping[str, float] = epoch.get("ari", {})
    space = next((name for name in ("matched", "mixed") if name in epoch["clusters"]), "")

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return Result(
        *key,
        rank1=round(scores["rank1"], 4),
        mAP=round(scores["mAP"], 4),
        mINP=round(scores["mINP"], 4),
        ari=rounded(ari.get(space)),
        pair_precision=rounded(epoch.get("pair_precision")),
        coverage=rounded(epoch.get("coverage", {}).get(space)),
        minutes=round(seconds / 60, 3),
        training_mAP=rounded(training_mAP),
        memory=None if memory is None else round(memory, 1),
        protocol=protocol,
    )


def write_results(results: Iterable[Result]) -> str:
    """Turn results into CSV text.

    Args:
        results: in the order of the lines.

    Returns:
        A header and a line for each result; what is unknown is empty.
    """
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(result) for result in results)
    return text.getvalue()


def read_results(text: str, source: str = "results.csv") -> list[Result]:
    """Turn the text of ``write_results`` back into results.

    Args:
        text: CSV with the columns of ``Result``; those of ``LATER`` may be missing.
        source: where the text is from, for messages.

    Returns:
        The results, in order.

    Raises:
        CheckpointError: columns are missing or a value is no number.
    """
    reader = csv.DictReader(StringIO(text))
    given = tuple(reader.fieldnames or ())
    if given + tuple(name for name in LATER if name not in given) != COLUMNS:
        raise CheckpointError(f"{source} is damaged: expected the columns {','.join(COLUMNS)}")
    found = []
    for line in reader:
        try:
            numbers = {n: float(line[n]) if line.get(n) else None for n in NUMBERS}
            if None in (numbers[name] for name in ("rank1", "mAP", "mINP", "minutes")):
                raise ValueError("a score is empty")
            key = (line["data"], int(line["seed"]), line["row"])
            found.append(Result(*key, **numbers, protocol=line.get("protocol") or ""))  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise CheckpointError(
                f"{source}, line {reader.line_num} is damaged ({error}); take that line out"
            ) from error
    return found


def values_of(results: Sequence[Result], row: str, name: str) -> dict[tuple[str, int], float]:
    """Return one number of every run of a row.

    Args:
        results: of a study.
        row: which of them.
        name: one of ``NUMBERS``.

    Returns:
        The number by data and seed, where it is known.

    Raises:
        ConfigError: the number is a score, and the row was scored by several protocols.
    """
    chosen = [result for result in results if result.row == row]
    names = protocols_of(chosen)
    if name in SCORES and len(names) > 1:
        raise ConfigError(
            f"row {row} was scored by {'; '.join(names)}: choose one by of_protocol(results, NAME)"
        )
    found = {(result.data, result.seed): getattr(result, name) for result in chosen}
    return {key: value for key, value in found.items() if value is not None}


def protocols_of(results: Iterable[Result]) -> list[str]:
    """Return the protocols that results were scored by.

    Args:
        results: of a study.

    Returns:
        Whole names, in the order in which they come.
    """
    return list(dict.fromkeys(result.protocol for result in results))


def of_protocol(results: Iterable[Result], protocol: str) -> list[Result]:
    """Return the results of one protocol.

    Args:
        results: of a study.
        protocol: its whole name.

    Returns:
        Those results, in order.
    """
    return [result for result in results if result.protocol == protocol]


def runs_of(
    results: Sequence[Result], rows: Sequence[str], name: str
) -> dict[str, dict[str, list[float]]]:
    """Return one number of all runs, for figures.

    Args:
        results: of a study.
        rows: in the order wanted; those without a result are left out.
        name: one of ``NUMBERS``.

    Returns:
        Values in the order of the seeds, by row and data.
    """
    found: dict[str, dict[str, list[float]]] = {}
    names = list(dict.fromkeys(result.data for result in results))
    for row in rows:
        values = values_of(results, row, name)
        if values:
            found[row] = {
                data: [values[key] for key in sorted(values) if key[0] == data] for data in names
            }
    return found
