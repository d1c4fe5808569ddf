"""What is worth a warning or a count: rules of `vireid check` on lists and files alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from vireid.data.check.copies import copy_warnings
from vireid.data.check.faults import NAMES
from vireid.data.check.file_facts import FileFact
from vireid.data.check.parts import Part, alone, sides
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.paths import shown
from vireid.data.layouts.problems import Problem
from vireid.data.statistics import count, differing_counts, looks_original
from vireid.errors import number_of, some
from vireid.types import Modality

SMALLEST = (32, 16)
"""Height and width under which a person cannot be told from another."""
COMMON = 0.95
"""From this share of images of one size on, other sizes are odd."""


def people_warnings(
    data: DataFolder, train: Part, test: Part, card: DatasetCard | None
) -> Iterator[str]:
    """Yield what is worth knowing of people and cameras and keeps nobody from using the data.

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
        whole = [part.name for part in (train, test) if part.complete]
        for name in differing_counts(counts, card):
            if len(whole) == 2 or name.split()[0] in whole:
                yield f"{name}: {counts.get(name, 0)}, but {card.name} has {card.statistics[name]}"
    for part in (train, test):
        yield from _partners(part)
    yield from _cameras(train, test)
    if data.protocol == "plain" and train.truth is not None and test.truth is not None:
        both = np.intersect1d(train.truth.identities, test.truth.identities)
        if len(both):
            people = number_of(len(both), "person", "people")
            yield f"{people} in training and in test: {_numbers(both.tolist())}"
    kinds = np.unique(test.images.modality)
    if test.roles is not None and len(kinds) == 1 and test.complete:
        yield (
            f"queries and gallery are all {Modality(kinds[0]).name.lower()}; scores are those of a "
            "search within one modality, not across"
        )
    if test.truth is None and len(test.images):
        yield "the test images have no identities; they can be embedded and searched, not scored"


def file_warnings(parts: Sequence[Part], unlisted: Sequence[str]) -> Iterator[str]:
    """Yield what is worth knowing of the files and keeps nobody from using the data.

    Args:
        parts: images, each in one part only.
        unlisted: image files that no list names.

    Yields:
        One line each.
    """
    files = _files(parts)
    lying = [path for path, fact in files.items() if fact.turned and fact.width > fact.height]
    odd = [line for path, line in _odd(parts).items() if path not in set(lying)]
    if odd:
        yield f"{number_of(len(odd), 'image')} of an odd size (height x width): {some(odd)}"
    if lying:
        yield (
            f"{number_of(len(lying), 'image')} that an orientation tag turns to lie (wider than "
            f"high): {some(list(map(shown, lying)))}; where people stand upright without it, take "
            "the tag off"
        )
    clear = [path for path, fact in files.items() if fact.transparent]
    if clear:
        yield (
            f"{number_of(len(clear), 'image')} with transparent parts, which are put on middle "
            f"grey, whatever lies under them: {some(list(map(shown, clear)))}; it is fine if the "
            "people were cut out like this in both modalities"
        )
    hot = [path for path, fact in files.items() if fact.radiometric]
    if hot:
        yield (
            f"{number_of(len(hot), 'image')} with temperatures beside the picture, which are not "
            f"read: {some(list(map(shown, hot)))}; where the picture is in false colours, save the "
            "temperatures as grey levels of 16 or 32 bits (docs/data.md)"
        )
    cut = [path for path, fact in files.items() if fact.wasted]
    if cut:
        yield (
            f"{number_of(len(cut), 'image')} in colour or with transparency of more than 8 bits, "
            "of which the upper 8 are read and hardly used, and --levels does not act: "
            f"{some(list(map(shown, cut)))}; save them as grey levels of 16 bits without "
            "transparency, or stretch colours to 16 bits"
        )
    yield from copy_warnings(parts)
    if unlisted:
        names = some(list(map(shown, unlisted)))
        yield f"{number_of(len(unlisted), 'image file')} in no list and not used: {names}"


def _partners(part: Part) -> Iterator[str]:
    single = alone(part)
    if single and part.roles is None:
        people = number_of(len(single), f"{part.name} identity", f"{part.name} identities")
        yield f"{people} in one modality only: {_numbers(single)}"
    if part.roles is not None and part.truth is not None and part.complete:
        queries, gallery = sides(part)
        lost = sorted(queries - gallery)
        if lost and queries & gallery:
            people = number_of(len(lost), "identity", "identities")
            yield f"{people} in queries only, not counted by the scores: {_numbers(lost)}"


def _cameras(train: Part, test: Part) -> Iterator[str]:
    numbers = np.union1d(train.images.camera, test.images.camera)
    if len(numbers) == 1 and numbers[0] != 0 and train.complete and test.complete:
        name = train.images.plus(test.images).camera_name(int(numbers[0]))
        yield (f"all images are of one camera, {name}; where cameras differ, give each a number")


def _files(parts: Sequence[Part]) -> dict[str, FileFact]:
    """Return what each file turned out to be, once where lists name it several times."""
    return {
        path: fact
        for part in parts
        for path, fact in zip(part.images.paths, part.facts, strict=True)
    }


def _odd(parts: Sequence[Part]) -> dict[str, str]:
    """Name, by path, the images that are wider than high, tiny, or unlike nearly all others."""
    files = [(path, fact) for path, fact in _files(parts).items() if not fact.problem]
    if not files:
        return {}
    sizes = Counter((fact.height, fact.width) for _, fact in files)
    usual, number = sizes.most_common(1)[0]
    usual_only = number >= COMMON * len(files)
    return {
        path: f"{shown(path)} ({fact.height}x{fact.width})"
        for path, fact in files
        if fact.width > fact.height
        or fact.height < SMALLEST[0]
        or fact.width < SMALLEST[1]
        or (usual_only and (fact.height, fact.width) != usual)
    }


def _same(parts: Sequence[Part]) -> list[list[str]]:
    """Return groups of files with equal content."""
    groups: dict[bytes, list[str]] = defaultdict(list)
    for path, fact in _files(parts).items():
        if fact.digest:
            groups[fact.digest].append(path)
    return [paths for paths in groups.values() if len(paths) > 1]


def findings(
    problems: Sequence[Problem],
    parts: Sequence[Part],
    unlisted: Sequence[str],
    folds: Sequence[tuple[Part, Part]],
) -> dict[str, int]:
    """Count what is out of order.

    Args:
        problems: of the lists.
        parts: images, each in one part only.
        unlisted: image files that no list names.
        folds: training and test images of each fold.

    Returns:
        Numbers by what is wrong; zeros too. People in one modality are those of the fold that
        has most of them.
    """
    kinds = Counter(problem.kind for problem in problems)
    return {
        **{name: kinds[kind] for kind, name in NAMES.items()},
        "unreadable files": sum(bool(fact.problem) for fact in _files(parts).values()),
        "files of an odd size": len(_odd(parts)),
        "copies of other files": sum(len(paths) - 1 for paths in _same(parts)),
        "image files in no list": len(unlisted),
        "train identities in one modality": max(len(alone(train)) for train, _ in folds),
        "test identities in one modality": max(len(alone(test)) for _, test in folds),
    }


def _numbers(identities: Sequence[int]) -> str:
    return some([str(identity) for identity in identities])
