"""From embeddings to cluster labels: neighbours, k-reciprocal Jaccard distance, DBSCAN, centres."""

from vireid.cluster.centres import centres
from vireid.cluster.dbscan import dbscan
from vireid.cluster.jaccard import jaccard_distance
from vireid.cluster.kmeans import Partition, kmeans
from vireid.cluster.members import cluster_members
from vireid.cluster.neighbours import nearest_neighbours
from vireid.cluster.rows import finite_rows, normalise_rows, unit_rows

__all__ = [
    "Partition",
    "centres",
    "cluster_members",
    "dbscan",
    "finite_rows",
    "jaccard_distance",
    "kmeans",
    "nearest_neighbours",
    "normalise_rows",
    "unit_rows",
]
