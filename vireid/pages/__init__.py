"""Figures of a run and of a study, the pages of a run and of a data set, and a model card.

The names are resolved when they are first used: what draws no curve loads no matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vireid.pages.curves import draw_training_curve
    from vireid.pages.data_card import DataCard, Panel, Table, card_page
    from vireid.pages.gains import Gains, draw_gains
    from vireid.pages.model_card import ModelCard, Score, model_card_text
    from vireid.pages.plots import Bars, Histogram, Line, LinePlot, Plot, PointMap
    from vireid.pages.ranked_list import draw_ranked_list
    from vireid.pages.report import (
        Commands,
        Lines,
        Part,
        Plots,
        Report,
        Section,
        Shot,
        Strip,
        report_page,
    )
    from vireid.pages.studies import Runs, draw_bars, draw_by_data, draw_sweep

_HOME = {
    "Bars": "plots",
    "Commands": "report",
    "DataCard": "data_card",
    "Gains": "gains",
    "Histogram": "plots",
    "Line": "plots",
    "LinePlot": "plots",
    "Lines": "report",
    "ModelCard": "model_card",
    "Panel": "data_card",
    "Part": "report",
    "Plot": "plots",
    "Plots": "report",
    "PointMap": "plots",
    "Report": "report",
    "Runs": "studies",
    "Score": "model_card",
    "Section": "report",
    "Shot": "report",
    "Strip": "report",
    "Table": "data_card",
    "card_page": "data_card",
    "draw_bars": "studies",
    "draw_by_data": "studies",
    "draw_gains": "gains",
    "draw_ranked_list": "ranked_list",
    "draw_sweep": "studies",
    "draw_training_curve": "curves",
    "model_card_text": "model_card",
    "report_page": "report",
}

__all__ = [
    "Bars",
    "Commands",
    "DataCard",
    "Gains",
    "Histogram",
    "Line",
    "LinePlot",
    "Lines",
    "ModelCard",
    "Panel",
    "Part",
    "Plot",
    "Plots",
    "PointMap",
    "Report",
    "Runs",
    "Score",
    "Section",
    "Shot",
    "Strip",
    "Table",
    "card_page",
    "draw_bars",
    "draw_by_data",
    "draw_gains",
    "draw_ranked_list",
    "draw_sweep",
    "draw_training_curve",
    "model_card_text",
    "report_page",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"vireid.pages.{_HOME[name]}"), name)
