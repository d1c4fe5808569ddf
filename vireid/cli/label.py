"""`vireid label`: embeddings -> cluster labels, for features of any origin."""

import argparse
import warnings
from time import perf_counter

from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.errors import ConfigError
from vireid.labelling.doubts import doubts
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.ranking import read_features, write_labels
from vireid.ranking.labelled import embedded_arrays
from vireid.runs import Run
from vireid.runs.labels_told import quality, summary
from vireid.types import Modality


def run(words: list[str]) -> None:
    """Parse the words after `vireid label` and label.

    Args:
        words: the command line.
    """
    arguments = _arguments(words)
    from vireid.cluster import Search, chosen_backend
    from vireid.cluster.threads import thread_count
    from vireid.labelling.features import find_labels
    from vireid.labelling.given import of_file

    if arguments.out.suffix not in {".csv", ".npz"}:
        raise ConfigError(f"--out {arguments.out}: expected a name that ends in .csv or .npz")
    device = use_machine(arguments) if arguments.backend in {"exact", "auto"} else "cpu"
    features = read_features(arguments.embeddings)
    backend = arguments.backend
    if backend == "auto":
        count, size = features.vectors.shape
        backend, reason = chosen_backend(count, size, device, thread_count(arguments.threads))
        console.print(reason)
    told: list[str] = []
    only = None if arguments.modality == "both" else Modality[arguments.modality.upper()]
    _check_modality(arguments, features.modality is not None)
    start = perf_counter()
    with progress("clustering") as bar:
        found = find_labels(
            of_file(features, str(arguments.embeddings)),
            only=only,
            match=arguments.match,
            settings=_settings(arguments),
            k1=arguments.k1,
            k2=arguments.k2,
            eps=arguments.eps,
            min_samples=arguments.min_samples,
            normalise=arguments.normalise,
            search=Search(backend, device, arguments.threads, progress=bar, told=told.append),
        )
    beside = embedded_arrays(arguments.embeddings) if arguments.out.suffix == ".npz" else {}
    for line in told:
        console.print(line)
    write_labels(arguments.out, found.labels, features.paths, features.network, beside)
    chosen = found.labels[found.chosen]
    console.print(f"{summary(chosen)}, {perf_counter() - start:.1f} s: {arguments.out}")
    console.print(quality(found))
    rows = found.embeddings.vectors
    doubtful = doubts(chosen, found.config, rows=rows, matched=arguments.match)
    for doubt in (*found.idle, *doubtful):
        warnings.warn(doubt, stacklevel=1)


def _check_modality(arguments: argparse.Namespace, known: bool) -> None:
    """Check that options about modalities apply."""
    if arguments.match and arguments.modality != "both":
        raise ConfigError(
            f"--match joins both modalities, --modality {arguments.modality} takes one; leave one "
            "out"
        )
    option = "--match" if arguments.match else f"--modality {arguments.modality}"
    if (arguments.match or arguments.modality != "both") and not known:
        raise ConfigError(f"{option}: the file has no array modality")


def _settings(arguments: argparse.Namespace) -> MultiMemoryMatching | None:
    """Return the settings of the run named; None for those that the file carries."""
    if arguments.run is None:
        return None
    from vireid.runs.carried import labelling_of

    return labelling_of(Run(arguments.run))


def _arguments(words: list[str]) -> argparse.Namespace:
    command = parser(
        "label",
        "Cluster embeddings: k-reciprocal Jaccard distance and DBSCAN, in memory that grows with\n"
        "the number of images.\n\n"
        "Takes the npz file of `vireid embed`, or any npz file with an array vectors [N, D] and,\n"
        "where known, modality [N] (0 visible, 1 infrared) and paths [N]; or an npy file [N, D].",
        "examples:\n"
        "  vireid label gallery.npz --match --out labels.csv\n"
        "  vireid label features.npy --normalise --eps 0.5 --out labels.npz",
    )
    command.add_argument("embeddings", type=folder, help="the npz or npy file")
    command.add_argument(
        "--out",
        type=folder,
        required=True,
        help="the file to write: .csv (path or row, label, and network where the file says which "
        "made it) or .npz (labels [N] and all that the file of the embeddings holds, for `vireid "
        "assign`); noise is -1",
    )
    command.add_argument(
        "--modality",
        choices=("both", *(one.name.lower() for one in Modality)),
        default="both",
        help="cluster one modality only; images of the other get -1 (default: both)",
    )
    command.add_argument(
        "--match",
        action="store_true",
        help="cluster each modality by itself and join visible and infrared clusters, as training "
        "does",
    )
    command.add_argument(
        "--run",
        type=folder,
        help="take the settings of this run; default: those of the run that made the embeddings, "
        "else the literature's (k1 30, k2 6; both modalities: 40, 32); with few images, fewer "
        "neighbours than either",
    )
    command.add_argument("--k1", type=int, help="reciprocal neighbours")
    command.add_argument("--k2", type=int, help="neighbours averaged")
    command.add_argument("--eps", type=float, help="of DBSCAN, in (0, 1); usually 0.6")
    command.add_argument("--min-samples", type=int, help="of DBSCAN, at least 1; usually 4")
    command.add_argument(
        "--backend",
        choices=("exact", "ivf", "hnsw", "auto"),
        default="exact",
        help="neighbour search: exact; ivf or hnsw (approximate, need faiss) for very many images, "
        "which say how many neighbours a sample missed; auto takes exact as long as that may take "
        "20 minutes, else hnsw, and says why (default: exact)",
    )
    command.add_argument(
        "--normalise", action="store_true", help="bring rows to unit length instead of refusing"
    )
    add_machine(command)
    return command.parse_args(words)
