"""Image files between those of a data set that no list names."""

import posixpath
from collections.abc import Callable, Sequence

from vireid.data.folder import image_files, is_image, is_other_image
from vireid.data.layouts.problems import Scan

FOLDERS = {
    "sysu": tuple(f"cam{camera}" for camera in range(1, 7)),
    "regdb": ("Visible", "Thermal"),
    "llcm": ("vis", "nir", "test_vis", "test_nir"),
}
"""Where the images of each layout are."""


def unlisted_images(scans: Sequence[Scan]) -> list[str]:
    """List the image files that are neither images nor faulty entries of any fold.

    Looked at are the folders of the layout, and those in which listed images are; what lies
    beside them is not the data's.

    Args:
        scans: all folds of one data set.

    Returns:
        Paths relative to its folder, in order; none where a list is missing, which may name them.
        Hidden files are left out, and files that do not end in .jpg, .jpeg, .png or .bmp.
    """
    if any(problem.kind == "missing list" for scan in scans for problem in scan.problems):
        return []
    return _not_listed(scans, is_image)


def unusual_images(scans: Sequence[Scan]) -> list[str]:
    """List the image files that are not used as their names have other endings.

    Args:
        scans: all folds of one data set.

    Returns:
        Paths relative to its folder, in order, of files that end in .tif, .webp or the like in
        the same folders and that no list names.
    """
    return _not_listed(scans, is_other_image)


def _not_listed(scans: Sequence[Scan], wanted: Callable[[str], bool]) -> list[str]:
    data = scans[0].data
    root = data.train.root
    listed = {problem.path for scan in scans for problem in scan.problems}
    for scan in scans:
        listed.update(scan.data.train.paths, scan.data.test.paths)
    folders = {path.split("/")[0] for path in listed if "/" in path} - {"", ".."}
    folders.update(FOLDERS.get(data.protocol or "", ()))
    found = [
        posixpath.join(name, path) for name in folders for path in image_files(root / name, wanted)
    ]
    if any(path and "/" not in path for path in listed):
        found += [f.name for f in root.iterdir() if wanted(f.name) and f.is_file()]
    return sorted(set(found) - listed)
