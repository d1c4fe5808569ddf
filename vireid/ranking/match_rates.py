"""Error rates of a network's comparisons, and the file that keeps them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
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


def check_rates(rates: MatchRates, network: str | None, made_by: str) -> None:
    """Refuse rates of another network than that of a gallery.

    Args:
        rates: of comparisons.
        network: fingerprint of what made the gallery; nothing is known where None.
        made_by: the same in words.

    Raises:
        DataError: they are.
    """
    if rates.network and network and rates.network != network:
        words = f" ({rates.source})" if rates.source else ""
        raise DataError(
            f"the rates are of network {rates.network}{words} and the gallery is of {made_by}, "
            "whose similarities mean something else; `vireid calibrate` with the same run, stage, "
            "levels and --centre"
        )


def save_rates(rates: MatchRates, path: Path | str) -> None:
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
    with whole_file(Path(path)) as whole:
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
        return _rates(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); {expected}") from error
    except KeyError as error:
        raise DataError(f"{path} lacks {error}; {expected}") from error
    except (ValueError, TypeError, OverflowError, RecursionError, DataError) as error:
        raise DataError(f"{path} cannot be used: {error}; {expected}") from error


def _rates(told: Any) -> MatchRates:
    """Return the rates that a file holds."""
    _demand("the file", told, dict)
    version = told["format"]
    _demand("format", version, int)
    if not 1 <= version <= FORMAT:
        raise DataError(f"it has format {version}; this version of vireid reads up to {FORMAT}")
    _demand("network", told["network"], str, type(None))
    _demand("source", told["source"], str, type(None))
    _demand("made", told["made"], dict)
    _demand("pairs", told["pairs"], list)
    pairs = tuple(_read(one) for one in told["pairs"])
    kinds = [tuple(sorted(pair.modalities)) for pair in pairs]
    if len(set(kinds)) < len(kinds):
        raise DataError("it holds two modalities twice")
    return MatchRates(pairs, told["network"], told["source"], told["made"])


def _demand(name: str, value: object, *kinds: type) -> None:
    """Refuse a value of another type; true and false are no numbers."""
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise DataError(f"{name} is a {type(value).__name__}; expected {kinds[0].__name__}")


def _read(told: Any) -> PairRates:
    """Return the rates of two modalities."""
    _demand("an entry of pairs", told, dict)
    names, known = told["modalities"], {one.name.lower(): one for one in Modality}
    if not isinstance(names, list) or len(names) != 2 or {*map(str, names)} - {*known}:
        raise DataError(f"modalities are {names}; expected two of {', '.join(known)}")
    curves = {name: np.array(told[name], dtype=np.float64) for name in ("similarity", *CURVES)}
    values: dict[str, Any] = {**curves, **{name: told[name] for name in COUNTS}}
    return PairRates((known[names[0]], known[names[1]]), **values)
