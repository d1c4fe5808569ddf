"""CSV with named columns: one row a box."""

import csv
import io
from collections import Counter
from collections.abc import Mapping

from vireid.cropping.boxes import Box, BoxList, Form, as_size, fault, is_whole, number, shortened
from vireid.errors import DataError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "frame": ("frame", "frame_id", "frame_number", "frame_index", "frameid", "image", "image_name",
              "filename", "file_name", "file", "img", "image_id", "path"),
    "track": ("track", "track_id", "trackid", "tracker_id", "object_id", "obj_id", "person_id",
              "id"),
    "left": ("left", "x1", "xmin", "x_min", "bb_left", "bbox_left", "box_left", "bbox_x1",
             "bbox_x", "x"),
    "top": ("top", "y1", "ymin", "y_min", "bb_top", "bbox_top", "box_top", "bbox_y1", "bbox_y",
            "y"),
    "right": ("right", "x2", "xmax", "x_max", "bb_right", "bbox_right", "box_right", "bbox_x2"),
    "bottom": ("bottom", "y2", "ymax", "y_max", "bb_bottom", "bbox_bottom", "box_bottom",
               "bbox_y2"),
    "width": ("width", "w", "bb_width", "bbox_width", "box_width", "bbox_w"),
    "height": ("height", "h", "bb_height", "bbox_height", "box_height", "bbox_h"),
    "centre_x": ("cx", "center_x", "centre_x", "x_center", "x_centre", "xc"),
    "centre_y": ("cy", "center_y", "centre_y", "y_center", "y_centre", "yc"),
    "confidence": ("confidence", "conf", "score"),
    "class": ("class", "category", "label", "class_name", "category_name", "class_id",
              "category_id"),
    "time": ("timestamp", "time", "datetime"),
    "camera": ("camera", "camera_id", "cam", "cam_id"),
}  # fmt: skip
"""What a column may be called, in lower case, the first that is there is taken."""
FORMS: Mapping[Form, tuple[str, str, str, str]] = {
    "corners": ("left", "top", "right", "bottom"),
    "centre": ("centre_x", "centre_y", "width", "height"),
    "size": ("left", "top", "width", "height"),
}
"""Columns of each form; the first that is there is taken, as beside corners a width is usually
that of the frame."""


def read_table(source: str, text: str, form: Form | None = None) -> BoxList:
    """Read a table of boxes.

    Args:
        source: the file, for messages.
        text: what it holds, with commas, semicolons, tabs or bars between the cells.
        form: which columns to take, where there are several; by their names if not given.

    Returns:
        The boxes.

    Raises:
        DataError: columns are missing, or a cell is no number.
    """
    first = text.lstrip().splitlines()[0]
    sign = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=sign, strict=True, skipinitialspace=True)
    dropped: Counter[str] = Counter()
    boxes = []
    try:
        header = [name.strip().lower() for name in next(row for row in reader if row)]
        place = _places(source, header)
        form = _form(source, place, header, form)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {reader.line_num}"
            if len(cells) != len(header):
                raise DataError(
                    f"{source}, {where}: {len(cells)} cells; the header has {len(header)}"
                )
            row = {name: cells[index].strip() for name, index in place.items()}
            box = _box(source, where, row, form, sign)
            reason = fault(box.numbers)
            if reason:
                dropped[reason] += 1
            else:
                boxes.append(box)
    except csv.Error as problem:
        raise DataError(f"{source}, line {reader.line_num}: {problem}; expected CSV") from None
    return BoxList(source, "csv", tuple(boxes), dropped=dropped)


def _places(source: str, header: list[str]) -> dict[str, int]:
    """Return which column holds what."""
    found = {}
    for meaning, names in COLUMNS.items():
        there = [name for name in names if name in header]
        if there:
            found[meaning] = header.index(there[0])
    if "frame" not in found:
        raise DataError(
            f"{source} names no column frame (or frame_id, filename, image ...) but "
            f"{shortened(', '.join(header))}; expected a header line, boxes of MOTChallenge or COCO"
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DataError(f"{source}: column {shortened(twice[0])} is there twice")
    return found


def _form(source: str, place: Mapping[str, int], header: list[str], form: Form | None) -> Form:
    """Return which columns a box is in."""
    for one, names in FORMS.items():
        if form in (None, one) and all(name in place for name in names):
            return one
    raise DataError(
        f"{source} lacks columns of boxes among {shortened(', '.join(header))}; expected left, "
        "top, width, height or xmin, ymin, xmax, ymax or cx, cy, width, height"
    )


def _box(source: str, place: str, row: Mapping[str, str], form: Form, sign: str) -> Box:
    """Return the box of a row."""
    where = f"{source}, {place}"
    decimal = "," if sign != "," else "."
    a, b, c, d = (number(row[name].replace(decimal, "."), where, name) for name in FORMS[form])
    frame = row["frame"]
    if not frame:
        raise DataError(f"{where}: the frame is empty; expected its number or name")
    conf = row.get("confidence", "")
    track = row.get("track", "")
    return Box(
        frame=int(float(frame)) if is_whole(frame) else frame,
        track="" if track in {"-1", "-1.0"} else _track(track),
        numbers=as_size((a, b, c, d), form),
        place=place,
        confidence=number(conf.replace(decimal, "."), where, "confidence") if conf else None,
        category=row.get("class", ""),
        time=row.get("time", ""),
        camera=row.get("camera", ""),
    )


def _track(cell: str) -> str:
    """Return a track as text, without the decimals that a spreadsheet adds to a whole number."""
    head, dot, tail = cell.partition(".")
    return head if dot and head.isdigit() and not tail.strip("0") else cell
