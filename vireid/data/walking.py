"""All files below a folder: links are followed, and what is left out is named."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM = frozenset(
    {
        "@eadir", "@recycle", "@recently-snapshot", "@tmp", "@synoresource", ".@__thumb",
        "#recycle", "#snapshot", "~snapshot", ".snapshot", ".snapshots", "__macosx",
        "$recycle.bin", "recycler", "system volume information", "found.000", "lost+found",
        "thumbs", "thumbnails", ".thumbnails", ".thumbs", ".xvpics", ".picasaoriginals",
        ".spotlight-v100", ".fseventsd", ".trashes", ".trash", ".trash-1000", ".dtrash",
        ".temporaryitems", "network trash folder", "temporary items", ".documentrevisions-v100",
        ".appledouble", ".appledb", ".appledesktop", ".git", ".svn", ".hg", ".ipynb_checkpoints",
        "__pycache__", ".stfolder", ".stversions", ".sync", ".dropbox.cache", ".tmp.drivedownload",
        "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", ".ds_store",
        ".picasa.ini", "picasa.ini", ".directory", ".nomedia",
    }
)  # fmt: skip
"""Names, in lower case, of folders and files that systems, disks and tools add to pictures."""

Inode = tuple[int, int]
"""Device and number of a folder."""


@dataclass(frozen=True)
class Listing:
    """What lies in one folder; hidden entries are left out."""

    files: list[str] = field(default_factory=list)
    """Names of files, and of links to files."""
    folders: list[str] = field(default_factory=list)
    """Names of folders, and of links to folders."""
    loops: list[str] = field(default_factory=list)
    """Names of links that lead back to a folder above them; they are not entered."""
    system: list[str] = field(default_factory=list)
    """Names that stand in ``SYSTEM``; they are left out."""
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Names of what should be there and cannot be used, and why; an empty one is the folder."""


@dataclass(frozen=True)
class Walk:
    """What lies below a folder, as paths relative to it with slashes."""

    files: tuple[str, ...] = ()
    """All files, in order."""
    loops: tuple[str, ...] = ()
    """Links that lead back to a folder above them."""
    faults: tuple[tuple[str, str], ...] = ()
    """Folders that may not be read, links that lead nowhere and the like, and why."""
    system: Mapping[str, int] = field(default_factory=dict)
    """How many folders and files of each name of ``SYSTEM`` were left out."""


def walk(folder: Path) -> Walk:
    """Find all files below a folder, at any depth.

    Links to files and folders count as what they lead to, but for those that lead back to a folder
    above them. Hidden files and folders are left out, and those that systems, disks and tools add.

    Args:
        folder: where to look; it may be a link.

    Returns:
        What was found; nothing where there is no such folder.
    """
    files: list[str] = []
    loops: list[str] = []
    faults: list[tuple[str, str]] = []
    system: Counter[str] = Counter()
    waiting = [("", _above(folder))]
    while waiting:
        inside, above = waiting.pop()
        here = folder / inside
        found = listing(here, above)
        files.extend([inside + name for name in found.files])
        loops.extend(inside + name for name in found.loops)
        faults.extend(((inside + name).rstrip("/"), why) for name, why in found.faults)
        system.update(found.system)
        for name in found.folders:
            place = _place(here / name)
            waiting.append((f"{inside}{name}/", above | {place} if place else above))
    return Walk(tuple(sorted(files)), tuple(sorted(loops)), tuple(sorted(faults)), system)


def listing(folder: Path, above: frozenset[Inode] | None = None) -> Listing:
    """List one folder.

    Args:
        folder: where to look; it may be a link.
        above: the folder and those above it, which links may not lead to; found if not given.

    Returns:
        What lies in it; nothing where there is no such folder.
    """
    found = Listing()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.lower() in SYSTEM:
                    found.system.append(name)
                elif not name.startswith("."):
                    _sort(entry, found, folder, above)
    except (FileNotFoundError, NotADirectoryError):
        return Listing()
    except OSError as error:
        return Listing(faults=[("", f"cannot be read: {error.strerror}")])
    return found


def _sort(
    entry: os.DirEntry[str], found: Listing, folder: Path, above: frozenset[Inode] | None
) -> None:
    """Put an entry to those of its kind."""
    try:
        if entry.is_file():
            found.files.append(entry.name)
        elif not entry.is_dir():
            found.faults.append((entry.name, _neither(entry)))
        elif entry.is_symlink() and _place(folder / entry.name) in (above or _above(folder)):
            found.loops.append(entry.name)
        else:
            found.folders.append(entry.name)
    except OSError as error:
        found.faults.append((entry.name, f"cannot be read: {error.strerror}"))


def _neither(entry: os.DirEntry[str]) -> str:
    """Say why an entry is neither a file nor a folder."""
    if entry.is_symlink():
        return f"is a link that leads nowhere, to '{os.readlink(entry.path)}'"  # noqa: PTH115
    return "is neither a file nor a folder"


def _above(folder: Path) -> frozenset[Inode]:
    """Return a folder and all above it, by its name and by where it really is."""
    real, named = Path(os.path.realpath(folder)), Path(os.path.abspath(folder))  # noqa: PTH100
    places = (_place(path) for path in {real, *real.parents, named, *named.parents})
    return frozenset(place for place in places if place)


def _place(path: Path) -> Inode | None:
    """Return which folder a path leads to; None where that cannot be said."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
