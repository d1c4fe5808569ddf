"""The text lists of the public data sets: identities in a line, or an image and a label."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vireid.data.paths import normal, path_problems
from vireid.data.problems import Problem
from vireid.errors import DataError


@dataclass(frozen=True)
class Entry:
    """One line of an image list."""

    path: str
    """The image, relative to the data set's folder."""
    label: int
    """The number of the person."""


def read_lines(path: Path) -> list[str]:
    """Read the lines of a list that are not blank.

    Args:
        path: a text file in UTF-8.

    Returns:
        The lines without surrounding spaces; a blank line is empty.

    Raises:
        DataError: the file is missing or no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path} is missing; this layout lists its images there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as text: {error}") from None
    return [line.strip() for line in text.splitlines()]


def read_identities(path: Path) -> list[int]:
    """Read a list of identities, one line of numbers with commas between.

    Args:
        path: such as exp/train_id.txt.

    Returns:
        The numbers, ascending, each once.

    Raises:
        DataError: the file is missing, no text, or holds anything else.
    """
    lines = [line for line in read_lines(path) if line]
    if len(lines) != 1:
        raise DataError(f"{path} has {len(lines)} lines; expected one line such as 1,2,4")
    words = [word.strip() for word in lines[0].split(",")]
    words = [word for word in words if word]
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            raise DataError(f"{path} holds {word!r}; expected identity numbers such as 1,2,4")
    if not words:
        raise DataError(f"{path} holds no identity; expected one line such as 1,2,4")
    return sorted({int(word) for word in words})


def read_entries(root: Path, name: str, problems: list[Problem]) -> list[Entry]:
    """Read a list with a path and a label on each line.

    Args:
        root: the data set's folder, which the paths are relative to.
        name: the list, relative to the root.
        problems: gets what is wrong with single lines, which are left out.

    Returns:
        The entries whose file is there, in the order of the lines.

    Raises:
        DataError: the file is missing, no text, or holds no line.
    """
    lines = read_lines(root / name)
    if not any(lines):
        raise DataError(f"{root / name} is empty; expected lines such as folder/image.bmp 0")
    seen: dict[str, int] = {}
    entries = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        path, _, label = line.rpartition(" ")
        path = normal(path.strip())
        found = list(_problems(root, path, label, seen))
        seen.setdefault(path, number)
        problems.extend(Problem(p.kind, f"{name}, line {number}: {p.text}") for p in found)
        if not found:
            entries.append(Entry(path, int(label)))
    return entries


def _problems(root: Path, path: str, label: str, seen: dict[str, int]) -> Iterator[Problem]:
    """Yield what is wrong with a line."""
    if not path or not (label.isascii() and label.isdigit() and len(label) < 10):
        text = f"{(path + ' ' + label).strip()!r} is no path and label"
        yield Problem("faulty entry", f"{text}; expected such as folder/image.bmp 0")
        return
    if path in seen:
        yield Problem("repeated entry", f"{path!r} is on line {seen[path]} already")
        return
    yield from path_problems(root, path)
