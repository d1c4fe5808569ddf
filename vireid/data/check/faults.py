"""What is a fault and what it stops: rules of `vireid check` on lists, files and identities."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vireid.data.check.parts import Part, sides
from vireid.data.layouts.problems import Kind, PartName, Problem, folded
from vireid.errors import number_of, some
from vireid.types import Modality

Use = Literal["training", "evaluation"]
"""What data can be good for."""

BOTH: tuple[Use, ...] = ("training", "evaluation")

MAX_UNREADABLE = 0.01
"""Share of the training images that may be unreadable; training leaves them out."""

NAMES: dict[Kind, str] = {
    "missing list": "missing or unreadable lists",
    "missing file": "list entries without a file",
    "repeated entry": "repeated list entries",
    "faulty entry": "faulty list entries",
    "absent images": "identities or modalities without images",
    "closed": "folders and links that cannot be read",
}
"""What each kind of problem is called in tables."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with data, and what it stops."""

    what: str
    """What is wrong, in a few words."""
    text: str
    """What was found and what is expected; where files are named, what is wrong with them."""
    stops: tuple[Use, ...]
    """What cannot be done before it is mended; nothing where it is worth a warning only."""
    files: tuple[str, ...] = ()
    """Why single files or entries of lists are wrong."""
    counted: str = "file"
    """What a single one of the files is called, before the text."""
    folds: str = ""
    """In which folds it is so, where there are several and it is not so in all."""
    number: int = 0
    """How many there are, where the reasons are told together for several of them."""

    @property
    def line(self) -> str:
        """All of it in a line, of the files the first five."""
        text = self.text
        if self.files and text:
            text = f"{number_of(len(self.files), self.counted)} {text}"
        return ": ".join(part for part in (self.folds, text, _told(self.files)) if part)

    @property
    def label(self) -> str:
        """What is wrong and how often, in a few words."""
        number = self.number or len(self.files)
        return f"{self.what} ({number})" if number else self.what


def list_faults(problems: Sequence[Problem]) -> list[Fault]:
    """Return the faults of lists; they stop everything, as every command reads all lists.

    Args:
        problems: of the lists.

    Returns:
        One fault for each kind of problem.
    """
    kinds: dict[Kind, list[Problem]] = defaultdict(list)
    for problem in problems:
        kinds[problem.kind].append(problem)
    return [
        Fault(NAMES[kind], "", BOTH, tuple(folded(found)), number=len(found))
        for kind, found in kinds.items()
    ]


def _told(files: Sequence[str]) -> str:
    """Tell the first reasons; what all of them end in is told once."""
    parts = [text.rpartition("; ") for text in files]
    if len(parts) > 1 and all(part[0] and part[2] == parts[0][2] for part in parts):
        return f"{some([part[0] for part in parts], '; ')}; {parts[0][2]}"
    return some(list(files), "; ")


def use_faults(
    problems: Sequence[Problem], train: Part, test: Part, max_unreadable: float
) -> list[Fault]:
    """Return the faults of files and identities, with what each of them stops.

    Args:
        problems: of the lists. What may follow from a list, an entry or images that are not there
            is not said.
        train: the training images.
        test: the test images.
        max_unreadable: share of the training images that may be unreadable, in [0, 1).

    Returns:
        One fault for each reason, and one that stops nothing for images that are left out.
    """
    found = list(_unreadable(train, test, max_unreadable))
    if not _incomplete(problems, "train"):
        found.extend(_one_sided(train))
    if test.truth is not None and not _incomplete(problems, "test"):
        found.extend(_unanswerable(test))
    return found


def _incomplete(problems: Sequence[Problem], part: PartName) -> bool:
    """Tell whether images of a part are missing already, for whatever reason."""
    return any(p.part in (part, None) for p in problems)


def _unreadable(train: Part, test: Part, max_unreadable: float) -> Iterator[Fault]:
    texts, what = train.unreadable, "unreadable training images"
    share = f"--max-unreadable {max_unreadable:g} lets pass"
    if len(texts) > max_unreadable * len(train.images):
        text = f"cannot be read, more than {share}"
        yield Fault(what, text, ("training",), tuple(texts), "training image")
    elif texts:
        text = f"cannot be read; training goes on without, as {share}"
        yield Fault(what, text, (), tuple(texts), "training image")
    if test.unreadable:
        text = "cannot be read; an evaluation needs all"
        texts, what = test.unreadable, "unreadable test images"
        yield Fault(what, text, ("evaluation",), tuple(texts), "test image")


def _one_sided(train: Part) -> Iterator[Fault]:
    readable = np.array([not fact.problem for fact in train.facts], dtype=bool)
    counts = [int(np.sum(readable & (train.images.modality == kind))) for kind in Modality]
    if sum(counts) and not all(counts):
        text = (
            f"there are {counts[0]} visible and {counts[1]} infrared training images; expected both"
        )
        yield Fault("training images of one modality only", text, ("training",))


def _unanswerable(test: Part) -> Iterator[Fault]:
    words = ("visible", "infrared") if test.roles is None else ("query", "gallery")
    first, second = sides(test)
    for word, side in zip(words, (first, second), strict=True):
        if len(test.images) and not side:
            text = f"there is no {word} test image; expected some to search for or to search in"
            yield Fault(f"no {word} test image", text, ("evaluation",))
    if first and second and not first & second:
        text = f"no {words[0]} identity has {words[1]} test images; expected the same people"
        yield Fault("no query with a match", text, ("evaluation",))
