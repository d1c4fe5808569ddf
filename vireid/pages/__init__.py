"""Figures of a run and of a study."""

from vireid.pages.curves import draw_training_curve
from vireid.pages.ranked_list import draw_ranked_list
from vireid.pages.studies import Runs, draw_bars, draw_by_data, draw_sweep

__all__ = [
    "Runs",
    "draw_bars",
    "draw_by_data",
    "draw_ranked_list",
    "draw_sweep",
    "draw_training_curve",
]
