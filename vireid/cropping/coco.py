"""COCO JSON: images, categories, and annotations with a bbox."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from vireid.cropping.boxes import Box, BoxList, Form, as_size, fault, shortened
from vireid.errors import DataError

TRACKS = ("track_id", "instance_id", "object_id", "tracking_id")
"""What annotators call the number of a track, in an annotation or among its attributes."""
CROWD = "around crowds (iscrowd)"


def read_coco(source: str, text: str, form: Form = "size") -> BoxList:
    """Read COCO JSON.

    Args:
        source: the file, for messages.
        text: what it holds.
        form: what the four numbers of a bbox are.

    Returns:
        The boxes; frames are called by the file names of their images.

    Raises:
        DataError: the text is no JSON or lacks what COCO has.
    """
    found = _parsed(source, text)
    images = {_key(one, "id", source): one for one in _list(found, "images", source)}
    classes = {
        _key(one, "id", source): str(one.get("name", one["id"]))
        for one in _list(found, "categories", source, needed=False)
    }
    names = {key: _file_name(one, source) for key, one in images.items()}
    dropped: Counter[str] = Counter()
    boxes = []
    for index, one in enumerate(_list(found, "annotations", source)):
        place = f"annotation {index + 1}"
        image = _key(one, "image_id", source)
        if image not in names:
            text = shortened(str(one["image_id"]))
            raise DataError(f"{source}, {place}: image_id {text} is the id of no image")
        box = _box(f"{source}, {place}", place, one, names[image], classes, form)
        reason = CROWD if one.get("iscrowd") else fault(box.numbers)
        if reason:
            dropped[reason] += 1
        else:
            boxes.append(box)
    sizes = {
        names[key]: (one["width"], one["height"]) for key, one in images.items() if _sized(one)
    }
    return BoxList(source, "coco", tuple(boxes), sizes=sizes, dropped=dropped)


def _parsed(source: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise DataError(f"{source} is no JSON: {str(problem) or 'nested too deeply'}") from None
    if isinstance(found, list):
        raise DataError(
            f"{source} is a list, as detectors write it; expected COCO's object with images, "
            "annotations and categories, which says what the frames are called"
        )
    assert isinstance(found, dict)  # a text that begins with a brace
    return found


def _list(
    found: dict[str, Any], name: str, source: str, *, needed: bool = True
) -> list[dict[str, Any]]:
    """Return a list of objects."""
    value = found.get(name, None if needed else [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise DataError(f"{source} lacks a list {name!r} of objects; expected COCO's JSON")
    return value


def _key(one: Mapping[str, Any], name: str, source: str) -> str:
    """Return an id, which may be a number or text."""
    value = one.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise DataError(f"{source}: {name} is {shortened(repr(value))}; expected a number or text")
    return f"{type(value).__name__} {value}"


def _file_name(image: Mapping[str, Any], source: str) -> str:
    name = image.get("file_name")
    if not isinstance(name, str) or not name:
        raise DataError(f"{source}: image {image.get('id')} has no file_name")
    return name


def _sized(image: Mapping[str, Any]) -> bool:
    return all(type(image.get(name)) is int and image[name] > 0 for name in ("width", "height"))


def _box(
    where: str,
    place: str,
    one: Mapping[str, Any],
    frame: str,
    classes: Mapping[str, str],
    form: Form,
) -> Box:
    """Return the box of an annotation."""
    box = one.get("bbox")
    numeric = isinstance(box, list) and all(_is_number(value) for value in box)
    if not numeric or len(box) != 4:  # type: ignore[arg-type]
        raise DataError(f"{where}: bbox is {shortened(repr(box))}; expected four numbers")
    a, b, c, d = (_float(value) for value in box)  # type: ignore[union-attr]
    score = one.get("score")
    return Box(
        frame=frame,
        track=_track(one),
        numbers=as_size((a, b, c, d), form),
        place=place,
        confidence=_float(score) if score is not None and _is_number(score) else None,
        category=_category(one, where, classes),
    )


def _category(one: Mapping[str, Any], where: str, classes: Mapping[str, str]) -> str:
    if one.get("category_id") is None:
        return ""
    key = _key(one, "category_id", where)
    return classes.get(key, key.partition(" ")[2])


def _track(one: Mapping[str, Any]) -> str:
    """Return the track of an annotation as text."""
    inner = one.get("attributes")
    for place in (one, inner if isinstance(inner, dict) else {}):
        for name in TRACKS:
            value = place.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool):
                return "" if value in {-1, "-1"} else str(value)
            if isinstance(value, float) and value.is_integer():
                return str(int(value)) if value >= 0 else ""
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _float(value: float) -> float:
    """Return a number; one that is too large for a float is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")
