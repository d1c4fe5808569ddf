"""The figures of a study: its rows, its data, and what rows gain over others."""

from collections.abc import Sequence

from vireid.pages import Gains, draw_bars, draw_by_data, draw_gains, draw_sweep
from vireid.studies.results import Result, runs_of
from vireid.studies.study import Study
from vireid.studies.table import paired_differences

SHOWN = {"rank1": "Rank-1", "mAP": "mAP"}
"""The scores that figures show."""


def draw(study: Study, results: Sequence[Result], order: Sequence[str], ending: str = "") -> None:
    """Draw the figures of one protocol.

    Args:
        study: what was trained, and where the figures go.
        results: of one protocol, at least one.
        order: all rows of the study.
        ending: of the names of the files.
    """
    folder = study.folder.folder
    runs = {title: runs_of(results, order, name) for name, title in SHOWN.items()}
    figure = folder / f"results{ending}.png"
    if study.parameter is not None:
        draw_sweep(runs, figure, parameter=study.parameter)
    else:
        draw_bars(runs, figure)
    if len({result.data for result in results}) > 1:
        draw_by_data(runs, folder / f"by-data{ending}.png")
    gains = {title: _gains(results, study.pairs(order), name) for name, title in SHOWN.items()}
    if any(gains.values()):
        draw_gains(gains, folder / f"gains{ending}.png")


def _gains(results: Sequence[Result], pairs: Sequence[tuple[str, str]], name: str) -> Gains:
    """Return the differences of each pair that has some, by data and seed."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    for row, base in pairs:
        for (data, seed), value in paired_differences(results, row, base, name).items():
            of_data = found.setdefault(f"{row}\nover {base}", {}).setdefault(data, {})
            of_data[seed] = value
    return found
