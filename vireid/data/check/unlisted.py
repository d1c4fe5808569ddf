"""Files between the images of a data set that are not taken: in no list, of another kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vireid.data.content import looks_decodable
from vireid.data.folder import IMAGE_SUFFIXES, OTHER_SUFFIXES
from vireid.data.layouts.camera_folders import CLOSED
from vireid.data.layouts.paths import quoted, shown
from vireid.data.layouts.problems import Scan
from vireid.data.walking import Walk, listing, walk
from vireid.errors import number_of, some

FOLDERS = {
    "sysu": tuple(f"cam{camera}" for camera in range(1, 7)),
    "regdb": ("Visible", "Thermal"),
    "llcm": ("vis", "nir", "test_vis", "test_nir"),
}
"""Where the images of each layout are."""

ENDINGS = 20
"""More endings are only counted."""

TABLES = frozenset({".csv", ".parquet"})
"""Endings of what lies beside images as their manifest, or as another one."""


@dataclass(frozen=True)
class Leftovers:
    """What lies in the folders of the data and is not used."""

    images: tuple[str, ...] = ()
    """Image files that no list names, as paths in order; none where a list is missing, which may
    name them."""
    notes: tuple[str, ...] = ()
    """What else is there, a line each."""


def leftovers(scans: Sequence[Scan]) -> Leftovers:
    """Find the files that are neither images nor faulty entries of any fold.

    Looked at are the folders of the layout, and those in which listed images are; what lies
    beside them is not the data's. Hidden files are left out.

    Args:
        scans: all folds of one data set.

    Returns:
        The files, and what is to be said of them.
    """
    root = scans[0].data.train.root
    problems = [problem for scan in scans for problem in scan.problems]
    listed = {path for problem in problems for path in (problem.path, problem.meant)}
    for scan in scans:
        listed.update(scan.data.train.paths, scan.data.test.paths)
    found = _all(root, scans[0].data.protocol or "", listed)
    left = [path for path in found.files if path not in listed]
    images = [path for path in left if PurePosixPath(path).suffix.lower() in IMAGE_SUFFIXES]
    if any(problem.kind == "missing list" for scan in scans for problem in scan.problems):
        named: list[str] = []
    else:
        named = images
    rest = sorted({*left} - {*images})
    notes = (*_others(root, rest), *_closed(found, listed), *added_notes([found]))
    return Leftovers(tuple(named), notes)


def _all(root: Path, protocol: str, listed: set[str]) -> Walk:
    """Return all that lies in the folders of the data, as paths relative to its root."""
    folders = {path.split("/")[0] for path in listed if "/" in path} - {"", ".."}
    folders.update(FOLDERS.get(protocol, ()))
    files: list[str] = []
    faults: list[tuple[str, str]] = []
    system: Counter[str] = Counter()
    for name in sorted(folders):
        below = walk(root / name)
        files += [f"{name}/{path}" for path in below.files]
        faults += [(f"{name}/{path}".rstrip("/"), why) for path, why in below.faults]
        system.update(below.system)
    if any(path and "/" not in path for path in listed):
        here = listing(root)
        files += [name for name in here.files if PurePosixPath(name).suffix.lower() not in TABLES]
        system.update(here.system)
    return Walk(tuple(sorted(files)), (), tuple(faults), system)


def _others(root: Path, paths: Sequence[str]) -> Iterator[str]:
    """Say which files are of other kinds, and which of them are images all the same."""
    images = [
        path
        for path in paths
        if PurePosixPath(path).suffix.lower() in OTHER_SUFFIXES or looks_decodable(root / path)
    ]
    if images:
        yield (
            f"{number_of(len(images), 'image file')} not used, as the name does not end in "
            f".jpg, .jpeg, .png or .bmp ({by_ending(images)}): {some(list(map(shown, images)))}; "
            "convert them, or name them in a manifest (JPEG, PNG and BMP files need only another "
            "ending)"
        )
    rest = sorted({*paths} - {*images})
    if rest:
        yield (
            f"{number_of(len(rest), 'file')} of other kinds not used: {by_ending(rest)}, such as "
            f"{quoted(rest[0])}; convert images among them to PNG"
        )


def _closed(found: Walk, listed: set[str]) -> Iterator[str]:
    """Say what could not be read where no list names it."""
    rest = [(path, why) for path, why in found.faults if path not in listed]
    if rest:
        said = some([f"{quoted(path)} {why}" for path, why in rest], "; ")
        yield f"{CLOSED}, what is in it is unknown: {said}"


def added_notes(walks: Sequence[Walk]) -> Iterator[str]:
    """Say what was left out as systems, disks and tools add it.

    Args:
        walks: of the folders of the data.

    Yields:
        No line or one.
    """
    system: Counter[str] = Counter()
    for found in walks:
        system.update(found.system)
    if system:
        names = [f"{count} {shown(name)}" for name, count in system.most_common()]
        yield f"left out, as systems and disks add them: {some(names)}"


def by_ending(paths: Sequence[str]) -> str:
    """Count files by the ending of their names.

    Args:
        paths: of files.

    Returns:
        Words, the most frequent ending first.

    >>> by_ending(["a.npy", "b.avif", "c.AVIF", "d"])
    '2 .avif, 1 .npy, 1 without ending'
    """
    counts = Counter(shown(PurePosixPath(path).suffix.lower()) for path in paths)
    words = [f"{count} {ending or 'without ending'}" for ending, count in counts.most_common()]
    more = words[ENDINGS:]
    return ", ".join(words[:ENDINGS]) + (f" and {len(more)} other endings" if more else "")
