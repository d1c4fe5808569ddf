"""Reader of LLCM in its owners' layout: lists in idx/ for training, camera folders for test."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.camera_folders import images_of, other_cameras
from vireid.data.layouts.lists import (
    BOTH_MODALITIES,
    BOTH_PARTS,
    note_shared,
    read_entries,
    read_identities,
)
from vireid.data.layouts.paths import ListedPaths, quoted
from vireid.data.layouts.problems import Problem, Scan
from vireid.data.statistics import named
from vireid.errors import some
from vireid.types import Images, Modality, Truth

LLCM = DatasetCard(
    name="LLCM",
    reference="Zhang and Wang, Diverse Embedding Expansion Network and Low-Light Cross-Modality "
    "Benchmark for Visible-Infrared Person Re-identification, CVPR 2023",
    url="https://github.com/ZYK100/LLCM",
    licence="academic use under the owners' agreement, which one signs to receive it; "
    "may not be passed on",
    statistics={
        "cameras": 9,
        "train identities": 713,
        "train visible images": 16_946,
        "train infrared images": 13_975,
        "test identities": 351,
        "test visible images": 8_680,
        "test infrared images": 7_166,
        "test images": 15_846,
    },
)

TEST_CAMERAS = {
    Modality.VISIBLE: (1, 2, 3, 4, 5, 6, 7, 8, 9),
    Modality.INFRARED: (1, 2, 4, 5, 6, 7, 8, 9),
}
"""The cameras of the test images; the protocol leaves camera 3 out in near infrared."""

_WORDS = {Modality.VISIBLE: "vis", Modality.INFRARED: "nir"}
_CAMERA = re.compile(r"_c0*([1-9][0-9]{0,3})_")

Row = tuple[str, int, int, int]
"""Path, modality, camera and identity of an image."""


def read_llcm(root: Path | str) -> DataFolder:
    """Read the file lists of LLCM, or of any data in its layout.

    Training images are listed in `idx/train_vis.txt` and `idx/train_nir.txt`; a line is a path
    and the person's number, and the camera stands in the file name, as in
    `0001_c04_s100_f200_vis.jpg`. Test images are all files of
    `test_{vis,nir}/cam{camera}/{identity:04d}/` for the identities of `idx/test_id.txt`, one line
    of numbers with commas between. `test_nir/cam3` is left out, as in the published protocol.
    Visible images come first; training images in the order of the lines, test images by
    identity, camera and file name. No image is opened.

    Args:
        root: the folder that holds `idx`.

    Returns:
        Training and test images with their identities; with the name and card of LLCM only
        where all its statistics agree.

    Raises:
        DataError: where a list is missing, unreadable or empty, a file is missing, an image is
            listed twice, for both modalities, or for training and test, a file name states no
            camera, or a test identity has no image.
    """
    return scan_llcm(Path(root)).accepted()


def scan_llcm(root: Path) -> Scan:
    """Read what can be read of LLCM's layout, and note what is wrong.

    Args:
        root: as for ``read_llcm``.

    Returns:
        The images that are there, and the problems.
    """
    problems: list[Problem] = []
    paths = ListedPaths(root)
    train = [row for kind in Modality for row in _train_rows(paths, kind, problems)]
    identities = read_identities(root, "idx/test_id.txt", "test", problems)
    test = [row for kind in Modality for row in _test_rows(root, kind, identities, problems)]
    _note_repeated(train, test, problems)
    present = {row[3] for row in test}
    absent = [identity for identity in identities if identity not in present]
    if absent:
        text = (
            f"it has no image of the listed identities {some(list(map(str, absent)))}; "
            f"expected files in folders such as test_vis/cam1/{absent[0]:04d}"
        )
        problems.append(Problem("absent images", text, part="test"))
    train_images, train_truth = _images(root, train)
    test_images, test_truth = _images(root, test)
    found = DataFolder(
        root.resolve().name,
        train_images,
        test_images,
        train_truth,
        test_truth,
        protocol="llcm",
        notes=(*paths.notes(), *_other_cameras(root)),
    )
    return Scan(str(root), named(found, LLCM), tuple(problems))


def _note_repeated(train: list[Row], test: list[Row], problems: list[Problem]) -> None:
    """Note the images of both modalities, and those for training and test."""
    visible, infrared = ([row[0] for row in train if row[1] == kind] for kind in Modality)
    place = " and ".join(f"idx/train_{word}.txt" for word in _WORDS.values())
    note_shared(visible, infrared, BOTH_MODALITIES, place, "train", problems)
    tested = [row[0] for row in test]
    note_shared([*visible, *infrared], tested, BOTH_PARTS, place, None, problems)


def _other_cameras(root: Path) -> Iterator[str]:
    """Name the camera folders of the test images that the layout does not know."""
    known = tuple(f"cam{camera}" for camera in TEST_CAMERAS[Modality.VISIBLE])
    for word in _WORDS.values():
        yield from other_cameras(root, known, f"test_{word}")


def _train_rows(paths: ListedPaths, kind: Modality, problems: list[Problem]) -> list[Row]:
    """Return the training images of a modality in the order of their list."""
    name = f"idx/train_{_WORDS[kind]}.txt"
    rows = []
    for entry in read_entries(paths, name, "train", problems):
        camera = _CAMERA.search(PurePosixPath(entry.path).name)
        if camera is None:
            same = "states no camera; expected such as _c04_"
            text = f"file name of {quoted(entry.path)} {same}"
            same = f"the file name {same}"
            problems.append(Problem("faulty entry", text, name, "train", entry.path, same=same))
        else:
            rows.append((entry.path, int(kind), int(camera[1]), entry.label))
    return rows


def _test_rows(
    root: Path, kind: Modality, identities: list[int], problems: list[Problem]
) -> list[Row]:
    """Return the test images of a modality by identity, camera and name."""
    return [
        (path, int(kind), camera, identity)
        for identity in identities
        for camera in TEST_CAMERAS[kind]
        for path in images_of(
            root, f"test_{_WORDS[kind]}/cam{camera}/{identity:04d}", "test", problems
        )
    ]


def _images(root: Path, rows: list[Row]) -> tuple[Images, Truth]:
    columns = [np.array([row[k] for row in rows], dtype=np.int64) for k in (1, 2, 3)]
    modality, camera, identity = columns
    return Images(root, tuple(row[0] for row in rows), modality, camera), Truth(identity)
