"""YOLO text: a folder with a text file for each frame, a line for each box."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vireid.cropping.boxes import Box, BoxList, Form, as_size, fault, number, whole
from vireid.errors import DataError

NOT_LABELS = frozenset({"classes.txt", "obj.names", "labels.txt", "readme.txt", "train.txt",
                        "val.txt", "test.txt"})  # fmt: skip
"""Text files that lie beside labels and are none."""
LEAST = 5
BEYOND = 1.5
"""Shares of a frame above which numbers must be pixels."""


def label_files(folder: Path) -> list[Path]:
    """List the files of labels below a folder.

    Args:
        folder: where to look, at any depth.

    Returns:
        The files in order.
    """
    found = (file for file in folder.rglob("*.txt") if file.name.lower() not in NOT_LABELS)
    return sorted(file for file in found if not file.name.startswith(".") and file.is_file())


def read_yolo(folder: Path, form: Form = "centre") -> BoxList:
    """Read a folder of YOLO labels: class, centre, width and height as shares of the frame.

    A sixth number is the track where it is whole in all lines, else the confidence; of seven, the
    sixth is the confidence and the seventh the track, as Ultralytics writes them.

    Args:
        folder: text files, called like their frames; ``classes.txt`` may name the classes.
        form: what the four numbers are.

    Returns:
        The boxes; frames are called by the names of the files without their ending.

    Raises:
        DataError: a line is something else, or there is no file.
    """
    files = label_files(folder)
    if not files:
        raise DataError(f"{folder} holds no .txt files; expected YOLO labels, one for each frame")
    rows = [row for file in files for row in _rows(folder, file)]
    tracked = all(cells[5].isdigit() for *_, cells in rows if len(cells) == LEAST + 1)
    names = _names(folder / "classes.txt")
    dropped: Counter[str] = Counter()
    boxes = []
    for frame, where, cells in rows:
        box = _box(folder, frame, where, cells, form, tracked=tracked, names=names)
        reason = fault(box.numbers)
        if reason:
            dropped[reason] += 1
        else:
            boxes.append(box)
    people = () if names else ("0",)
    return BoxList(str(folder), "yolo", tuple(boxes), shares=True, people=people, dropped=dropped)


def _rows(folder: Path, file: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the frame's name, the place and the cells of each line of a file."""
    name = file.relative_to(folder).as_posix()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{file} is no text in UTF-8; expected YOLO labels") from None
    except OSError as problem:
        raise DataError(f"{file} cannot be read: {problem.strerror}") from None
    for line, row in enumerate(text.splitlines(), start=1):
        cells = row.split()
        if not cells:
            continue
        if not LEAST <= len(cells) <= LEAST + 2:
            outline = "; outlines and key points are no boxes" if len(cells) > LEAST + 2 else ""
            raise DataError(
                f"{folder / name}, line {line}: {len(cells)} cells; expected class, centre, width "
                f"and height, perhaps confidence and track{outline}"
            )
        yield name.removesuffix(".txt"), f"{name}, line {line}", cells


def _box(
    folder: Path, frame: str, place: str, cells: list[str], form: Form, *, tracked: bool,
    names: list[str],
) -> Box:  # fmt: skip
    """Return the box of a line."""
    where = f"{folder}/{place}"
    words = ("centre", "centre", "width", "height")
    four = [number(cell, where, word) for cell, word in zip(cells[1:5], words, strict=True)]
    if any(abs(value) > BEYOND for value in four):
        raise DataError(
            f"{where}: {max(four, key=abs):g} is no share of the frame; expected numbers from 0 to "
            "1, not pixels"
        )
    kind = whole(cells[0], where, "class")
    category = names[kind] if kind < len(names) else str(kind)
    confidence, track = _more(cells[LEAST:], tracked=tracked)
    return Box(
        frame=frame,
        track=track,
        numbers=as_size((four[0], four[1], four[2], four[3]), form),
        place=place,
        confidence=None if confidence is None else number(confidence, where, "confidence"),
        category=category,
    )


def _more(cells: list[str], *, tracked: bool) -> tuple[str | None, str]:
    """Return what stands behind a box: the confidence and the track, as far as they are there."""
    if not cells:
        return None, ""
    if len(cells) == 1:
        return (None, cells[0]) if tracked else (cells[0], "")
    confidence, track = cells
    if confidence.isdigit() and not track.isdigit():
        confidence, track = track, confidence
    return confidence, track


def _names(file: Path) -> list[str]:
    """Return the names of the classes, none where no file tells them."""
    try:
        return [name.strip() for name in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        return []
