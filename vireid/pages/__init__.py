"""Figures of a run and of a study, and the page of a data set."""

from vireid.pages.curves import draw_training_curve
from vireid.pages.data_card import DataCard, Panel, Table, card_page
from vireid.pages.ranked_list import draw_ranked_list
from vireid.pages.studies import Runs, draw_bars, draw_by_data, draw_sweep

__all__ = [
    "DataCard",
    "Panel",
    "Runs",
    "Table",
    "card_page",
    "draw_bars",
    "draw_by_data",
    "draw_ranked_list",
    "draw_sweep",
    "draw_training_curve",
]
