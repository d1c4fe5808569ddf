"""`vireid label`: embeddings -> cluster labels, for features of any origin."""

import argparse
from time import perf_counter

import numpy as np

import vireid
from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.errors import ConfigError
from vireid.labelling.clustering import MIXED, SINGLE, ClusteringConfig
from vireid.ranking import read_features, write_labels
from vireid.types import NOISE, Int, Modality


def run(words: list[str]) -> None:
    """Parse the words after `vireid label` and label.

    Args:
        words: the command line.
    """
    arguments = _arguments(words)
    from vireid.cluster import Search

    if arguments.out.suffix not in {".csv", ".npz"}:
        raise ConfigError(f"--out {arguments.out}: expected a name that ends in .csv or .npz")
    device = use_machine(arguments) if arguments.backend == "exact" else "cpu"
    features = read_features(arguments.embeddings)
    only = None if arguments.modality == "both" else Modality[arguments.modality.upper()]
    if only is not None and features.modality is None:
        raise ConfigError(f"--modality {arguments.modality}: the file has no array modality")
    start = perf_counter()
    with progress("clustering") as bar:
        labels = vireid.label(
            features.vectors,
            features.modality,
            only=only,
            k1=arguments.k1,
            k2=arguments.k2,
            eps=arguments.eps,
            min_samples=arguments.min_samples,
            normalise=arguments.normalise,
            search=Search(arguments.backend, device, arguments.threads, progress=bar),
        )
    write_labels(arguments.out, labels, features.paths)
    chosen = labels if only is None else labels[features.modality == only]
    console.print(f"{summary(chosen)}, {perf_counter() - start:.1f} s: {arguments.out}")


def _arguments(words: list[str]) -> argparse.Namespace:
    command = parser(
        "label",
        "Cluster embeddings: k-reciprocal Jaccard distance and DBSCAN, in memory that grows with\n"
        "the number of images.\n\n"
        "Takes the npz file of `vireid embed`, or any npz file with an array vectors [N, D] and,\n"
        "where known, modality [N] (0 visible, 1 infrared) and paths [N]; or an npy file [N, D].",
        "examples:\n"
        "  vireid label gallery.npz --out labels.csv\n"
        "  vireid label features.npy --normalise --eps 0.5 --out labels.npz",
    )
    command.add_argument("embeddings", type=folder, help="the npz or npy file")
    command.add_argument(
        "--out",
        type=folder,
        required=True,
        help="the file to write: .csv (path or row, label) or .npz (labels [N]); noise is -1",
    )
    command.add_argument(
        "--modality",
        choices=("both", *(one.name.lower() for one in Modality)),
        default="both",
        help="cluster one modality only; images of the other get -1 (default: both)",
    )
    standard = ClusteringConfig()
    single, mixed = SINGLE, MIXED
    command.add_argument(
        "--k1", type=int, help=f"reciprocal neighbours; default: {single[0]}, mixed {mixed[0]}"
    )
    command.add_argument(
        "--k2", type=int, help=f"neighbours averaged; default: {single[1]}, mixed {mixed[1]}"
    )
    command.add_argument("--eps", type=float, default=standard.eps, help="of DBSCAN, in (0, 1)")
    command.add_argument(
        "--min-samples", type=int, default=standard.min_samples, help="of DBSCAN, at least 1"
    )
    command.add_argument(
        "--backend",
        choices=("exact", "ivf"),
        default="exact",
        help="neighbour search: exact, or ivf (approximate, needs faiss) for very many images",
    )
    command.add_argument(
        "--normalise", action="store_true", help="bring rows to unit length instead of refusing"
    )
    add_machine(command)
    return command.parse_args(words)


def summary(labels: Int) -> str:
    """Say in a line what a clustering found.

    Args:
        labels: [N] of the images that were clustered, -1 for noise.

    Returns:
        Images, clusters, share of noise, size of the largest cluster.

    >>> summary(np.array([0, 0, 1, -1]))
    '4 images, 2 clusters, 25.0% noise, largest cluster 2 images'
    """
    sizes = np.bincount(labels[labels != NOISE])
    noise = (labels == NOISE).mean() if labels.size else 0.0
    return (
        f"{len(labels)} images, {len(sizes)} clusters, {noise:.1%} noise, "
        f"largest cluster {sizes.max(initial=0)} images"
    )
