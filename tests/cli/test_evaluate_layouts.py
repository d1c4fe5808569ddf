"""Evaluations of each public layout against an oracle that reads, draws and scores by itself."""

import json
import random
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest

from vireid.cli.main import main
from vireid.data.synthetic import DEFAULTS, synthesise
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, new_network, save_network

SMALL = {
    "identities": 2, "test_identities": 4, "visible_images": 3, "infrared_images": 3,
    "height": 32, "width": 16,
}  # fmt: skip
SCORES = ("first_match", "average_precision", "inverse_negative_penalty")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder for the data sets and the run."""
    return tmp_path_factory.mktemp("layouts")


@pytest.fixture(scope="module")
def layout(place):
    """Return a function that gives the small data set of a layout, made once."""

    def make(name):
        if not (place / name).exists():
            settings = replace(DEFAULTS[name], **SMALL)
            if name == "regdb":
                settings = replace(settings, identities=4)
            synthesise(place / name, settings, processes=1)
        return place / name

    return make


@pytest.fixture(scope="module")
def untrained(place, tiny):
    """Return a run whose network has never been trained."""
    run = Run(place / "run")
    save_network(run, BEFORE, new_network(tiny), tiny)
    run.recipe_file.write_text(dump_recipe(tiny))
    return run.folder


def folders(root, name, identities, cameras):
    """Return (path, identity, camera) of the files of each identity's camera folders, sorted."""
    return [
        [
            (file.relative_to(root).as_posix(), identity, camera)
            for file in sorted((root / name.format(camera) / f"{identity:04d}").glob("*"))
        ]
        for identity in sorted(identities)
        for camera in cameras
    ]


def drawn(groups, shots, trial):
    """Draw images of each group, as many as there are at most."""
    generator = random.Random(trial)
    return [
        image
        for group in groups
        if group
        for image in generator.sample(group, min(shots, len(group)))
    ]


def flat(groups):
    """Return the images of all groups."""
    return [image for group in groups for image in group]


def sysu_trials(root, mode, shots, swap):
    """Yield queries, gallery and the rule of what is ignored, of ten trials."""
    people = [int(word) for word in (root / "exp" / "test_id.txt").read_text().split(",")]
    visible = folders(root, "cam{}", people, (1, 2) if mode == "indoor" else (1, 2, 4, 5))
    infrared = folders(root, "cam{}", people, (3, 6))
    query, gallery = (visible, infrared) if swap else (infrared, visible)
    for trial in range(10):
        yield (
            flat(query),
            drawn(gallery, shots, trial),
            lambda one, other: {one[2], other[2]} == {2, 3},
        )


def regdb_trials(root, swap):
    """Yield the only trial of the first split."""
    sides = []
    for camera, word in enumerate(("visible", "thermal"), start=1):
        lines = (root / "idx" / f"test_{word}_1.txt").read_text().splitlines()
        sides.append([(line.split()[0], int(line.split()[1]), camera) for line in lines])
    query, gallery = sides[::-1] if swap else sides
    yield query, gallery, lambda _one, _other: False


def llcm_trials(root, swap):
    """Yield ten trials; an image of the same person and camera is ignored."""
    people = [int(word) for word in (root / "idx" / "test_id.txt").read_text().split(",")]
    sides = [
        folders(root, "test_vis/cam{}", people, range(1, 10)),
        folders(root, "test_nir/cam{}", people, (1, 2, 4, 5, 6, 7, 8, 9)),
    ]
    query, gallery = sides[::-1] if swap else sides
    for trial in range(10):
        yield flat(query), drawn(gallery, 1, trial), lambda one, other: one[1:] == other[1:]


def score(query, gallery, ignored, vectors, by_identity):
    """Return first match, average precision and inverse negative penalty of a query, or None."""
    kept = [image for image in gallery if not ignored(query, image)]
    own = vectors[query[0]].astype(float)
    kept.sort(key=lambda image: -sum(own * vectors[image[0]].astype(float)))
    identities = [image[1] for image in kept]
    hits = [rank for rank, identity in enumerate(identities, 1) if identity == query[1]]
    if not hits:
        return None
    listed = list(dict.fromkeys(identities)) if by_identity else identities
    precision = sum(number / rank for number, rank in enumerate(hits, 1)) / len(hits)
    return listed.index(query[1]) + 1, precision, len(hits) / hits[-1]


CASES = {
    "sysu": ("sysu", [], lambda root: sysu_trials(root, "all", 1, swap=False)),
    "sysu, indoor, multi-shot, swapped": (
        "sysu",
        ["--mode", "indoor", "--shots", "10", "--direction", "visible-to-infrared"],
        lambda root: sysu_trials(root, "indoor", 10, swap=True),
    ),
    "regdb": ("regdb", [], lambda root: regdb_trials(root, swap=False)),
    "regdb, swapped": (
        "regdb",
        ["--direction", "infrared-to-visible"],
        lambda root: regdb_trials(root, swap=True),
    ),
    "llcm": ("llcm", [], lambda root: llcm_trials(root, swap=False)),
    "llcm, swapped": (
        "llcm",
        ["--direction", "infrared-to-visible"],
        lambda root: llcm_trials(root, swap=True),
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_evaluate_gives_the_numbers_of_the_oracle(case, layout, untrained, tmp_path):
    name, options, trials = CASES[case]
    root = layout(name)
    words = ["embed", untrained, root, "--part", "test", "--out", tmp_path / "test.npz"]
    assert main([str(word) for word in words]) == 0
    with np.load(tmp_path / "test.npz") as file:
        vectors = dict(zip(file["paths"].tolist(), file["vectors"], strict=True))
    words = ["evaluate", untrained, root, "--out", tmp_path, *options]
    assert main([str(word) for word in words]) == 0
    summary = json.loads((tmp_path / "evaluation.json").read_text())["stages"][BEFORE]
    table = pyarrow.parquet.read_table(tmp_path / "queries.parquet").to_pylist()
    rows = iter(table)
    for number, (queries, gallery, ignored) in enumerate(trials(root)):
        found = [score(query, gallery, ignored, vectors, name != "regdb") for query in queries]
        for query, expected in zip(queries, found, strict=True):
            row = next(rows)
            assert (row["stage"], row["trial"], row["query"]) == (BEFORE, number, query[0])
            assert [row[key] for key in SCORES] == (
                [None] * 3 if expected is None else pytest.approx(list(expected), abs=1e-9)
            )
        valid = [scores for scores in found if scores is not None]
        assert summary["valid_queries"][number] == len(valid)
        means = [np.mean([scores[0] <= rank for scores in valid]) for rank in (1, 5, 10, 20)]
        means += [np.mean([scores[k] for scores in valid]) for k in (1, 2)]
        values = [column[number] / 100 for column in summary["trials"].values()]
        assert values == pytest.approx(means, abs=1e-9)
    assert next(rows, None) is None
    for key, values in summary["trials"].items():
        assert summary["mean"][key] == pytest.approx(np.mean(values), abs=1e-9)
        if len(values) > 1:
            assert summary["spread"][key] == pytest.approx(np.std(values, ddof=1), abs=1e-9)
