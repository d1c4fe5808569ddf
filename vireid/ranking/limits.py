"""From which similarity on two images match, at a false-match rate."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from vireid.errors import ConfigError
from vireid.ranking.match_rates import MatchRates
from vireid.types import Modality, PairRates


@dataclass(frozen=True)
class Limit:
    """From which similarity on images of two modalities match."""

    modalities: tuple[Modality, Modality]
    """Of the two images, in either order."""
    similarity: float
    """The lowest one that matches."""
    rate: float
    """The share of the comparisons of two people that are so similar or more, or an upper bound of
    it, as the rates tell."""


def match_limits(
    rates: MatchRates, rate: float, pairs: set[tuple[Modality, Modality]], *, asked: bool
) -> tuple[Limit, ...]:
    """Return from which similarity on two images match, at a false-match rate.

    Args:
        rates: of the network.
        rate: the false-match rate, in (0, 1).
        pairs: the modalities that are compared, in any order.
        asked: whether the rate is the user's; else a rate below the least that is told for two
            modalities is that least one.

    Returns:
        A limit for each pair.

    Raises:
        ConfigError: the rate is out of range, the rates say nothing of a pair, or, where it is
            asked for, they tell no rate so low.
    """
    if not 0 < rate < 1:
        raise ConfigError(f"--false-match-rate {rate:g}: expected above 0 and below 1")
    return tuple(_limits(rates, rate, pairs, asked))


def _limits(
    rates: MatchRates, rate: float, pairs: set[tuple[Modality, Modality]], asked: bool
) -> Iterator[Limit]:
    """Yield the limit of each pair."""
    for one, other in itertools.combinations_with_replacement(Modality, 2):
        if (one, other) not in pairs and (other, one) not in pairs:
            continue
        names = f"{one.name.lower()}-{other.name.lower()}"
        pair = rates.of(one, other)
        if pair is None:
            raise ConfigError(
                f"the rates say nothing of {names}; `vireid calibrate` with images of both "
                "modalities"
            )
        found = pair.similarity_at(rate)
        if found is None and asked:
            raise ConfigError(
                f"--false-match-rate {rate:g}: the rates of {names} tell none below "
                f"{lowest(pair):.2g}; ask for that or more, or calibrate with more people"
            )
        if found is None:
            found = pair.similarity_at(lowest(pair))
        assert found is not None
        yield Limit((one, other), found, float(pair.false_match_rate(found)[0]))


def lowest(pair: PairRates) -> float:
    """Return the lowest false-match rate that is told of two modalities at any similarity.

    Args:
        pair: the rates.

    Returns:
        The rate, in [0, 1].
    """
    return float(pair.false_match_rate(pair.similarity)[0].min())
