"""Terms of a stage's loss; each is a dataclass of settings that is read without torch."""

from vireid.terms.classifier import Classifier
from vireid.terms.cluster_nce import ClusterNCE, memory_rows
from vireid.terms.cross import crossing, translated
from vireid.terms.cross_hybrid import CrossHybrid
from vireid.terms.cross_nce import CrossNCE
from vireid.terms.cross_soft import CrossSoft
from vireid.terms.dynamic_prototypes import DynamicPrototypes
from vireid.terms.hybrid_nce import HybridNCE
from vireid.terms.inter import Inter
from vireid.terms.intra import Intra
from vireid.terms.joined_nce import JoinedNCE
from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of
from vireid.terms.order import in_order
from vireid.terms.pair_hybrid import PairHybrid
from vireid.terms.proxy_nce import ProxyNCE
from vireid.terms.relaxed import Relaxed
from vireid.terms.seen import Arrays, Batch
from vireid.terms.soft_nce import SoftNCE
from vireid.terms.term import Place, Term
from vireid.terms.triplet import Triplet
from vireid.types.short_name import short_name

SHIPPED: tuple[type[Term], ...] = (
    ClusterNCE,
    Classifier,
    Intra,
    Inter,
    Triplet,
    HybridNCE,
    CrossNCE,
    CrossHybrid,
    JoinedNCE,
    PairHybrid,
    Relaxed,
    ProxyNCE,
    DynamicPrototypes,
    SoftNCE,
    CrossSoft,
)
"""The terms that a recipe calls by a short name."""

__all__ = [
    "SHIPPED",
    "Arrays",
    "Batch",
    "Classifier",
    "ClusterNCE",
    "CrossHybrid",
    "CrossNCE",
    "CrossSoft",
    "DynamicPrototypes",
    "HybridNCE",
    "Inter",
    "Intra",
    "JoinedNCE",
    "Kept",
    "Move",
    "PairHybrid",
    "Place",
    "ProxyNCE",
    "Relaxed",
    "SoftNCE",
    "Term",
    "Triplet",
    "crossing",
    "in_order",
    "memory_rows",
    "short_name",
    "translated",
    "turns_of",
]
