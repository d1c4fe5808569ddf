"""Writing the synthetic data set to a folder, with several processes, in SYSU-MM01's layout."""

import csv
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from PIL import Image
from threadpoolctl import threadpool_limits

from vireid.data.synthetic.camera import view_of
from vireid.data.synthetic.contact_sheet import write_contact_sheet
from vireid.data.synthetic.picture import Picture, render_track
from vireid.data.synthetic.portrait import dress
from vireid.data.synthetic.settings import CAMERAS, SyntheticSettings
from vireid.data.synthetic.unpaired import cameras_of, one_modality_only
from vireid.data.synthetic.wardrobe import draw_person
from vireid.errors import ConfigError, DataError
from vireid.types import Modality

VERSION = 1
"""Raised whenever equal settings no longer give equal files."""
COMPLETE = "synthetic.json"
"""Written last: the settings of a complete data set."""
UNFINISHED = "synthetic.unfinished"
"""Present while a folder is being written."""
FACTORS = (
    "path", "identity", "camera", "modality", "track", "yaw", "view", "reversed", "walking",
    "phase", "scale", "shift_x", "shift_y", "occluder", "light_x", "light_y", "light_z",
    "exposure", "elevation",
)  # fmt: skip
"""Columns of factors.csv."""


def synthesise(
    out: Path,
    settings: SyntheticSettings,
    *,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write a data set, or return at once where an equal one is complete.

    The files depend only on the settings, not on the number of processes.

    Args:
        out: the folder; made where it is missing.
        settings: what to write.
        processes: how many processes render, at least 1; by default one for each core.
        progress: called with the images done and all images, in this process.

    Returns:
        The folder.

    Raises:
        DataError: if the folder holds other files or a data set with other settings, or a
            process ends unexpectedly.
        ConfigError: if processes is below 1.
    """
    if processes is not None and processes < 1:
        raise ConfigError(f"processes is {processes}; expected at least 1")
    out = Path(out)
    if _is_complete(out, settings):
        return out
    _claim(out)
    identities = range(1, settings.all_identities + 1)
    rows: dict[int, list[list[str]]] = {}
    for identity, written in _written(out, settings, identities, processes):
        rows[identity] = written
        if progress is not None:
            progress(sum(map(len, rows.values())), settings.total_images)
    _write_lists(out, settings)
    with (out / "factors.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(FACTORS)
        for identity in identities:
            table.writerows(rows[identity])
    shown = identities[: min(12, len(identities))]
    write_contact_sheet(out, out / "contact-sheet.png", shown)
    _finish(out, settings)
    return out


def _description(settings: SyntheticSettings) -> dict[str, Any]:
    found = {"version": VERSION, "images": settings.total_images, "settings": settings.as_dict()}
    if settings.unpaired:
        only = one_modality_only(settings)
        for kind in Modality:
            found[f"{kind.name.lower()}_only"] = [k for k, one in only.items() if one == kind]
    return found


def _is_complete(out: Path, settings: SyntheticSettings) -> bool:
    """Tell whether the folder holds this data set; refuse one with other settings."""
    path = out / COMPLETE
    if not path.is_file():
        return False
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} cannot be read; choose another folder or delete it") from error
    if found != _description(settings):
        raise DataError(
            f"{out} holds a synthetic data set with other settings; choose another folder or "
            "delete this one"
        )
    return True


def _claim(out: Path) -> None:
    """Mark an empty folder, or one that a killed run left, as being written."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is a file; expected a folder")
    marker = out / UNFINISHED
    if out.is_dir() and any(out.iterdir()) and not marker.is_file():
        raise DataError(f"{out} holds other files; expected an empty or new folder")
    out.mkdir(parents=True, exist_ok=True)
    marker.write_text("This folder is being written by vireid synth.\n", encoding="utf-8")
    for image in out.glob("cam[1-6]/[0-9][0-9][0-9][0-9]/[0-9][0-9][0-9][0-9].jpg"):
        image.unlink()
    for camera in CAMERAS:
        for folder in out.glob(f"cam{camera}/[0-9][0-9][0-9][0-9]"):
            if not any(folder.iterdir()):
                folder.rmdir()


def _finish(out: Path, settings: SyntheticSettings) -> None:
    """Write the file that makes the folder complete."""
    draft = out / (COMPLETE + ".draft")
    draft.write_text(json.dumps(_description(settings), indent=2) + "\n", encoding="utf-8")
    draft.replace(out / COMPLETE)
    (out / UNFINISHED).unlink()


def _written(
    out: Path, settings: SyntheticSettings, identities: Sequence[int], processes: int | None
) -> Iterator[tuple[int, list[list[str]]]]:
    """Write all images and yield each identity with its rows of factors, in any order."""
    count = min(processes or os.cpu_count() or 1, len(identities))
    yield identities[0], write_identity(out, settings, identities[0])
    if count == 1:
        for identity in identities[1:]:
            yield identity, write_identity(out, settings, identity)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_one_thread) as pool:
        jobs = {pool.submit(write_identity, out, settings, k): k for k in identities[1:]}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        except BrokenProcessPool as error:
            raise DataError(
                "a process that renders images ended unexpectedly; free memory or use one process"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one_thread() -> None:
    threadpool_limits(1)


def write_identity(out: Path, settings: SyntheticSettings, identity: int) -> list[list[str]]:
    """Write the images of one identity.

    Args:
        out: the data set's folder.
        settings: the data set's settings.
        identity: number of the identity, 1 or more.

    Returns:
        Rows of factors.csv, in order of camera and image.
    """
    rows = []
    dressed = dress(draw_person(settings, identity))
    for camera in cameras_of(settings, identity):
        folder = out / f"cam{camera}" / f"{identity:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(
            render_track(settings, identity, camera, dressed), start=1
        ):
            path = folder / f"{number:04d}.jpg"
            image = Image.fromarray(picture.pixels)
            image.save(path, format="JPEG", quality=95, subsampling=0)
            rows.append(_factors(path.relative_to(out).as_posix(), identity, picture))
    return rows


def _factors(path: str, identity: int, picture: Picture) -> list[str]:
    """Return a row of factors.csv."""
    camera, track, shot = picture.camera, picture.track, picture.shot
    numbers = (shot.phase, shot.scale * track.distance, *shot.shift)
    light = (*track.light[:3], camera.exposure * track.exposure * shot.exposure, camera.elevation)
    return [
        path,
        str(identity),
        str(camera.number),
        camera.modality.name.lower(),
        f"{identity:04d}-{camera.number}",
        f"{shot.yaw:.4f}",
        view_of(shot.yaw),
        str(int(track.reversed)),
        str(int(track.walking)),
        *(f"{value:.4f}" for value in numbers),
        shot.occluder,
        *(f"{value:.4f}" for value in light),
    ]


def _write_lists(out: Path, settings: SyntheticSettings) -> None:
    """Write the lists of training, validation and test identities."""
    held = max(1, settings.identities // 8)
    first, last = settings.identities - held, settings.all_identities
    lists = {
        "train": range(1, first + 1),
        "val": range(first + 1, settings.identities + 1),
        "test": range(settings.identities + 1, last + 1),
    }
    (out / "exp").mkdir(exist_ok=True)
    for name, identities in lists.items():
        line = ",".join(map(str, identities)) + "\n"
        (out / "exp" / f"{name}_id.txt").write_text(line, encoding="utf-8")
