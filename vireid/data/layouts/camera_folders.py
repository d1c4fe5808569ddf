"""Images in folders by camera and identity, as `cam1/0001/`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from vireid.data.folder import is_image
from vireid.data.layouts.paths import name_problems, quoted
from vireid.data.layouts.problems import PartName, Problem
from vireid.data.walking import listing, walk
from vireid.errors import number_of, some


def images_of(root: Path, folder: str, part: PartName, problems: list[Problem]) -> Iterator[str]:
    """Yield the images of a folder by name; hidden and other files are skipped.

    Args:
        root: the data set's folder.
        folder: relative to the root, such as cam1/0001; it may be missing.
        part: what the images are for.
        problems: gets folders with the name of an image, names that are no UTF-8, and what cannot
            be read.

    Yields:
        Paths relative to the root.
    """
    found = listing(root / folder)
    problems.extend(
        unusable(f"{folder}/{name}".rstrip("/"), why, part) for name, why in found.faults
    )
    names = {name: False for name in found.files if is_image(name)}
    names |= {name: True for name in (*found.folders, *found.loops) if is_image(name)}
    for name in sorted(names):
        path = f"{folder}/{name}"
        wrong = list(name_problems(path))
        if names[name]:
            text = f"path {quoted(path)} is no file; expected an image file"
            wrong.append(Problem("faulty entry", text))
        problems.extend(problem.at("", part, path) for problem in wrong)
        if not wrong:
            yield path


CLOSED = "cannot be read"
"""What is said of folders that may not be entered, and of links that lead nowhere."""


def unusable(path: str, why: str, part: PartName | None) -> Problem:
    """Say that a folder or link of the data cannot be used.

    Args:
        path: relative to the data set's folder.
        why: a few words.
        part: the images that it should hold.

    Returns:
        The problem.
    """
    cure = "mount or copy what it leads to, or remove it" if "link" in why else "make it readable"
    why, kind = f"{why}; {cure}", why.split(",")[0]
    return Problem("closed", f"{quoted(path)} {why}", part=part, path=path, same=f"it {kind}")


def other_cameras(root: Path, known: Iterable[str], within: str = "") -> Iterator[str]:
    """Say which camera folders a layout does not know.

    Args:
        root: the data set's folder.
        known: names of the camera folders of the layout.
        within: where they lie, relative to the root.

    Yields:
        No line or one, with the number of images in each.
    """
    names = {*known}
    folders = listing(root / within).folders
    counts = {
        f"{within}/{name}".lstrip("/"): sum(
            is_image(file.rpartition("/")[2]) for file in walk(root / within / name).files
        )
        for name in sorted(folders)
        if name.lower().startswith("cam") and name not in names
    }
    if counts:
        said = [f"{name} ({number_of(count, 'image')})" for name, count in counts.items()]
        yield (
            f"unknown camera folders, not used: {some(said)}; this layout knows "
            f"{', '.join(known)}, a manifest takes any camera"
        )
