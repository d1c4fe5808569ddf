"""Precision at rank 1 from judged results: the one figure for images whose people are unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vireid.errors import DataError
from vireid.metrics import GroupedShare, grouped_share, people_of
from vireid.ranking import Judgement, read_judgements


@dataclass(frozen=True)
class JudgedPrecision:
    """How often the first result of a search is right."""

    name: str
    """Modality of the queries and of the results, as ``infrared-visible``; ``all`` together."""
    network: str
    """Fingerprint of the network that searched; empty where unknown."""
    precision: GroupedShare
    """Share of the first results that are right, with its interval of 95%."""


def judged_precision(
    judged: Sequence[Judgement] | Path | str,
) -> tuple[JudgedPrecision, ...]:
    """Return precision at rank 1 by modalities, from what a person has said of results.

    It holds for queries like those that were judged: take them at random, and judge the first
    result of each. Judgements of one person count for less than so many people
    (``metrics.people_of``, ``metrics.grouped_share``).

    Args:
        judged: judgements, or the file that holds them; those of other ranks only tell which
            queries are of one person.

    Returns:
        For each network, one for each pair of modalities, and one for all where there are several.

    Raises:
        DataError: no first result is judged, or the file cannot be read.
    """
    every = read_judgements(judged) if isinstance(judged, str | Path) else tuple(judged)
    if not any(one.rank == 1 for one in every):
        where = f"{judged} holds" if isinstance(judged, str | Path) else "these are"
        raise DataError(
            f"{where} {len(every)} judgements, none of a first result; judge results of rank 1"
        )
    people = people_of(
        [one.query for one in every],
        [one.result for one in every],
        [one.judged == "right" for one in every],
    )
    rows: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(every):
        if one.rank == 1:
            name = f"{one.query_modality}-{one.modality}"
            rows.setdefault((one.network, name), []).append(number)
    for network in sorted({network for network, _ in rows}):
        parts = [part for (other, _), part in rows.items() if other == network]
        if len(parts) > 1:
            rows[network, "all"] = [number for part in parts for number in part]
    return tuple(
        JudgedPrecision(
            name,
            network,
            grouped_share([every[i].judged == "right" for i in part], people[part]),
        )
        for (network, name), part in sorted(rows.items(), key=_order)
    )


def _order(row: tuple[tuple[str, str], list[int]]) -> tuple[str, bool, str]:
    """Bring networks together, and ``all`` behind its parts."""
    (network, name), _ = row
    return network, name == "all", name
