"""Reader of SYSU-MM01 in its owners' layout: exp/*_id.txt and cam1/ .. cam6/."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, DatasetCard, is_image
from vireid.errors import DataError
from vireid.types import Images, Modality, Truth

VISIBLE_CAMERAS = (1, 2, 4, 5)
INFRARED_CAMERAS = (3, 6)

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
        "test queries": 3_803,
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
    root = Path(root)
    train_ids = sorted({*_identities(root, "train"), *_identities(root, "val")})
    test_ids = sorted(_identities(root, "test"))
    both = sorted(set(train_ids) & set(test_ids))
    if both:
        raise DataError(
            f"{root / 'exp'}: identities {_some(both)} are listed for training and for test; "
            "expected disjoint lists"
        )
    train, train_truth = _images(root, train_ids)
    test, test_truth = _images(root, test_ids)
    for modality, cameras in (
        (Modality.VISIBLE, VISIBLE_CAMERAS),
        (Modality.INFRARED, INFRARED_CAMERAS),
    ):
        if not np.any(train.modality == modality):
            folders = ", ".join(f"cam{camera}" for camera in cameras)
            raise DataError(
                f"{root} holds no {modality.name.lower()} training image; "
                f"expected some in {folders} for the identities of exp/train_id.txt"
            )
    original = _statistics(train, train_ids, test, test_ids) == SYSU_MM01.statistics
    name = SYSU_MM01.name if original else f"{root.resolve().name} (SYSU-MM01 layout)"
    card = SYSU_MM01 if original else None
    return DataFolder(name, train, test, train_truth, test_truth, protocol="sysu", card=card)


def _statistics(
    train: Images, train_ids: list[int], test: Images, test_ids: list[int]
) -> dict[str, int]:
    """Count what the card of SYSU-MM01 counts."""
    return {
        "cameras": len(np.union1d(train.camera, test.camera)),
        "train identities": len(train_ids),
        "train visible images": int(np.sum(train.modality == Modality.VISIBLE)),
        "train infrared images": int(np.sum(train.modality == Modality.INFRARED)),
        "test identities": len(test_ids),
        "test queries": int(np.sum(test.modality == Modality.INFRARED)),
    }


def _identities(root: Path, split: str) -> set[int]:
    """Return the identities of exp/{split}_id.txt."""
    path = root / "exp" / f"{split}_id.txt"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing; SYSU-MM01 lists its {split} identities there"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as text: {error}") from None
    filled = [line for line in lines if line.strip()]
    if len(filled) != 1:
        raise DataError(f"{path} has {len(filled)} lines; expected one line such as 1,2,4")
    words = [word.strip() for word in filled[0].split(",")]
    words = [word for word in words if word]
    for word in words:
        if not (word.isascii() and word.isdigit()):
            raise DataError(f"{path} holds {word!r}; expected identity numbers such as 1,2,4")
    if not words:
        raise DataError(f"{path} holds no identity; expected one line such as 1,2,4")
    return {int(word) for word in words}


def _images(root: Path, identities: list[int]) -> tuple[Images, Truth]:
    """Return all images of the identities, by identity, camera and name."""
    found = [
        (identity, camera, path)
        for identity in identities
        for camera, path in _of_identity(root, identity)
    ]
    present = {identity for identity, _, _ in found}
    absent = [identity for identity in identities if identity not in present]
    if absent:
        raise DataError(
            f"{root} has no image of the listed identities {_some(absent)}; "
            f"expected files such as cam1/{absent[0]:04d}/0001.jpg"
        )
    camera = np.array([entry[1] for entry in found], dtype=np.int64)
    modality = np.where(
        np.isin(camera, INFRARED_CAMERAS), Modality.INFRARED, Modality.VISIBLE
    ).astype(np.int64)
    images = Images(root, tuple(entry[2] for entry in found), modality, camera)
    return images, Truth(np.array([entry[0] for entry in found], dtype=np.int64))


def _of_identity(root: Path, identity: int) -> Iterator[tuple[int, str]]:
    """Yield camera and relative path of each image of an identity."""
    for camera in sorted((*VISIBLE_CAMERAS, *INFRARED_CAMERAS)):
        folder = f"cam{camera}/{identity:04d}"
        if (root / folder).is_dir():
            names = sorted(entry.name for entry in (root / folder).iterdir())
            yield from ((camera, f"{folder}/{name}") for name in names if is_image(name))


def _some(identities: list[int]) -> str:
    """Return up to five of the identities as text."""
    text = ", ".join(str(identity) for identity in identities[:5])
    more = len(identities) - 5
    return f"{text} and {more} more" if more > 0 else text
