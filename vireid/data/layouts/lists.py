"""The text lists of the public data sets: identities in a line, or an image and a label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vireid.data.layouts.encoding import text_of
from vireid.data.layouts.paths import ListedPaths, quoted
from vireid.data.layouts.problems import PartName, Problem
from vireid.errors import some


@dataclass(frozen=True)
class Entry:
    """One line of an image list."""

    path: str
    """The image, relative to the data set's folder."""
    label: int
    """The number of the person."""


def read_lines(root: Path, name: str, part: PartName, problems: list[Problem]) -> list[str]:
    """Read the lines of a list.

    Args:
        root: the data set's folder.
        name: a text file in UTF-8, relative to the root.
        part: the images that it lists.
        problems: told where the list is missing or no text.

    Returns:
        The lines without surrounding spaces, at least one; a blank line is empty. No line where
        the list cannot be read.
    """
    try:
        text = text_of((root / name).read_bytes())
    except FileNotFoundError:
        wrong = f"list {name} is missing; this layout lists its images there"
    except OSError as error:
        wrong = f"list {name} cannot be read as text: {error.strerror}"
    except ValueError as error:
        wrong = f"list {name} cannot be read as text: {error}"
    else:
        return [line.strip() for line in text.splitlines()] or [""]
    problems.append(Problem("missing list", wrong, part=part))
    return []


def read_identities(root: Path, name: str, part: PartName, problems: list[Problem]) -> list[int]:
    """Read a list of identities, one line of numbers with commas between.

    Args:
        root: the data set's folder.
        name: such as exp/train_id.txt.
        part: the images of these identities.
        problems: told where the list is missing or empty, is no text, or holds anything else.

    Returns:
        The numbers that can be read, ascending, each once.
    """
    read = read_lines(root, name, part, problems)
    lines = [line for line in read if line]
    words = [word.strip() for line in lines for word in line.split(",")]
    words = [word for word in words if word]
    wrong = [word for word in words if not _is_number(word)]
    if read and not words:
        text = f"list {name} holds no identity; expected one line such as 1,2,4"
        problems.append(Problem("missing list", text, part=part))
    if len(lines) > 1:
        text = f"{name} has {len(lines)} lines; expected one line such as 1,2,4"
        problems.append(Problem("faulty entry", text, part=part))
    if wrong:
        text = f"{name} holds {some(list(map(quoted, wrong)))}; expected identities such as 1,2,4"
        problems.append(Problem("faulty entry", text, part=part))
    return sorted({int(word) for word in words if _is_number(word)})


def read_entries(
    paths: ListedPaths, name: str, part: PartName, problems: list[Problem]
) -> list[Entry]:
    """Read a list with a path and a label on each line.

    Args:
        paths: of the data set's folder, which the listed ones are relative to.
        name: the list, relative to the root.
        part: the images that it lists.
        problems: told where the list is missing, empty or no text, and what is wrong with single
            lines, which are left out.

    Returns:
        The entries whose file is there, in the order of the lines.
    """
    lines = read_lines(paths.root, name, part, problems)
    if lines and not any(lines):
        text = f"list {name} is empty; expected lines such as folder/image.bmp 0"
        problems.append(Problem("missing list", text, part=part))
    seen: dict[str, int] = {}
    entries = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        path, _, label = line.rpartition(" ")
        path = paths.settle(path.strip())
        found = list(_problems(paths, path, label, seen))
        seen.setdefault(path, number)
        problems.extend(problem.at(f"{name}, line {number}", part, path) for problem in found)
        if not found:
            entries.append(Entry(path, int(label)))
    return entries


def note_shared(
    one: Iterable[str],
    other: Iterable[str],
    text: str,
    place: str,
    part: PartName | None,
    problems: list[Problem],
) -> None:
    """Note the images that two lists share, which no two may.

    Args:
        one: paths of the images of a list.
        other: those of another one.
        text: what is said after the name of an image that is in both.
        place: the lists, for messages.
        part: the images that they list; None where the two differ in this.
        problems: told of each image, in the order of the other list.
    """
    seen = set(one)
    problems.extend(
        Problem("repeated entry", f"{quoted(path)} {text}", place, part, path, same=text)
        for path in other
        if path in seen
    )


SEPARATORS = {"\t": "tab", ",": "comma", ";": "semicolon"}
"""What some programs write between path and label in the place of a space."""

BOTH_MODALITIES = "is listed for both modalities; take it out of the list that is not its own"
"""What is said of an image in the visible and in the infrared list."""

BOTH_PARTS = "is a training image too; an image is for training or for test"
"""What is said of a test image that is trained on."""


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


def _problems(paths: ListedPaths, path: str, label: str, seen: dict[str, int]) -> Iterator[Problem]:
    """Yield what is wrong with a line."""
    if not path or not _is_number(label):
        line = f"{path} {label}".strip()
        between = _separator(line)
        same = f"no path and label{between}; expected such as folder/image.bmp 0"
        yield Problem("faulty entry", f"{quoted(line)} is {same}", same=f"it is {same}")
        return
    if path in seen:
        text = f"{quoted(path)} is on line {seen[path]} already"
        yield Problem("repeated entry", text, same="the image is on a line above already")
        return
    yield from paths.problems(path)


def _separator(line: str) -> str:
    """Name what stands between path and label in the place of a space."""
    for sign, word in SEPARATORS.items():
        path, found, label = line.rpartition(sign)
        if found and path.strip() and _is_number(label.strip()):
            return f" with a space between, but with a {word}"
    return ""
