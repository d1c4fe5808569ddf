"""Figures of a run and of a study, and the page of a data set.

The names are resolved when they are first used: what draws no curve loads no matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vireid.pages.curves import draw_training_curve
    from vireid.pages.data_card import DataCard, Panel, Table, card_page
    from vireid.pages.gains import Gains, draw_gains
    from vireid.pages.ranked_list import draw_ranked_list
    from vireid.pages.studies import Runs, draw_bars, draw_by_data, draw_sweep

_HOME = {
    "DataCard": "data_card",
    "Gains": "gains",
    "Panel": "data_card",
    "Runs": "studies",
    "Table": "data_card",
    "card_page": "data_card",
    "draw_bars": "studies",
    "draw_by_data": "studies",
    "draw_gains": "gains",
    "draw_ranked_list": "ranked_list",
    "draw_sweep": "studies",
    "draw_training_curve": "curves",
}

__all__ = [
    "DataCard",
    "Gains",
    "Panel",
    "Runs",
    "Table",
    "card_page",
    "draw_bars",
    "draw_by_data",
    "draw_gains",
    "draw_ranked_list",
    "draw_sweep",
    "draw_training_curve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.pages.{_HOME[name]}"), name)
