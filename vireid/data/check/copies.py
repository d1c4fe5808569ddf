"""Images that occur twice, named for what that does: a query in its gallery, a test in training."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vireid.data.check.file_facts import FileFact
from vireid.data.check.measures import unpacked
from vireid.data.check.parts import Part
from vireid.data.folder import Role
from vireid.data.layouts.paths import shown
from vireid.errors import number_of, some
from vireid.types import Modality

WHOLE_SIDE = 0.5
"""From this share of the images of a modality on, copies of the other are told as a side."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where an image is used, and what for."""

    path: str
    """Of the file."""
    part: str
    """train, test or other (in another fold)."""
    modality: int
    """0 visible, 1 infrared."""
    identity: int | None
    """Who is on it, where known."""
    role: Role | None
    """What it does in an evaluation, where stated."""


PLAIN = 1.0
"""Contrast in grey levels up to which a picture may agree with another by chance."""

Group = list[Use]
Pairs = list[tuple[Use, Use]]


def same_images(parts: Sequence[Part]) -> list[Group]:
    """Return where images are used that occur more than once, by bytes or by pixels.

    Args:
        parts: images, each in one part only; the third, if there, is of other folds.

    Returns:
        Groups of two and more, each in the order of the parts.
    """
    first: dict[object, int] = {}
    groups: dict[int, dict[str, tuple[Part, int]]] = defaultdict(dict)
    places: list[tuple[Part, int]] = []
    for part in parts:
        for index, fact in enumerate(part.facts):
            key = _key(fact)
            if not key:
                continue
            places.append((part, index))
            number = len(places) - 1
            start = first.setdefault(key, number)
            if start != number:
                for one, at in (places[start], places[number]):
                    groups[start].setdefault(one.images.paths[at], (one, at))
    found = [[_place(*place, parts) for place in group.values()] for group in groups.values()]
    return [group for group in found if len(group) > 1]


def _key(fact: FileFact) -> object:
    """Return what is equal for equal pictures, empty where it is unknown.

    Pictures of one size that agree at all places looked at are equal, whatever their format; of
    plain ones, which may agree by chance, the files have to be equal.
    """
    if fact.picture and unpacked([fact.measures]).contrast[0] > PLAIN:
        return (fact.picture, fact.height, fact.width)
    return fact.digest


def _place(part: Part, index: int, parts: Sequence[Part]) -> Use:
    identity = None if part.truth is None else int(part.truth.identities[index])
    role = None if part.roles is None else part.roles[index]
    name = "other" if len(parts) > 2 and part is parts[2] else part.name
    return Use(part.images.paths[index], name, int(part.images.modality[index]), identity, role)


def copy_warnings(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what images that occur twice do to training and evaluation.

    Args:
        parts: as for ``same_images``.

    Yields:
        One line for each kind, with the number of images and examples.
    """
    groups = same_images(parts)
    queries = [pair for group in groups for pair in _in_gallery(group)]
    yield from _line(
        queries, "query", "queries",
        "with the same picture in the gallery under another name, which each finds first; take it "
        "out, or give the image one row with split both",
    )  # fmt: skip
    trained = [pair for group in groups for pair in _across(group, "test", "train")]
    yield from _line(trained, "test image", "", "whose picture is trained on; scores are too good")
    yield from _line(
        [pair for group in groups for pair in _two_people(group)], "image", "",
        "given to two people; one of the two is wrong",
    )  # fmt: skip
    yield from _both_modalities(groups, parts)
    for role, one, more in (("gallery", "gallery image", ""), ("query", "query", "queries")):
        yield from _line(
            [pair for group in groups for pair in _again(group, "test", role)], one, more,
            f"there before under another name; it counts twice among the "
            f"{'matches' if role == 'gallery' else 'queries'}",
        )  # fmt: skip
    yield from _line(
        [pair for group in groups for pair in _again(group, "test", None)], "test image", "",
        "there before under another name; it counts twice",
    )  # fmt: skip
    yield from _line(
        [pair for group in groups for pair in _again(group, "train", None)], "training image", "",
        "there before under another name; it is trained on twice, which does no harm",
    )  # fmt: skip
    yield from _line(
        [pair for group in groups for pair in _across(group, "other", "")], "image", "",
        "of other folds there before under another name",
    )  # fmt: skip


def _line(pairs: Pairs, one: str, more: str, text: str) -> Iterator[str]:
    if pairs:
        examples = [f"{shown(a.path)} is {shown(b.path)}" for a, b in pairs]
        yield f"{number_of(len(pairs), one, more)} {text}: {some(examples)}"


def _in_gallery(group: Group) -> Pairs:
    """Pair queries with equal images of their gallery."""
    queries = [place for place in group if place.role in ("query", "both")]
    gallery = [place for place in group if place.role in ("gallery", "both")]
    found = []
    for query in queries:
        others = [place for place in gallery if place.path != query.path]
        if others:
            found.append((query, others[0]))
    return found


def _across(group: Group, part: str, other: str) -> Pairs:
    """Pair the images of one part with an equal one of another, or of any where none is named."""
    if other:
        there = [place for place in group if place.part == other][:1]
        return [(place, there[0]) for place in group if place.part == part and there]
    return [(place, group[0]) for place in group[1:] if place.part == part]


def _two_people(group: Group) -> Pairs:
    """Pair images with an equal one of another person, within a part."""
    found = []
    for part in ("train", "test"):
        known = [p for p in group if p.part == part and p.identity is not None]
        found += [(place, known[0]) for place in known[1:] if place.identity != known[0].identity]
    return found


def _both_modalities(groups: Sequence[Group], parts: Sequence[Part]) -> Iterator[str]:
    """Tell infrared images that are visible ones too, and a side that is a copy of the other."""
    pairs = []
    for group in groups:
        visible = [place for place in group if place.modality == Modality.VISIBLE]
        pairs += [(p, visible[0]) for p in group if visible and p.modality == Modality.INFRARED]
    total = sum(int((part.images.modality == Modality.INFRARED).sum()) for part in parts)
    if pairs and len(pairs) >= WHOLE_SIDE * total:
        text = f"of {total} that are visible images too; one side seems to be a copy of the other"
    else:
        text = "that are visible images too; one of the two modalities is wrong"
    yield from _line(pairs, "infrared image", "", text)


def _again(group: Group, part: str, role: str | None) -> Pairs:
    """Pair images with an equal one before them of the same part, person, modality and role."""
    first: dict[tuple[int, int | None], Use] = {}
    found = []
    for place in group:
        if place.part != part or place.role not in (role, "both" if role else role):
            continue
        before = first.setdefault((place.modality, place.identity), place)
        if before is not place:
            found.append((place, before))
    return found
