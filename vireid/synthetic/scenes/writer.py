"""Writing recordings to a folder, with several processes."""

import json
import shutil
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from vireid.errors import ConfigError, DataError
from vireid.synthetic.apart import drawn_apart
from vireid.synthetic.scenes.box_files import box_files, frame_name, truth_file
from vireid.synthetic.scenes.clocks import clock_file, clocks_of
from vireid.synthetic.scenes.filming import film_camera
from vireid.synthetic.scenes.settings import CAMERAS, RECORDINGS, SceneSettings
from vireid.synthetic.scenes.tracking import Tracked, track_people
from vireid.types import Tell

VERSION = 1
"""Raised whenever equal settings no longer give equal files."""
COMPLETE = "scenes.json"
"""Written last: the settings of complete recordings."""
UNFINISHED = "scenes.unfinished"
"""Present while a folder is being written."""
QUALITY = 92

Reel = tuple[str, str]
"""A recording and one of its cameras."""


def film(
    out: Path | str,
    settings: SceneSettings | None = None,
    *,
    processes: int | None = None,
    progress: Tell | None = None,
) -> Path:
    """Write two recordings of four cameras, or return at once where equal ones are complete.

    Each recording has a folder with ``frames/CAMERA/NUMBER.jpg``, files of boxes, ``clocks.csv``,
    and ``truth.csv``, which says who is in each box and is for evaluation only.

    Args:
        out: the folder; made where it is missing.
        settings: what to write.
        processes: how many processes draw, at least 1; by default one for each core.
        progress: called with the cameras done and all cameras of both recordings.

    Returns:
        The folder.

    Raises:
        DataError: the folder holds other files or other recordings, or a process ends
            unexpectedly.
        ConfigError: processes is below 1.
    """
    if processes is not None and processes < 1:
        raise ConfigError(f"processes is {processes}; expected at least 1")
    out, settings = Path(out), settings or SceneSettings()
    if _is_complete(out, settings):
        return out
    _claim(out)
    boxes: dict[Reel, list[Tracked]] = {}
    jobs = list(product(RECORDINGS, CAMERAS))
    for job, found in drawn_apart(partial(write_frames, out, settings), jobs, processes):
        boxes[job] = found
        if progress is not None:
            progress(len(boxes), len(jobs))
    for recording in RECORDINGS:
        held = {camera: boxes[recording, camera] for camera in CAMERAS}
        clocks = clocks_of(settings, recording)
        files = [*box_files(settings, recording, held, clocks)]
        files += [("truth.csv", truth_file(held)), ("clocks.csv", clock_file(clocks))]
        for name, text in files:
            path = out / recording / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    draft = out / (COMPLETE + ".draft")
    draft.write_text(json.dumps(_description(settings), indent=2) + "\n", encoding="utf-8")
    draft.replace(out / COMPLETE)
    (out / UNFINISHED).unlink()
    return out


def _description(settings: SceneSettings) -> dict[str, Any]:
    return {"version": VERSION, "settings": settings.as_dict()}


def _is_complete(out: Path, settings: SceneSettings) -> bool:
    """Tell whether the folder holds these recordings; refuse others."""
    path = out / COMPLETE
    if not path.is_file():
        return False
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} cannot be read; choose another folder or delete it") from error
    if found != _description(settings):
        raise DataError(
            f"{out} holds recordings with other settings; choose another folder or delete this one"
        )
    return True


def _claim(out: Path) -> None:
    """Mark an empty folder, or one that a killed call left, as being written."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is a file; expected a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / UNFINISHED).is_file():
        raise DataError(f"{out} holds other files; expected an empty or new folder")
    out.mkdir(parents=True, exist_ok=True)
    text = "This folder is being written by vireid synth.\n"
    (out / UNFINISHED).write_text(text, encoding="utf-8")
    for recording in RECORDINGS:
        shutil.rmtree(out / recording, ignore_errors=True)


def write_frames(out: Path, settings: SceneSettings, job: Reel) -> list[Tracked]:
    """Write the frames of one camera in one recording.

    Args:
        out: folder of the recordings.
        settings: of the recordings.
        job: names of recording and camera.

    Returns:
        The boxes of a tracker, by frame and track.
    """
    recording, camera = job
    folder = out / recording / "frames" / camera
    folder.mkdir(parents=True, exist_ok=True)
    seen = []
    for number, filmed in enumerate(film_camera(settings, recording, camera), start=1):
        image = Image.fromarray(filmed.pixels)
        image.save(folder / frame_name(number), format="JPEG", quality=QUALITY, subsampling=0)
        seen.append(filmed.seen)
    return track_people(settings, recording, camera, seen)
