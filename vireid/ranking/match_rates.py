"""Error rates of a network's comparisons, and the file that keeps them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.ranking.gallery import Gallery
from vireid.types import Modality, PairRates
from vireid.types.pair_rates import CURVES

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
    values: dict[str, Any] = {**curves, **{name: told[name] for name in COUNTS}}
    return PairRates((one, other), **values)
