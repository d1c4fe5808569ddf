"""From embeddings to cluster labels: neighbours, k-reciprocal Jaccard distance, DBSCAN, centres."""

from vireid.cluster.apart import split_apart, track_spans
from vireid.cluster.balanced import balanced_lists, balanced_neighbours
from vireid.cluster.centres import centres
from vireid.cluster.centring import camera_statistics, centred, uncentred
from vireid.cluster.choosing import chosen_backend
from vireid.cluster.dbscan import dbscan
from vireid.cluster.grouping import group_rows, track_groups
from vireid.cluster.jaccard import jaccard_distance
from vireid.cluster.joining import joined_rows
from vireid.cluster.kmeans import Partition, kmeans
from vireid.cluster.members import cluster_members
from vireid.cluster.neighbour_shares import neighbour_shares, neighbour_trust, soft_targets
from vireid.cluster.neighbours import modal_neighbours, nearest_neighbours
from vireid.cluster.prototypes import dense_prototypes, densities, nearest_prototypes
from vireid.cluster.proxies import proxies
from vireid.cluster.quotas import camera_lists
from vireid.cluster.rows import directions, finite_rows, normalise_rows, unit_rows
from vireid.cluster.scan import Neighbours
from vireid.cluster.search_options import Held, Search

__all__ = [
    "Held",
    "Neighbours",
    "Partition",
    "Search",
    "balanced_lists",
    "balanced_neighbours",
    "camera_lists",
    "camera_statistics",
    "centred",
    "centres",
    "chosen_backend",
    "cluster_members",
    "dbscan",
    "dense_prototypes",
    "densities",
    "directions",
    "finite_rows",
    "group_rows",
    "jaccard_distance",
    "joined_rows",
    "kmeans",
    "modal_neighbours",
    "nearest_neighbours",
    "nearest_prototypes",
    "neighbour_shares",
    "neighbour_trust",
    "normalise_rows",
    "proxies",
    "soft_targets",
    "split_apart",
    "track_groups",
    "track_spans",
    "uncentred",
    "unit_rows",
]
