"""Error rates of a network's comparisons, as a file; false matches that a search is to expect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.ranking.gallery import Gallery
from vireid.types import Bool, Modality, PairRates, Ranking
from vireid.types.pair_rates import CURVES, Numbers

FORMAT = 1
"""Version of the file."""
COUNTS = ("supported", "different", "disputed", "same", "clusters")
"""What else it says of two modalities."""


@dataclass(frozen=True)
class MatchRates:
    """How often comparisons of embeddings of one network err, by the modalities compared."""

    pairs: tuple[PairRates, ...]
    """One for each pair of modalities that was there."""
    network: str | None = None
    """Fingerprint of the network, as in ``Gallery``; rates hold for its embeddings alone."""
    source: str | None = None
    """Which run and stage that was, in words."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """How they were obtained: images of each modality, labellings, what tracks told."""

    def of(self, one: Modality, other: Modality) -> PairRates | None:
        """Return the rates of two modalities, in either order.

        Args:
            one: a modality.
            other: a modality.

        Returns:
            The rates; None where there are none.
        """
        wanted = sorted((one, other))
        return next((pair for pair in self.pairs if sorted(pair.modalities) == wanted), None)


@dataclass(frozen=True)
class FalseMatches:
    """False matches to expect for each of Q queries at each of K places."""

    expected: Numbers
    """[Q, K] other people's images of the found one's modality that are as similar as it; NaN where
    there is no image, or no rate."""
    bounded: Bool
    """[Q, K] whether it is only an upper bound: fewer are to be expected."""
    low: Numbers
    """[Q, K] lower end of the interval of the number expected."""
    high: Numbers
    """[Q, K] upper end."""

    def within(self, most: float) -> Bool:
        """Tell which places are to be kept.

        Args:
            most: false matches, for each query and modality searched.

        Returns:
            [Q, K]; False where nothing is known.
        """
        return self.expected <= most


def false_matches(
    rates: MatchRates,
    queries: Gallery,
    gallery: Gallery,
    ranking: Ranking,
    *,
    only: Modality | None = None,
) -> FalseMatches:
    """Say how many false matches each result of a search has to be expected to come with.

    That is the false-match rate at its similarity, times the number of gallery images of its
    modality: so many images of other people are as similar to a query, on average over queries.

    Args:
        rates: of the same network.
        queries: Q embedded images.
        gallery: G embedded images that were searched.
        ranking: what was found, [Q, K].
        only: the modality that was searched, where not all of it.

    Returns:
        Numbers [Q, K].

    Raises:
        DataError: the rates are of another network than the gallery.
    """
    check_rates(rates, gallery)
    expected, low, high = (np.full(ranking.order.shape, np.nan) for _ in range(3))
    bounded = np.zeros(ranking.order.shape, dtype=np.bool_)
    there = ranking.order >= 0
    of_query = queries.embeddings.modality[:, None]
    of_found = gallery.embeddings.modality[np.maximum(ranking.order, 0)]
    for one in Modality:
        for other in Modality if only is None else (only,):
            pair = rates.of(one, other)
            rows = there & (of_query == one) & (of_found == other)
            if pair is None or not rows.any():
                continue
            searched = int((gallery.embeddings.modality == other).sum())
            rate, bounded[rows] = pair.false_match_rate(ranking.similarity[rows])
            place = pair.row(ranking.similarity[rows])
            ends = pair.fmr_low[place], pair.fmr_high[place]
            expected[rows], low[rows], high[rows] = (one * searched for one in (rate, *ends))
    return FalseMatches(expected, bounded, low, high)


def check_rates(rates: MatchRates, gallery: Gallery) -> None:
    """Refuse rates of another network than that of a gallery.

    Args:
        rates: of comparisons.
        gallery: that is searched.

    Raises:
        DataError: they are.
    """
    if rates.network and gallery.network and rates.network != gallery.network:
        words = f" ({rates.source})" if rates.source else ""
        raise DataError(
            f"the rates are of network {rates.network}{words} and the gallery is of "
            f"{gallery.made_by()}, whose similarities mean something else; `vireid calibrate` with "
            "the same run, stage, levels and --centre"
        )


def save_rates(rates: MatchRates, path: Path) -> None:
    """Write rates to a JSON file, whole or not at all.

    Args:
        rates: of comparisons.
        path: the file.

    Raises:
        DataError: the file cannot be written.
    """
    told = {
        "format": FORMAT,
        "network": rates.network,
        "source": rates.source,
        "made": dict(rates.made),
        "pairs": [_told(pair) for pair in rates.pairs],
    }
    with whole_file(path) as whole:
        whole.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _told(pair: PairRates) -> dict[str, Any]:
    """Return the rates of two modalities as JSON takes them; null for what is not known."""
    values = asdict(pair) | {"modalities": pair.names, "similarity": pair.similarity.round(6)}
    for name in ("similarity", *CURVES):
        values[name] = [None if np.isnan(one) else one for one in values[name].tolist()]
    return values


def load_rates(path: Path | str) -> MatchRates:
    """Read rates that ``save_rates`` wrote.

    Args:
        path: the JSON file.

    Returns:
        The rates.

    Raises:
        DataError: the file is missing, damaged, or of a later version.
    """
    path = Path(path)
    expected = "expected a file from `vireid calibrate`"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        version = told["format"]
        if not isinstance(version, int) or version > FORMAT:
            raise DataError(f"it has format {version}; this version of vireid reads up to {FORMAT}")
        pairs = tuple(_read(one) for one in told["pairs"])
        return MatchRates(pairs, told["network"], told["source"], told["made"])
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {expected}") from error
    except (ValueError, KeyError, TypeError, DataError) as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else f"cannot be used: {error}"
        raise DataError(f"{path} {reason}; {expected}") from error


def _read(told: Mapping[str, Any]) -> PairRates:
    """Return the rates of two modalities."""
    names: Sequence[str] = told["modalities"]
    one, other = (Modality[name.upper()] for name in names)
    curves = {name: np.array(told[name], dtype=np.float64) for name in ("similarity", *CURVES)}
    return PairRates((one, other), **curves, **{name: told[name] for name in COUNTS})
