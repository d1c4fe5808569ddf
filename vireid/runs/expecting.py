"""False matches to expect at the results of a search by a run."""

from pathlib import Path

from vireid.errors import ConfigError
from vireid.ranking import FalseMatches, false_matches
from vireid.ranking.usable_rates import usable_rates
from vireid.ranking.within import check_most, within
from vireid.runs.folder import Run
from vireid.runs.looking import Looking
from vireid.types import Ranking


def expect_false_matches(
    run: Path | str,
    looking: Looking,
    ranking: Ranking,
    rates: Path | str | None = None,
    most: float | None = None,
) -> tuple[Ranking, FalseMatches | None]:
    """Say how many false matches to expect at each result, and cut lists where that is asked for.

    Args:
        run: the folder, which may keep rates, or the file of a checkpoint.
        looking: queries and gallery.
        ranking: what was found, [Q, K].
        rates: a file of rates, in place of the run's.
        most: leaves out results that come with more than so many, in each modality searched.

    Returns:
        The ranking, without what was cut, and the numbers; None where there are no rates.

    Raises:
        DataError: the rates named are of another network, or damaged.
        ConfigError: lists are to be cut, and there are no rates, or the number is no such.
    """
    check_most(most)
    gallery = looking.gallery
    known = usable_rates(rates, Run(Path(run)).rates_file, gallery.network, gallery.made_by())
    if known is None and most is not None:
        raise ConfigError(
            "--max-false-matches needs the error rates of the run: first `vireid calibrate RUN "
            "HELD-OUT-IMAGES`, or name them by --rates"
        )
    if known is None:
        return ranking, None
    found = false_matches(known, looking.queries, gallery, ranking, only=looking.only)
    return (ranking, found) if most is None else within(found, ranking, most)
