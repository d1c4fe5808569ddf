"""Evaluations of each public layout against an oracle that reads, draws and scores by itself."""

import csv
import random
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vireid.cli.main import main
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.synthetic import DEFAULTS, synthesise

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")

SMALL = {
    "identities": 2, "test_identities": 4, "visible_images": 3, "infrared_images": 3,
    "height": 32, "width": 16,
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder for the data sets and the run."""
    return tmp_path_factory.mktemp("layouts")


@pytest.fixture(scope="module")
def layout(place, draw):
    """Return a function that gives the small data set of a name, made once."""

    def make(name):
        if not (place / name).exists():
            if name == "crowd":  # more than ten images of each person and camera
                return draw(place / name, cameras=(1, 2, 3, 4, 5, 6), images=12)
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


def drawn(groups, shots, draw):
    """Draw images of each group, as many as there are at most."""
    generator = random.Random(draw)
    return [
        image
        for group in groups
        if group
        for image in generator.sample(group, min(shots, len(group)))
    ]


def flat(groups):
    """Return the images of all groups."""
    return [image for group in groups for image in group]


def sysu_draws(root, mode, shots, swap):
    """Yield queries, gallery and the rule of what is ignored, of ten draws."""
    people = [int(word) for word in (root / "exp" / "test_id.txt").read_text().split(",")]
    visible = folders(root, "cam{}", people, (1, 2) if mode == "indoor" else (1, 2, 4, 5))
    infrared = folders(root, "cam{}", people, (3, 6))
    query, gallery = (visible, infrared) if swap else (infrared, visible)
    for draw in range(10):
        yield (
            flat(query),
            drawn(gallery, shots, draw),
            lambda one, other: {one[2], other[2]} == {2, 3},
        )


def regdb_draws(root, swap):
    """Yield the only draw of the first fold."""
    sides = []
    for camera, word in enumerate(("visible", "thermal"), start=1):
        lines = (root / "idx" / f"test_{word}_1.txt").read_text().splitlines()
        sides.append([(line.split()[0], int(line.split()[1]), camera) for line in lines])
    query, gallery = sides[::-1] if swap else sides
    yield query, gallery, lambda _one, _other: False


def llcm_draws(root, swap):
    """Yield ten draws; an image of the same person and camera is ignored."""
    people = [int(word) for word in (root / "idx" / "test_id.txt").read_text().split(",")]
    sides = [
        folders(root, "test_vis/cam{}", people, range(1, 10)),
        folders(root, "test_nir/cam{}", people, (1, 2, 4, 5, 6, 7, 8, 9)),
    ]
    query, gallery = sides[::-1] if swap else sides
    for draw in range(10):
        yield flat(query), drawn(gallery, 1, draw), lambda one, other: one[1:] == other[1:]


def manifest_draws(root, other_cameras):
    """Yield the only draw of a manifest."""
    with (root / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    query, gallery = (
        [(row["path"], int(row["identity"]), int(row["camera"])) for row in rows if
         row["split"] == part] for part in ("query", "gallery")
    )  # fmt: skip
    infrared = {row["path"] for row in rows if row["modality"] == "infrared"}

    def ignored(one, other):
        alike = (one[0] in infrared) == (other[0] in infrared)
        return other_cameras and alike and one[1:] == other[1:]

    yield query, gallery, ignored


def nearest_tie(queries, gallery, ignored, likeness):
    """Return the smallest difference of a right and a wrong image's likeness to a query."""
    smallest = 1.0
    for query, row in zip(queries, likeness, strict=True):
        sides = [[], []]
        for image, value in zip(gallery, row, strict=True):
            if not ignored(query, image):
                sides[image[1] == query[1]].append(value)
        gaps = np.abs(np.subtract.outer(*map(np.array, sides)))
        smallest = min(smallest, gaps.min(initial=1.0))
    return smallest


CASES = {
    "sysu": ("sysu", [], lambda root: sysu_draws(root, "all", 1, swap=False)),
    "sysu, indoor": (
        "sysu", ["--mode", "indoor"], lambda root: sysu_draws(root, "indoor", 1, swap=False),
    ),
    "sysu, fewer than ten, indoor, swapped": (
        "sysu",
        ["--mode", "indoor", "--shots", "10", "--direction", "visible-to-infrared"],
        lambda root: sysu_draws(root, "indoor", 10, swap=True),
    ),
    "sysu, ten of twelve": (
        "crowd", ["--shots", "10"], lambda root: sysu_draws(root, "all", 10, swap=False),
    ),
    "sysu, ten of twelve, indoor, swapped": (
        "crowd",
        ["--mode", "indoor", "--shots", "10", "--direction", "visible-to-infrared"],
        lambda root: sysu_draws(root, "indoor", 10, swap=True),
    ),
    "regdb": ("regdb", [], lambda root: regdb_draws(root, swap=False)),
    "regdb, swapped": (
        "regdb",
        ["--direction", "infrared-to-visible"],
        lambda root: regdb_draws(root, swap=True),
    ),
    "llcm": ("llcm", [], lambda root: llcm_draws(root, swap=False)),
    "llcm, swapped": (
        "llcm",
        ["--direction", "infrared-to-visible"],
        lambda root: llcm_draws(root, swap=True),
    ),
    "manifest": (
        "manifest",
        ["--ignore", "nothing"],
        lambda root: manifest_draws(root, other_cameras=False),
    ),
    "manifest, other cameras": (
        "manifest",
        [],
        lambda root: manifest_draws(root, other_cameras=True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_evaluate_gives_the_numbers_of_the_oracle(
    case, layout, untrained, embedded, check_scores, tmp_path
):
    name, options, draws = CASES[case]
    root = layout(name)
    vectors = embedded(untrained, root, tmp_path / "test.npz")
    assert main(["evaluate", str(untrained), str(root), "--out", str(tmp_path), *options]) == 0

    def likeness(queries, gallery, _):
        return [[vectors[q[0]] @ vectors[g[0]] for g in gallery] for q in queries]

    check_scores(tmp_path, draws(root), likeness, by_identity=name not in {"regdb", "manifest"})


def test_ten_are_drawn_of_twelve_anew_for_each_draw(layout):
    galleries = [draw[1] for draw in sysu_draws(layout("crowd"), "all", 10, swap=False)]
    assert {len(gallery) for gallery in galleries} == {4 * 4 * 10}
    assert len({tuple(gallery) for gallery in galleries}) == 10


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rerank", [False, True])
def test_mirror_images_and_re_ranking_give_the_numbers_of_the_oracle(
    layout, untrained, embedded, check_scores, reranking_oracle, tmp_path, flip, rerank
):
    """Embeddings and Jaccard distances are float32, the oracle's double.

    Likenesses differ by up to 2e-6, so that ranks can only differ where a right and a wrong image
    are nearer than twice that. There are none such here, so the scores are equal to 1e-9.
    """
    root = layout("sysu")
    vectors = embedded(untrained, root, tmp_path / "test.npz")
    if flip:
        mirrored = shutil.copytree(root, tmp_path / "mirrored")
        for file in mirrored.rglob("*.jpg"):
            with Image.open(file) as image:
                turned = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            turned.save(file, "PNG")  # without loss; formats are recognised by content
        for path, vector in embedded(untrained, mirrored, tmp_path / "mirrored.npz").items():
            both = vectors[path] + vector
            vectors[path] = both / np.sqrt(np.sum(both * both))

    def likeness(queries, gallery, ignored):
        rows = np.array([vectors[image[0]] for image in (*queries, *gallery)])
        products = rows @ rows.T
        values = products[: len(queries), len(queries) :]
        if rerank:
            values = reranking_oracle(rows, len(queries))
        assert nearest_tie(queries, gallery, ignored, values) > 4e-6
        return values

    words = [word for word, on in (("--flip", flip), ("--rerank", rerank)) if on]
    words += ["--draws", "3", "--out", str(tmp_path)]
    assert main(["evaluate", str(untrained), str(root), *words]) == 0
    draws = list(sysu_draws(root, "all", 1, swap=False))[:3]
    check_scores(tmp_path, draws, likeness, by_identity=True)
