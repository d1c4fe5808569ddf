"""The same boxes as files of four formats."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from vireid.seeds import generator
from vireid.synthetic.scenes.clocks import Clock
from vireid.synthetic.scenes.settings import SceneSettings
from vireid.synthetic.scenes.tracking import Tracked

ByCamera = Mapping[str, Sequence[Tracked]]
Files = Iterator[tuple[str, str]]
"""Names of text files below the folder of a recording, and what they hold."""

STEP_BACK = 0.5
"""Seconds by which a clock that is set right goes back."""


def frame_name(number: int) -> str:
    """Return the name of a frame's file.

    Args:
        number: from 1.

    Returns:
        The name without its folder.

    >>> frame_name(7)
    '000007.jpg'
    """
    return f"{number:06d}.jpg"


def box_files(
    settings: SceneSettings, recording: str, boxes: ByCamera, clocks: Mapping[str, Clock]
) -> Files:
    """Yield the files of boxes that are asked for.

    Args:
        settings: of the recordings.
        recording: name of the recording.
        boxes: of each camera, by frame and track.
        clocks: of each camera.

    Yields:
        Names and texts.
    """
    for name, write in _WRITERS.items():
        if settings.boxes_format in ("all", name):
            yield from write(settings, recording, boxes, clocks)


def _mot(_: SceneSettings, __: str, boxes: ByCamera, ___: Mapping[str, Clock]) -> Files:
    for camera, held in boxes.items():
        lines = (
            f"{one.frame},{one.track},{','.join(f'{value:.2f}' for value in one.box)},"
            f"{one.confidence:.3f},1,{one.visible:.2f}\n"
            for one in held
        )
        yield f"boxes/{camera}.txt", "".join(lines)


def _coco(settings: SceneSettings, _: str, boxes: ByCamera, __: Mapping[str, Clock]) -> Files:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for camera, held in boxes.items():
        ids = {}
        for frame in sorted({one.frame for one in held}):
            ids[frame] = len(images) + 1
            size = {"width": settings.width, "height": settings.height}
            name = f"{camera}/{frame_name(frame)}"
            images.append({"id": ids[frame], "file_name": name, **size})
        for one in held:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": ids[one.frame],
                    "category_id": 1,
                    "bbox": list(one.box),
                    "area": round(one.box[2] * one.box[3], 2),
                    "iscrowd": 0,
                    "score": one.confidence,
                    "track_id": one.track,
                }
            )
    found = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "person"}],
    }
    yield "boxes.json", json.dumps(found) + "\n"


def _yolo(settings: SceneSettings, _: str, boxes: ByCamera, __: Mapping[str, Clock]) -> Files:
    size = settings.width, settings.height
    for camera, held in boxes.items():
        lines: defaultdict[int, list[str]] = defaultdict(list)
        for one in held:
            left, top, width, height = one.box
            four = (left + width / 2, top + height / 2, width, height)
            shares = " ".join(f"{value / size[k % 2]:.8f}" for k, value in enumerate(four))
            lines[one.frame].append(f"0 {shares} {one.confidence:.3f} {one.track}\n")
        for frame, texts in lines.items():
            yield f"labels/{camera}/{frame:06d}.txt", "".join(texts)


def _table(
    settings: SceneSettings, recording: str, boxes: ByCamera, clocks: Mapping[str, Clock]
) -> Files:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ("camera", "frame", "track", "left", "top", "width", "height", "confidence", "class",
         "timestamp")
    )  # fmt: skip
    for camera, held in boxes.items():
        rng = generator(settings.seed, "timestamps", recording, camera)
        last = max((one.frame for one in held), default=0)
        jitter = rng.normal(0, 0.03, last + 1).clip(-0.1, 0.1)
        set_right = int(rng.integers(1, last + 2))
        for one in held:
            off = float(jitter[one.frame]) + (STEP_BACK if one.frame < set_right else 0.0)
            time = clocks[camera].at(one.frame) + timedelta(seconds=off)
            numbers = [f"{value:.2f}" for value in one.box]
            table.writerow(
                (camera, frame_name(one.frame), one.track, *numbers, one.confidence, "person",
                 time.isoformat(timespec="milliseconds"))
            )  # fmt: skip
    yield "boxes.csv", text.getvalue()


_Write = Callable[[SceneSettings, str, ByCamera, Mapping[str, Clock]], Files]
_WRITERS: dict[str, _Write] = {"mot": _mot, "coco": _coco, "yolo": _yolo, "csv": _table}


def truth_file(boxes: ByCamera) -> str:
    """Return what is true of each box, which is for evaluation only.

    Args:
        boxes: of each camera.

    Returns:
        A table: camera, frame, track, identity, the exact box and the share that is seen.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ("camera", "frame", "track", "identity", "left", "top", "width", "height", "visible")
    )
    for camera, held in boxes.items():
        for one in held:
            identity = "" if one.identity is None else one.identity
            where = (camera, frame_name(one.frame), one.track, identity)
            table.writerow((*where, *one.true_box, f"{one.visible:.2f}"))
    return text.getvalue()
