"""The values that travel between rooms: frozen, and validated where they are made.

Each shows itself in a line: what it is, and how much of it.
"""

from vireid.types.arrays import NOISE, SYSU_CAMERAS, Bool, Float, Int, Modality
from vireid.types.cameras import CameraStatistics
from vireid.types.embeddings import Embeddings, Ranking
from vireid.types.images import Images, Truth
from vireid.types.labelling import Known, Labelling, LabelSpace
from vireid.types.labels import Matching, PseudoLabels
from vireid.types.levels import ANY, Levels, Span
from vireid.types.named_statistics import NamedStatistics
from vireid.types.pair_rates import PairRates
from vireid.types.short_name import short_name
from vireid.types.statistics_data import StatisticsData
from vireid.types.telling import Tell

__all__ = [
    "ANY",
    "NOISE",
    "SYSU_CAMERAS",
    "Bool",
    "CameraStatistics",
    "Embeddings",
    "Float",
    "Images",
    "Int",
    "Known",
    "LabelSpace",
    "Labelling",
    "Levels",
    "Matching",
    "Modality",
    "NamedStatistics",
    "PairRates",
    "PseudoLabels",
    "Ranking",
    "Span",
    "StatisticsData",
    "Tell",
    "Truth",
    "short_name",
]
