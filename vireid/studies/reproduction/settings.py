"""The settings in which the literature evaluates each of the three public data sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vireid.data import LLCM, REGDB, SYSU_MM01, DataFolder, open_data
from vireid.data.layouts.regdb import FOLDS
from vireid.data.statistics import count, differing_counts
from vireid.errors import ConfigError, meant, some
from vireid.scoring import Direction, Mode, Protocol, ProtocolOptions, choose_protocol
from vireid.scoring.choice import known_truth
from vireid.scoring.tally import demand_matches

CARDS = {"sysu": SYSU_MM01, "regdb": REGDB, "llcm": LLCM}
"""The public data sets by the name of their protocol."""
MODES: tuple[Mode, ...] = ("all", "indoor")
SHOTS = {"single-shot": 1, "multi-shot": 10}
DIRECTIONS: tuple[Direction, ...] = ("visible-to-infrared", "infrared-to-visible")


@dataclass(frozen=True)
class Setting:
    """One way in which a data set is evaluated."""

    name: str
    """What tables call it."""
    options: ProtocolOptions
    """Its protocol."""


def settings_of(which: str) -> tuple[Setting, ...]:
    """Return every published setting of a data set, the one that chooses the oracle's epoch first.

    Args:
        which: sysu, regdb or llcm.

    Returns:
        Four of SYSU-MM01, both directions of the others.

    >>> [setting.name for setting in settings_of("regdb")]
    ['visible-to-infrared', 'infrared-to-visible']
    """
    if which == "sysu":
        return tuple(
            Setting(f"{mode}, {word}", ProtocolOptions("sysu", mode=mode, shots=shots))
            for mode in MODES
            for word, shots in SHOTS.items()
        )
    return tuple(Setting(way, ProtocolOptions(which, direction=way)) for way in DIRECTIONS)


def open_folds(which: str, data: Path, folds: Sequence[int] | None) -> dict[int | None, DataFolder]:
    """Open the data, all folds of it that are meant.

    Args:
        which: sysu, regdb or llcm.
        data: where it is.
        folds: of RegDB, 1 to 10; all where not given.

    Returns:
        The data by fold; by None where it has no folds.

    Raises:
        ConfigError: there is no such data set, the data has another layout, or folds are given
            and do not apply.
        DataError: the data cannot be used.
    """
    if which not in CARDS:
        near = meant(which, CARDS)
        raise ConfigError(f"{which} is given; expected one of {', '.join(CARDS)}{near}")
    found = open_data(data)
    if found.protocol != which:
        other = f"; did you mean reproduce {found.protocol}?" if found.protocol in CARDS else ""
        raise ConfigError(
            f"{data} does not have the layout of {CARDS[which].name}, which reproduce {which} "
            f"needs{other}"
        )
    if which == "regdb":
        chosen = tuple(dict.fromkeys(folds or range(1, FOLDS + 1)))
        return {fold: open_data(data, fold=fold) for fold in chosen}
    if folds is not None:
        raise ConfigError(f"--folds applies to regdb; {CARDS[which].name} has none: leave it out")
    return {None: found}


def whole_name(name: str) -> str:
    """Return what data is called without its fold.

    Args:
        name: of the data.

    Returns:
        The name of all folds together.

    >>> whole_name("RegDB, fold 3"), whole_name("SYSU-MM01")
    ('RegDB', 'SYSU-MM01')
    """
    whole, fold, number = name.rpartition(", fold ")
    return whole if fold and number.isdecimal() else name


def protocols_of(which: str, data: DataFolder) -> tuple[Protocol, ...]:
    """Return the protocols of all settings, each of which has a query that counts.

    Args:
        which: sysu, regdb or llcm.
        data: whose test part is evaluated.

    Returns:
        One for each setting, in their order.

    Raises:
        DataError: identities are unknown, or no query of a setting has a match.
    """
    found = tuple(choose_protocol(data, setting.options) for setting in settings_of(which))
    for protocol in found:
        demand_matches(protocol, known_truth(data))
    return found


def unlike_published(which: str, data: DataFolder) -> str:
    """Say in which counts the data differs from the published data set.

    Args:
        which: sysu, regdb or llcm.
        data: one fold of it.

    Returns:
        A few words; empty where all counts are the published ones.
    """
    counts, card = count(data), CARDS[which]
    return some(
        [
            f"{name} {counts.get(name, 0):,} (published {card.statistics[name]:,})"
            for name in differing_counts(counts, card)
        ]
    )
