"""Where a listed file is missing: whether one is there under a slightly other name."""

import os
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

PATIENCE = 100
"""After so many files that are nowhere, the folders below are no longer looked into."""

_DRIVE = re.compile(r"^(file:/*)?([A-Za-z]:)?")


@dataclass(frozen=True)
class Other:
    """A file that is there under another name than the listed one."""

    path: str
    """Relative to the data's folder."""
    changes: tuple[str, ...]
    """How its name differs, in words that follow 'it is there'."""


class Nearby:
    """Looks for files below a folder, and remembers the names in the folders that it has seen.

    Args:
        root: the data's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names: dict[str, dict[str, list[str]]] = {}
        self._lost = 0

    def find(self, path: str) -> Other | None:
        """Look for a file that is missing.

        Args:
            path: as it is listed; it leads to no file.

        Returns:
            The file that is probably meant; None where there is none, or where there are several.
        """
        text, changes = _plain(path)
        parts = [part for part in text.split("/") if part not in ("", ".", "..")]
        for gone in range(len(parts)):
            found = self._spelt(parts[gone:])
            if found is not None:
                more = (f"without '{'/'.join(parts[:gone])}/'",) if gone else ()
                return Other("/".join(found[0]), (*changes, *more, *found[1]))
        if self._lost < PATIENCE:
            found_deeper = self._deeper(parts, changes)
            self._lost += found_deeper is None
            return found_deeper
        return None

    def _deeper(self, parts: list[str], changes: tuple[str, ...]) -> Other | None:
        """Look in the folders of the data for a path that lacks its first part."""
        found = []
        for name in sorted({name for names in self._listed("").values() for name in names}):
            if parts and is_file(self.root / name / "/".join(parts)):
                found.append(name)
        if len(found) != 1:
            return None
        return Other("/".join([*found, *parts]), (*changes, f"below '{found[0]}/'"))

    def _spelt(self, parts: list[str]) -> tuple[list[str], tuple[str, ...]] | None:
        """Return the names on disk that differ from the parts in their spelling only."""
        here: list[str] = []
        changes: dict[str, None] = {}
        for part in parts:
            folder = "/".join(here)
            names = self._listed(folder).get(_key(part), [])
            name = part if part in names else names[0] if len(names) == 1 else None
            if name is None:
                return None
            changes.update(dict.fromkeys(_differences(part, name)))
            here.append(name)
        return (here, tuple(changes)) if is_file(self.root / "/".join(here)) else None

    def _listed(self, folder: str) -> dict[str, list[str]]:
        """Return the names in a folder by what they share with other spellings."""
        if folder not in self._names:
            names = defaultdict(list)
            try:
                for name in os.listdir(self.root / folder):  # noqa: PTH208 - names only
                    names[_key(name)].append(name)
            except (OSError, ValueError):
                names.clear()
            self._names[folder] = names
        return self._names[folder]


def is_file(path: Path) -> bool:
    """Tell whether there is a file that can be reached.

    Args:
        path: of any length.

    Returns:
        False also where a path is none or a folder may not be read.
    """
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _plain(path: str) -> tuple[str, tuple[str, ...]]:
    """Return a path with slashes and without drive and quoting, and what was changed."""
    changes = []
    text = path
    if "%" in text and unquote(text) != text:
        text = unquote(text)
        changes.append("without URL quoting")
    if "\\" in text:
        text = text.replace("\\", "/")
        changes.append("with slashes for backslashes")
    drive = _DRIVE.match(text)
    if drive and drive[0]:
        text = text[drive.end() :]
        changes.append(f"without '{drive[0]}'")
    return text, tuple(changes)


def _key(name: str) -> str:
    """Return what a name shares with its other spellings."""
    form = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", " ".join(form.split())).rstrip(". ")


def _differences(given: str, found: str) -> list[str]:
    """Say how two names of the same key differ."""
    if given == found:
        return []
    if unicodedata.normalize("NFC", given) == unicodedata.normalize("NFC", found):
        return [FORM]
    if given.casefold() == found.casefold():
        return [CASE]
    if " ".join(given.split()).rstrip(". ") == " ".join(found.split()).rstrip(". "):
        return ["with other spaces or dots"]
    return ["with other letters of the same look, case or spaces"]


CASE = "upper and lower case must agree"
"""What is said of a name in another case."""
FORM = "with the same letters in another Unicode form"
"""What is said of a name whose accents are stored in another way."""
