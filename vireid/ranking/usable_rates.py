"""Which error rates a search is told of: those that are named, or those that a run keeps."""

import warnings
from pathlib import Path

from vireid.errors import DataError
from vireid.ranking.match_rates import MatchRates, check_rates, load_rates


def usable_rates(
    named: Path | str | None, kept: Path | None, network: str | None, made_by: str
) -> MatchRates | None:
    """Return the rates that are named, or those that a run keeps if they fit a gallery.

    A file of a run that is damaged or of another network is passed over with a warning, as nobody
    asked for it.

    Args:
        named: a file that somebody asks for.
        kept: the file of the run, which need not be there.
        network: fingerprint of what made the gallery; None where unknown.
        made_by: the same in words.

    Returns:
        The rates; None where there are none.

    Raises:
        DataError: rates that are named are damaged or of another network.
    """
    file = kept if named is None else Path(named)
    if file is None or (named is None and not file.is_file()):
        return None
    try:
        rates = load_rates(file)
        check_rates(rates, network, made_by)
    except DataError as error:
        if named is not None:
            raise
        warnings.warn(f"{file} is not used: {error}", stacklevel=3)
        return None
    if rates.network is None:
        warnings.warn(
            f"{file} does not say of which network it is; if that was another one than the "
            "gallery's, the false matches to expect mean nothing: calibrate again",
            stacklevel=3,
        )
    return rates
