"""Reader of SYSU-MM01 in its owners' layout: exp/*_id.txt and cam1/ .. cam6/."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.camera_folders import images_of, other_cameras
from vireid.data.layouts.lists import read_identities
from vireid.data.layouts.problems import PartName, Problem, Scan
from vireid.data.statistics import named
from vireid.errors import some
from vireid.types import SYSU_CAMERAS, Images, Modality, Truth

SYSU_MM01 = DatasetCard(
    name="SYSU-MM01",
    reference="Wu et al., RGB-Infrared Cross-Modality Person Re-Identification, ICCV 2017",
    url="https://github.com/wuancong/SYSU-MM01",
    licence="academic use under the owners' agreement, which one signs to receive it; "
    "may not be passed on",
    statistics={
        "cameras": 6,
        "train identities": 395,
        "train visible images": 22_258,
        "train infrared images": 11_909,
        "test identities": 96,
        "test infrared images": 3_803,
    },
)


def read_sysu(root: Path | str) -> DataFolder:
    """Read the file lists of SYSU-MM01, or of any data in its layout.

    Files are `cam{camera}/{identity:04d}/{number}.jpg` (also .jpeg, .png, .bmp; hidden files
    are skipped). Cameras 1, 2, 4, 5 are visible, 3 and 6 infrared. Training identities stand
    in `exp/train_id.txt` and `exp/val_id.txt`, test identities in `exp/test_id.txt`: one line
    of numbers with commas between. Images are ordered by identity, camera and file name. No
    image is opened.

    Args:
        root: the folder that holds `exp` and the camera folders.

    Returns:
        Training and test images with their identities; with the name and card of SYSU-MM01
        only where all its statistics agree.

    Raises:
        DataError: where a list is missing or unreadable, an identity is in both training and
            test, an identity has no image, or training lacks a modality.
    """
    return scan_sysu(Path(root)).accepted()


def scan_sysu(root: Path) -> Scan:
    """Read what can be read of SYSU-MM01's layout, and note what is wrong.

    Args:
        root: as for ``read_sysu``.

    Returns:
        The images that are there, and the problems.
    """
    problems: list[Problem] = []
    train, val, test = (
        read_identities(root, f"exp/{name}_id.txt", part, problems) for name, part in _LISTS
    )
    both = sorted({*train, *val} & set(test))
    if both:
        text = (
            f"exp: identities {some(list(map(str, both)))} are listed for training and "
            "for test; expected disjoint lists"
        )
        problems.append(Problem("repeated entry", text))
    train_images, train_truth = _images(root, sorted({*train, *val}), "train", problems)
    test_images, test_truth = _images(root, test, "test", problems)
    for modality in Modality:
        if not problems and not np.any(train_images.modality == modality):
            folders = ", ".join(f"cam{c}" for c, kind in SYSU_CAMERAS.items() if kind == modality)
            text = (
                f"it holds no {modality.name.lower()} training image; "
                f"expected some in {folders} for the identities of exp/train_id.txt"
            )
            problems.append(Problem("absent images", text, part="train"))
    empty = () if problems else tuple(_empty(train_images, test_images))
    found = DataFolder(
        root.resolve().name,
        train_images,
        test_images,
        train_truth,
        test_truth,
        protocol="sysu",
        notes=(*other_cameras(root, CAMERAS), *empty),
    )
    return Scan(str(root), named(found, SYSU_MM01), tuple(problems))


CAMERAS = tuple(f"cam{camera}" for camera in SYSU_CAMERAS)
"""The camera folders of the layout."""


def _empty(train: Images, test: Images) -> Iterator[str]:
    """Name the cameras of the protocol that took no image, or none of the test images."""
    tested = {*test.camera.tolist()}
    seen = {*train.camera.tolist(), *tested}
    for what, missing in (
        ("image of the listed people", [c for c in SYSU_CAMERAS if c not in seen]),
        ("test image", [c for c in SYSU_CAMERAS if c in seen and c not in tested and tested]),
    ):
        if missing:
            names = ", ".join(f"cam{camera}" for camera in missing)
            yield f"camera folders of the protocol without any {what}: {names}"


_LISTS: tuple[tuple[str, PartName], ...] = (("train", "train"), ("val", "train"), ("test", "test"))


def _images(
    root: Path, identities: list[int], part: PartName, problems: list[Problem]
) -> tuple[Images, Truth]:
    """Return all images of the identities, by identity, camera and name."""
    found = [
        (identity, camera, path)
        for identity in identities
        for camera in SYSU_CAMERAS
        for path in images_of(root, f"cam{camera}/{identity:04d}", part, problems)
    ]
    present = {identity for identity, _, _ in found}
    absent = [identity for identity in identities if identity not in present]
    if absent:
        text = (
            f"it has no image of the listed identities {some(list(map(str, absent)))}; "
            f"expected files such as cam1/{absent[0]:04d}/0001.jpg"
        )
        problems.append(Problem("absent images", text, part=part))
    camera = np.array([entry[1] for entry in found], dtype=np.int64)
    modality = np.array([SYSU_CAMERAS[entry[1]] for entry in found], dtype=np.int64)
    images = Images(root, tuple(entry[2] for entry in found), modality, camera)
    return images, Truth(np.array([entry[0] for entry in found], dtype=np.int64))
