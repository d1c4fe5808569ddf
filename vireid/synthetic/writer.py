"""Writing the synthetic data set to a folder, with several processes, in the layout asked for."""

import csv
import json
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from PIL import Image

from vireid.errors import ConfigError, DataError
from vireid.synthetic.apart import drawn_apart
from vireid.synthetic.camera import view_of
from vireid.synthetic.contact_sheet import write_contact_sheet
from vireid.synthetic.defaults import DEFAULTS
from vireid.synthetic.files import PATTERNS, image_name, lists
from vireid.synthetic.picture import Picture, render_track
from vireid.synthetic.portrait import dress
from vireid.synthetic.settings import SyntheticSettings
from vireid.synthetic.wardrobe import draw_person
from vireid.types import Modality, Tell

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


ANEW = "delete the folder to have it drawn anew, or choose another one"
"""What to do about a data set that is not whole any more."""


def synthesise(
    out: Path | str,
    settings: SyntheticSettings = DEFAULTS["sysu"],
    *,
    processes: int | None = None,
    progress: Tell | None = None,
) -> Path:
    """Write a data set, or return at once where an equal one is complete.

    The files depend only on the settings, not on the number of processes.

    Args:
        out: the folder; made where it is missing.
        settings: what to write; people seen by the cameras of SYSU-MM01 if not given.
        processes: how many processes render, at least 1; by default one for each core.
        progress: called with the images done and all images, in this process.

    Returns:
        The folder.

    Raises:
        DataError: if the folder holds other files, or a data set with other settings or without
            some of its images, or a process ends unexpectedly.
        ConfigError: if processes is below 1.
    """
    if processes is not None and processes < 1:
        raise ConfigError(f"processes is {processes}; expected at least 1")
    out = Path(out)
    if _is_complete(out, settings):
        return out
    _claim(out)
    identities = settings.people.everybody
    rows: dict[int, list[list[str]]] = {}
    total = settings.total_images
    for identity, written in drawn_apart(
        partial(write_identity, out, settings), identities, processes
    ):
        rows[identity] = written
        if progress is not None:
            progress(sum(map(len, rows.values())), total)
    everything = [row for identity in identities for row in rows[identity]]
    for name, text in lists(settings, everything):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    with (out / "factors.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([FACTORS, *everything])
    cells = _cells(settings, everything, identities[: min(12, len(identities))])
    write_contact_sheet(out, out / "contact-sheet.png", cells)
    _finish(out, settings)
    return out


def _cells(
    settings: SyntheticSettings, rows: Sequence[Sequence[str]], identities: Sequence[int]
) -> list[list[list[str]]]:
    """Return the images of each identity and camera."""
    cells: dict[str, list[str]] = {}
    for path, _, _, _, track, *_ in rows:
        cells.setdefault(track, []).append(path)
    numbers = [mount.number for mount in settings.rig.mounts]
    return [[cells.get(_track(k, number), []) for number in numbers] for k in identities]


def _track(identity: int, camera: int) -> str:
    """Return the name of a track."""
    return f"{identity:04d}-{camera}"


def _description(settings: SyntheticSettings) -> dict[str, Any]:
    found = {"version": VERSION, "images": settings.total_images, "settings": settings.as_dict()}
    people = settings.people
    if people.unpaired or people.replace:
        for kind in Modality:
            alone = [k for k, one in people.one_modality_only.items() if one == kind]
            found[f"{kind.name.lower()}_only"] = alone
    if people.replace:
        found["stands_in_for"] = {str(k): one for k, one in people.stand_ins.items()}
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
    _check_whole(out, settings)
    return True


def _check_whole(out: Path, settings: SyntheticSettings) -> None:
    """Refuse a data set of which images have been deleted."""
    try:
        with (out / "factors.csv").open(newline="", encoding="utf-8") as file:
            paths = [row[0] for row in csv.reader(file)][1:]
    except (OSError, IndexError, ValueError) as error:
        raise DataError(f"{out}: factors.csv is missing or damaged; {ANEW}") from error
    gone = [path for path in paths if not (out / path).is_file()]
    total = settings.total_images
    count = max(len(gone), total - len(paths) + len(gone))
    if count:
        first = f", first {gone[0]}" if gone else ""
        raise DataError(f"{out} lacks {count:,} of {total:,} images{first}; {ANEW}")


def _claim(out: Path) -> None:
    """Mark an empty folder, or one that a killed run left, as being written."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is a file; expected a folder")
    marker = out / UNFINISHED
    if out.is_dir() and any(out.iterdir()) and not marker.is_file():
        raise DataError(f"{out} holds other files; expected an empty or new folder")
    out.mkdir(parents=True, exist_ok=True)
    marker.write_text("This folder is being written by vireid synth.\n", encoding="utf-8")
    for pattern in chain.from_iterable(PATTERNS.values()):
        for image in out.glob(pattern):
            image.unlink()
        for folder in out.glob(pattern.rpartition("/")[0]):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _finish(out: Path, settings: SyntheticSettings) -> None:
    """Write the file that makes the folder complete."""
    draft = out / (COMPLETE + ".draft")
    draft.write_text(json.dumps(_description(settings), indent=2) + "\n", encoding="utf-8")
    draft.replace(out / COMPLETE)
    (out / UNFINISHED).unlink()


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
    for camera in settings.cameras_of(identity):
        pictures = render_track(settings, identity, camera, dressed)
        for number, picture in enumerate(pictures, start=1):
            name = image_name(settings, identity, picture, number)
            _save(picture, out / name)
            rows.append(_factors(name, identity, picture))
    return rows


def _save(picture: Picture, path: Path) -> None:
    """Write an image in the format of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(picture.pixels)
    if path.suffix == ".bmp":
        image.save(path, format="BMP")
    else:
        image.save(path, format="JPEG", quality=95, subsampling=0)


def _factors(path: str, identity: int, picture: Picture) -> list[str]:
    """Return a row of factors.csv."""
    camera, track, shot = picture.camera, picture.track, picture.shot
    numbers = (shot.phase, shot.scale * track.distance, *shot.shift)
    light = (*track.light[:3], camera.exposure * track.exposure * shot.exposure, camera.elevation)
    return [
        path,
        str(identity),
        str(camera.file_number),
        camera.modality.name.lower(),
        _track(identity, camera.number),
        f"{shot.yaw:.4f}",
        view_of(shot.yaw),
        str(int(track.reversed)),
        str(int(track.walking)),
        *(f"{value:.4f}" for value in numbers),
        shot.occluder,
        *(f"{value:.4f}" for value in light),
    ]
