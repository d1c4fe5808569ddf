"""Reader of two folders of a user's own images: visible/ and infrared/."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vireid.data.folder import NO_IMAGE, DataFolder, is_image, no_images
from vireid.data.layouts.camera_folders import unusable
from vireid.data.layouts.modalities import modality_of
from vireid.data.layouts.paths import name_problems, quoted
from vireid.data.layouts.problems import Problem, Scan
from vireid.data.walking import listing, walk
from vireid.errors import number_of, some
from vireid.types import Images, Modality


def read_two_folders(root: Path | str) -> DataFolder:
    """Read all images below `visible` and `infrared` as training images without identities.

    Cameras are unknown (0). Images are ordered by path, visible ones first; hidden files and
    folders are skipped, and those that systems and disks add. Links are followed. No image is
    opened.

    Args:
        root: the folder that holds the two.

    Returns:
        The training images; no test images.

    Raises:
        DataError: where one of the two folders holds no image, a folder may not be read, a link
            leads nowhere, or a name is no UTF-8.
    """
    return scan_two_folders(Path(root)).accepted()


def scan_two_folders(root: Path) -> Scan:
    """Read `visible` and `infrared`, and note what is wrong.

    Args:
        root: as for ``read_two_folders``.

    Returns:
        The images that are there, and the problems.
    """
    problems: list[Problem] = []
    paths: list[str] = []
    modality: list[int] = []
    notes = list(_other_folders(root))
    depths: list[str] = []
    for kind in Modality:
        folder = kind.name.lower()
        found = walk(root / folder)
        problems.extend(
            unusable(f"{folder}/{path}".rstrip("/"), why, "train") for path, why in found.faults
        )
        notes.extend(loop_notes([f"{folder}/{path}" for path in found.loops]))
        images = [f"{folder}/{path}" for path in found.files if is_image(path.rpartition("/")[2])]
        if not images and not found.faults:
            problems.append(Problem("absent images", f"{folder} {NO_IMAGE}", part="train"))
        wrong = [list(name_problems(path)) for path in images]
        for path, faults in zip(images, wrong, strict=True):
            problems.extend(problem.at("", "train", path) for problem in faults)
        good = [path for path, faults in zip(images, wrong, strict=True) if not faults]
        depths.extend(depth_notes(good, folder))
        paths.extend(good)
        modality.extend([kind] * len(good))
    kinds = np.array(modality, dtype=np.int64)
    train = Images(root, tuple(paths), kinds, np.zeros_like(kinds))
    data = DataFolder(root.resolve().name, train, no_images(root), notes=tuple(notes))
    return Scan(str(root), data, tuple(problems), tuple(depths))


def loop_notes(loops: Sequence[str]) -> Iterator[str]:
    """Say which links are not followed.

    Args:
        loops: links that lead to a folder above them.

    Yields:
        No line or one.
    """
    if loops:
        links = number_of(len(loops), "link")
        yield f"{links} to a folder above, not followed: {some(list(map(quoted, loops)))}"


def depth_notes(paths: Sequence[str], folder: str) -> Iterator[str]:
    """Say where images lie at several depths, as pictures and their thumbnails may.

    Args:
        paths: of images.
        folder: what they lie in.

    Yields:
        No line or one.

    >>> list(depth_notes(["v/a/1.png", "v/a/s/1.png", "v/b/1.png"], "v"))
    ["images of v lie at several depths: 2 such as 'v/a/1.png', 1 such as 'v/a/s/1.png'; \
all are used, thumbnails and copies too"]
    """
    counts = Counter(path.count("/") for path in paths)
    if len(counts) > 1:
        firsts = {path.count("/"): path for path in reversed(paths)}
        said = [
            f"{count} such as {quoted(firsts[depth])}" for depth, count in sorted(counts.items())
        ]
        yield (
            f"images of {folder} lie at several depths: {some(said)}; "
            "all are used, thumbnails and copies too"
        )


def _other_folders(root: Path) -> Iterator[str]:
    """Name folders beside the two that seem to hold images of a modality too."""
    own = {kind.name.lower() for kind in Modality}
    others = [
        name
        for name in sorted(listing(root).folders)
        if name not in own and modality_of(name.rstrip("0123456789_- ")) is not None
    ]
    counts = {
        name: sum(is_image(file.rpartition("/")[2]) for file in walk(root / name).files)
        for name in others
    }
    said = [f"{name} ({number_of(count, 'image')})" for name, count in counts.items() if count]
    if said:
        yield f"folders not used: {some(said)}; only visible/ and infrared/ are read"
