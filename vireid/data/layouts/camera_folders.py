"""Images in folders by camera and identity, as `cam1/0001/`."""

import os
from collections.abc import Iterator
from pathlib import Path

from vireid.data.folder import is_image
from vireid.data.layouts.paths import name_problems
from vireid.data.layouts.problems import PartName, Problem


def images_of(root: Path, folder: str, part: PartName, problems: list[Problem]) -> Iterator[str]:
    """Yield the images of a folder by name; hidden and other files are skipped.

    Args:
        root: the data set's folder.
        folder: relative to the root, such as cam1/0001; it may be missing.
        part: what the images are for.
        problems: gets folders with the name of an image, and names that are no UTF-8.

    Yields:
        Paths relative to the root.
    """
    if not (root / folder).is_dir():
        return
    with os.scandir(root / folder) as found:
        entries = {entry.name: entry.is_dir() for entry in found if is_image(entry.name)}
    for name in sorted(entries):
        path = f"{folder}/{name}"
        wrong = list(name_problems(path))
        if entries[name]:
            text = f"path {path!r} is no file; expected an image file"
            wrong.append(Problem("faulty entry", text))
        problems.extend(problem.at("", part, path) for problem in wrong)
        if not wrong:
            yield path
