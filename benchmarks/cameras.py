"""What labels gain by knowing cameras and tracks: ARI by truth, before a training and after.

    vireid synth people --seed 100
    python benchmarks/cameras.py demo/run people            # minutes on two cores
    python benchmarks/cameras.py demo/run people crops/scored.csv

Each data set says who is on its training images, which labels never see; one with tracks is made by
docs/crop.md, its identities by the same page. Images are embedded by a run that has not seen them,
as it was before its training and at its end, and labelled with the run's own settings of
labelling, to which each row adds something. The adjusted Rand index counts noise as singletons.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from pages import options, publish, table

import vireid
from vireid.data import open_data
from vireid.labelling import CameraUse, MultiMemoryMatching, TrackUse, label_spaces
from vireid.labelling.tracks import tracks_of
from vireid.metrics import adjusted_rand
from vireid.runs import Run
from vireid.runs.carried import labelling_of
from vireid.types import Embeddings, Int, Known

STAGES = {"before": "before", "after": None}
SPACES = ("visible", "infrared", "mixed", "matched")
CENTRED = CameraUse("camera")
CAMERAS = {
    "nothing": CameraUse(),
    "centre modality": CameraUse("modality"),
    "centre camera": CENTRED,
    "centre camera, shrink 20": CameraUse("camera", shrink=20.0),
    "centre camera, spread": CameraUse("camera", spread=True),
    "neighbours cameras": CameraUse(),
    "first": CameraUse(first=True),
    "centre camera, neighbours cameras": CENTRED,
    "centre camera, first": replace(CENTRED, first=True),
    "centre camera, first, neighbours cameras": replace(CENTRED, first=True),
}
TRACKS = {
    "labels": TrackUse(labels=True),
    "apart": TrackUse(apart=True),
    "labels, apart": TrackUse(labels=True, apart=True),
    "cluster tracks": TrackUse(cluster="tracks"),
    "cluster tracks, apart": TrackUse(cluster="tracks", apart=True),
}


def settings_of(
    usual: MultiMemoryMatching, tracks: bool
) -> Iterator[tuple[str, MultiMemoryMatching]]:
    """Yield what is compared, by name."""
    for name, use in CAMERAS.items():
        rule = "cameras" if "neighbours cameras" in name else "nearest"
        single, mixed = (replace(one, neighbours=rule) for one in (usual.single, usual.mixed))
        yield name, replace(usual, single=single, mixed=mixed, cameras=use)
    balanced = replace(usual, mixed=replace(usual.mixed, neighbours="balanced"))
    yield "mixed neighbours balanced", balanced
    yield "centre camera, mixed neighbours balanced", replace(balanced, cameras=CENTRED)
    for name, use in TRACKS.items() if tracks else ():
        yield f"tracks: {name}", replace(usual, tracks=use)
        yield f"centre camera, tracks: {name}", replace(usual, tracks=use, cameras=CENTRED)


def scores(
    embeddings: Embeddings, known: Known, identities: Int, labeller: MultiMemoryMatching
) -> list[float]:
    """Return the ARI of each label space."""
    found = label_spaces(embeddings, SPACES, labeller, known=known)
    inside = [space.inside(known.modality) for space in found.spaces.values()]
    return [
        adjusted_rand(identities[some], space.labels[some]).ari_noise_as_singletons
        for space, some in zip(found.spaces.values(), inside, strict=True)
    ]


def measured(run: Path, data: Path, stage: str | None, quick: bool) -> dict[str, list[float]]:
    """Return the scores of everything that is compared on one data set."""
    folder = open_data(data)
    images, truth = folder.train, folder.train_truth
    assert truth is not None
    if quick:
        some = np.flatnonzero(truth.identities < np.unique(truth.identities)[8])
        images, truth = images.subset(some), truth.subset(some)
    known = images.known()
    embeddings = vireid.embed(run, images, stage=stage, cache="none").embeddings
    usual = labelling_of(Run(run))
    compared = settings_of(usual, tracks_of(known) is not None)
    return {
        name: scores(embeddings, known, truth.identities, labeller) for name, labeller in compared
    }


def report(run: Path, sets: list[Path], quick: bool) -> Iterator[str]:
    """Measure everything and yield the lines of the page."""
    names = " ".join(map(str, sets))
    yield f"`python benchmarks/cameras.py {run} {names}`: mean ARI of the training images, noise as"
    yield "singletons, before and after the training of the network; k1 and k2 are those of the"
    yield "run's recipe, and fewer for tracks and clusters of a camera (`labelling.sized.scaled`)."
    tracked = {data: tracks_of(open_data(data).train.known()) is not None for data in sets}
    head = ["labelling", *(f"{space}, {stage}" for stage in STAGES for space in SPACES)]
    for tracks, title in ((False, "Cameras alone are known"), (True, "Tracks are known too")):
        some = [data for data in sets if tracked[data] == tracks]
        if not some:
            continue
        parts = {
            stage: [measured(run, data, name, quick) for data in some]
            for stage, name in STAGES.items()
        }
        means = {
            name: np.mean([[part[name] for part in found] for found in parts.values()], axis=1)
            for name in parts["before"][0]
        }
        yield from ("", f"{title} ({', '.join(map(str, some))}):", "")
        rows = ([name, *(f"{one:.2f}" for one in np.ravel(mean))] for name, mean in means.items())
        yield from table(head, rows)


def main() -> None:
    """Measure, print and write the table."""
    parser = options(__doc__, "eight people of each data set")
    parser.add_argument("run", type=Path, help="a run that has not seen the data")
    parser.add_argument("data", type=Path, nargs="+", help="data sets with identities")
    arguments = parser.parse_args()
    page = list(report(arguments.run, arguments.data, arguments.quick))
    publish("cameras", page, quick=arguments.quick)


if __name__ == "__main__":
    main()
