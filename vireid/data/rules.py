"""What is a fault, what a warning: the rules of `vireid check`, on lists and facts alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vireid.data.file_facts import FileFact
from vireid.data.folder import DataFolder, DatasetCard, Role
from vireid.data.problems import Kind, Problem, some
from vireid.data.statistics import count, differences, looks_original
from vireid.types import Images, Modality, Truth

SMALLEST = (32, 16)
"""Height and width under which a person cannot be told from another."""
COMMON = 0.95
"""From this share of images of one size on, other sizes are odd."""


@dataclass(frozen=True)
class Part:
    """The training or the test images with all that is known of them."""

    name: str
    """train or test."""
    images: Images
    """N images."""
    truth: Truth | None
    """Their identities, if known."""
    facts: tuple[FileFact, ...]
    """What their files turned out to be."""
    roles: tuple[Role, ...] | None = None
    """N roles, where the data states them."""


def faults(problems: Sequence[Problem], train: Part, test: Part) -> list[str]:
    """Return why the data cannot be used as it is.

    Args:
        problems: of its lists.
        train: the training images.
        test: the test images.

    Returns:
        One line for each reason.
    """
    return [
        *_by_kind(problems),
        *_unreadable((train, test)),
        *_one_sided(train),
        *([] if test.truth is None else _unanswerable(test)),
    ]


def _by_kind(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield a line for each kind of problem."""
    kinds: dict[Kind, list[str]] = defaultdict(list)
    for problem in problems:
        kinds[problem.kind].append(problem.text)
    for texts in kinds.values():
        yield some(texts, "; ")


def _unreadable(parts: tuple[Part, Part]) -> Iterator[str]:
    texts = [fact.problem for part in parts for fact in part.facts if fact.problem]
    if texts:
        yield some(texts, "; ")


def _one_sided(train: Part) -> Iterator[str]:
    counts = [int(np.sum(train.images.modality == kind)) for kind in Modality]
    if sum(counts) and not all(counts):
        yield (
            f"there are {counts[0]} visible and {counts[1]} infrared training images; expected both"
        )


def _sides(test: Part) -> list[set[int]]:
    """Return the identities of queries and gallery, or of both modalities."""
    assert test.truth is not None
    if test.roles is not None:
        second = np.array([role == "gallery" for role in test.roles], dtype=bool)
    else:
        second = test.images.modality == Modality.INFRARED
    return [set(test.truth.identities[side].tolist()) for side in (~second, second)]


def _unanswerable(test: Part) -> Iterator[str]:
    words = ("visible", "infrared") if test.roles is None else ("query", "gallery")
    first, second = _sides(test)
    for word, side in zip(words, (first, second), strict=True):
        if len(test.images) and not side:
            yield f"there is no {word} test image; expected some to search for or to search in"
    if first and second and not first & second:
        yield f"no {words[0]} identity has a {words[1]} test image; expected the same people"


def warnings(data: DataFolder, train: Part, test: Part, card: DatasetCard | None) -> Iterator[str]:
    """Yield what is worth knowing and keeps nobody from using the data.

    Args:
        data: all of it.
        train: the training images.
        test: the test images.
        card: of the public data set whose layout it has.

    Yields:
        One line each.
    """
    counts = count(data)
    if card is not None and data.card is None and looks_original(counts, card):
        for name in differences(counts, card):
            yield f"{name}: {counts.get(name, 0)}, but {card.name} has {card.statistics[name]}"
    for part in (train, test):
        yield from _partners(part)
    yield from _cameras(train, test)
    odd = _odd(train, test)
    if odd:
        yield f"{len(odd)} images of an odd size (height x width): {some(odd)}"
    yield from _copies(train, test)
    if data.protocol == "plain" and train.truth is not None and test.truth is not None:
        both = np.intersect1d(train.truth.identities, test.truth.identities)
        if len(both):
            yield f"{len(both)} people are in training and test: {_numbers(both.tolist())}"
    if test.truth is None and len(test.images):
        yield "the test images have no identities; they can be embedded and searched, not scored"


def alone(part: Part) -> list[int]:
    """Return the identities without a partner in the other modality.

    Args:
        part: training or test images.

    Returns:
        Identities seen in one modality only; none where identities are unknown.
    """
    if part.truth is None:
        return []
    both = [part.truth.identities[part.images.modality == kind].tolist() for kind in Modality]
    return sorted(set(both[0]) ^ set(both[1]))


def _partners(part: Part) -> Iterator[str]:
    single = alone(part)
    if single and part.roles is None:
        yield f"{len(single)} {part.name} identities in one modality only: {_numbers(single)}"
    if part.roles is not None and part.truth is not None:
        queries, gallery = _sides(part)
        lost = sorted(queries - gallery)
        if lost and queries & gallery:
            yield (f"{len(lost)} identities in queries only, which do not count: {_numbers(lost)}")


def _cameras(train: Part, test: Part) -> Iterator[str]:
    numbers = np.union1d(train.images.camera, test.images.camera)
    if len(numbers) == 1 and numbers[0] != 0:
        yield (
            f"all images are of one camera, {numbers[0]}; where cameras differ, give each a number"
        )


def _odd(train: Part, test: Part) -> list[str]:
    """Name the images that are wider than high, tiny, or unlike nearly all others."""
    files = [
        (path, fact)
        for part in (train, test)
        for path, fact in zip(part.images.paths, part.facts, strict=True)
        if not fact.problem
    ]
    if not files:
        return []
    sizes = Counter((fact.height, fact.width) for _, fact in files)
    usual, number = sizes.most_common(1)[0]
    usual_only = number >= COMMON * len(files)
    return [
        f"{path} ({fact.height}x{fact.width})"
        for path, fact in files
        if fact.width > fact.height
        or fact.height < SMALLEST[0]
        or fact.width < SMALLEST[1]
        or (usual_only and (fact.height, fact.width) != usual)
    ]


def _same(train: Part, test: Part) -> list[list[str]]:
    """Return groups of files with equal content."""
    groups: dict[bytes, list[str]] = defaultdict(list)
    for part in (train, test):
        for path, fact in zip(part.images.paths, part.facts, strict=True):
            if fact.digest:
                groups[fact.digest].append(path)
    return [paths for paths in groups.values() if len(paths) > 1]


def _copies(train: Part, test: Part) -> Iterator[str]:
    groups = _same(train, test)
    if groups:
        pairs = [f"{paths[1]} of {paths[0]}" for paths in groups]
        copies = sum(len(paths) - 1 for paths in groups)
        yield f"{copies} files are copies of others: {some(pairs)}"


def findings(problems: Sequence[Problem], train: Part, test: Part) -> dict[str, int]:
    """Count what is out of order.

    Args:
        problems: of the lists.
        train: the training images.
        test: the test images.

    Returns:
        Numbers by what is wrong; zeros too.
    """
    kinds = Counter(problem.kind for problem in problems)
    return {
        "list entries without a file": kinds["missing file"],
        "repeated list entries": kinds["repeated entry"],
        "faulty list entries": kinds["faulty entry"],
        "unreadable files": sum(bool(f.problem) for f in (*train.facts, *test.facts)),
        "files of an odd size": len(_odd(train, test)),
        "copies of other files": sum(len(paths) - 1 for paths in _same(train, test)),
        "train identities in one modality": len(alone(train)),
        "test identities in one modality": len(alone(test)),
    }


def _numbers(identities: Sequence[int]) -> str:
    return some([str(identity) for identity in identities])
