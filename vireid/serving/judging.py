"""Results that people marked right or wrong: kept in a file, summed up, forgotten."""

import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vireid.errors import DataError
from vireid.ranking import Judgement, append_judgement, read_judgements
from vireid.ranking.judgement import Side, Verdict
from vireid.ranking.judgements import rename_judged
from vireid.scoring.judged import JudgedPrecision, judged_precision

FORGOTTEN = "forgotten-"
"""Begins what stands for a key that the gallery has forgotten; some random digits end it."""


@dataclass(frozen=True)
class Marked:
    """What a person says of a result."""

    query: str
    result: str
    rank: int
    similarity: float
    query_modality: Side
    judged: Verdict


class KeepsJudgements(Protocol):
    """Keeps what people say of results."""

    def keep(self, judgement: Judgement) -> None:
        """Keep a judgement; one of the same pair takes its place.

        Args:
            judgement: of a person.
        """
        ...

    def forget(self, keys: frozenset[str]) -> None:
        """Forget keys; what was said last of each pair is kept without them.

        Args:
            keys: of images that the gallery has forgotten.
        """
        ...

    def all(self) -> tuple[Judgement, ...]:
        """Return the judgements that hold."""
        ...


class JudgementFile:
    """A CSV file of judgements, as ``vireid judged`` reads it.

    Args:
        path: the file; made with the first judgement.

    Raises:
        DataError: there is a file of another kind, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self.all()

    def keep(self, judgement: Judgement) -> None:
        """Keep a judgement; it lies on the disk when this returns.

        Args:
            judgement: of a person.

        Raises:
            DataError: the file cannot be written.
        """
        with self._lock:
            append_judgement(self._path, judgement)

    def forget(self, keys: frozenset[str]) -> None:
        """Put words that tell nothing in place of keys; pairs of one image stay pairs of one.

        Args:
            keys: of images that the gallery has forgotten.

        Raises:
            DataError: the file cannot be written.
        """
        with self._lock:
            rename_judged(self._path, {key: FORGOTTEN + secrets.token_hex(8) for key in keys})

    def all(self) -> tuple[Judgement, ...]:
        """Return the judgements that hold."""
        return read_judgements(self._path) if self._path.exists() else ()


def precisions(judged: tuple[Judgement, ...], network: str | None) -> list[JudgedPrecision]:
    """Return how often the first result of a network is right.

    Args:
        judged: judgements that hold.
        network: its fingerprint.

    Returns:
        For each pair of modalities, and for all; nothing while no first result is judged.
    """
    mine = [one for one in judged if one.network in ("", network)]
    try:
        return list(judged_precision(mine))
    except DataError:
        return []
