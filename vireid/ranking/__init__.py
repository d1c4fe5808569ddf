"""Gallery and query: find a person in a collection of embedded images."""

from vireid.ranking.exact import search
from vireid.ranking.false_matches import FalseMatches, false_matches
from vireid.ranking.features import Features, read_features, write_labels
from vireid.ranking.gallery import Gallery, load_gallery, save_gallery
from vireid.ranking.judgement import Judgement
from vireid.ranking.judgements import append_judgement, read_judgements
from vireid.ranking.match_rates import MatchRates, load_rates, save_rates
from vireid.ranking.usual import usual_similarity

__all__ = [
    "FalseMatches",
    "Features",
    "Gallery",
    "Judgement",
    "MatchRates",
    "append_judgement",
    "false_matches",
    "load_gallery",
    "load_rates",
    "read_features",
    "read_judgements",
    "save_gallery",
    "save_rates",
    "search",
    "usual_similarity",
    "write_labels",
]
