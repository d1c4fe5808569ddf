"""Figures of a run."""

from vireid.report.curves import draw_training_curve
from vireid.report.ranked_list import draw_ranked_list

__all__ = ["draw_ranked_list", "draw_training_curve"]
