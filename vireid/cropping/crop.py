"""Frames and boxes -> crops of people and their manifest."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from os import cpu_count
from pathlib import Path

from vireid.cropping.boxes import Box, BoxList
from vireid.cropping.cuts import Cut, plan
from vireid.cropping.doubts import check_numbers
from vireid.cropping.frames import Frame, FrameFolder, Recording
from vireid.cropping.part import MANIFEST, Part
from vireid.cropping.people import UNSURE, once, sure, wanted_classes
from vireid.cropping.placing import place
from vireid.cropping.reading import content, read_boxes
from vireid.cropping.settings import CropSettings, of_camera
from vireid.cropping.tasks import Tasks
from vireid.cropping.times import times
from vireid.cropping.video import Video
from vireid.errors import ConfigError, DataError, number_of, some
from vireid.types import Tell


@dataclass(frozen=True)
class Cropped:
    """What a call has cut out."""

    manifest: Path
    """The manifest of the folder, which also lists crops of other calls."""
    crops: int
    """Crops of this call."""
    tracks: int
    """Tracks that they are of."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many boxes became no crop, by reason."""
    notes: tuple[str, ...] = ()
    """What is to be known of it, a line each."""


def crop(
    source: Path | str,
    boxes: Path | str,
    out: Path | str,
    settings: CropSettings | None = None,
    *,
    workers: int | None = None,
    progress: Tell | None = None,
) -> Cropped:
    """Cut people out of frames, and list the crops in a manifest.

    The same call goes on where a killed one ended: crops that are there are kept if their frames
    hold the same bytes. Several calls, such as one for each camera, may write to one folder.

    Args:
        source: a folder of frames, perhaps with a folder for each camera, or a video file.
        boxes: MOTChallenge text, COCO JSON, CSV, or a folder of YOLO text.
        out: the folder of crops, made where it is missing.
        settings: what is cut out and how.
        workers: number of threads; one a processor, at most eight, if not given.
        progress: called with frames done and all frames.

    Returns:
        What was cut out, and what was not.

    Raises:
        DataError: frames or boxes cannot be read or do not belong together, or the folder holds
            something else.
        ConfigError: settings do not fit the frames, or a library is missing.
    """
    source, boxes, out = Path(source), Path(boxes), Path(out)
    settings = settings or CropSettings()
    if workers is None:
        workers = min(8, cpu_count() or 1)
    if workers < 1:
        raise ConfigError(f"workers is {workers}; expected at least 1")
    recording, found, placed, gone = _brought_together(source, boxes, settings)
    frames = recording.frames
    places = sorted({where for where, _ in placed if frames[where].index % settings.every == 0})
    known = dict(zip(places, recording.sizes(places), strict=True))
    sizes = {where: size for where, size in known.items() if not isinstance(size, str)}
    damaged = {where: size for where, size in known.items() if isinstance(size, str)}
    check_numbers(found, placed, frames, sizes, said=settings.form is not None)
    cuts, less = plan(found, placed, frames, sizes, settings)
    taken, notes = times(frames, placed, settings, recording.start)
    _check_modality({frames[cut.frame].camera for cut in cuts}, settings)
    if settings.best is not None and cuts and not any(cut.track for cut in cuts):
        raise ConfigError(f"--best needs tracks, and {boxes} has none; leave it out")
    facts = {**settings.as_dict(), "boxes": content(boxes), "frames": recording.content()}
    cameras = sorted({frame.camera for frame in frames})
    with Part.claimed(out, settings, cameras, facts) as part:
        tasks = Tasks(recording, out, settings, part, workers, progress)
        made, more = tasks.run(cuts)
        rows = [
            _row(cut, frames, made[cut.path], taken, settings) for cut in cuts if cut.path in made
        ]
        part.finish(rows)
    damaged |= more
    notes += _notes(frames, placed, cuts, damaged, tasks)
    left_out = {**(found.dropped + gone + less)}
    tracks = {
        (frames[cut.frame].camera, cut.track) for cut in cuts if cut.path in made and cut.track
    }
    return Cropped(out / MANIFEST, len(rows), len(tracks), left_out, tuple(notes))


def _brought_together(
    source: Path, boxes: Path, settings: CropSettings
) -> tuple[Recording, BoxList, list[tuple[int, Box]], Counter[str]]:
    """Read frames and boxes, and find the frame of each box that is wanted."""
    if not source.exists():
        raise DataError(f"{source} is missing; expected a folder of frames or a video file")
    found = read_boxes(boxes, settings.format, settings.form)
    people = wanted_classes(found, settings.classes)
    certain = sure(people, settings.min_confidence)
    gone = Counter({"of other classes": len(found.boxes) - len(people)})
    gone[UNSURE] = len(people) - len(certain)
    recording: Recording
    if source.is_dir():
        recording = FrameFolder(source, settings.camera)
    elif settings.camera is None:
        raise ConfigError(f"{source} is a file; say --camera NAME")
    else:
        recording = Video(source, settings.camera, settings.first_frame or found.first or 0)
    placed, missing = place(
        found, certain, recording.frames, settings.first_frame, video=not source.is_dir()
    )
    placed, again = once(found.source, placed)
    return recording, found, placed, +(gone + missing + again)


def _check_modality(cameras: set[str], settings: CropSettings) -> None:
    """Refuse cameras whose modality is not known."""
    unknown = sorted(camera for camera in cameras if of_camera(settings.modality, camera) is None)
    if unknown:
        raise ConfigError(
            f"the modality of camera {some(unknown)} is unknown; say --modality visible or "
            "infrared, or CAMERA=visible CAMERA=infrared ..."
        )


def _row(
    cut: Cut,
    frames: tuple[Frame, ...],
    suffix: str,
    taken: Mapping[int, datetime],
    settings: CropSettings,
) -> tuple[str, ...]:
    """Return the cells of a crop in the manifest."""
    from vireid.cropping.times import shown

    frame = frames[cut.frame]
    names = [frame.camera, settings.recording, cut.track]
    return (
        cut.path + suffix,
        of_camera(settings.modality, frame.camera),
        frame.camera,
        "/".join(filter(None, names)) if cut.track else "",
        shown(taken[cut.frame]) if cut.frame in taken else "",
        " ".join(f"{round(value, 3):.15g}" for value in cut.box),
        frame.name,
    )


def _notes(
    frames: tuple[Frame, ...],
    placed: list[tuple[int, Box]],
    cuts: list[Cut],
    damaged: Mapping[int, str],
    tasks: Tasks,
) -> list[str]:
    """Return what is to be known of a call."""
    notes = []
    if tasks.kept:
        notes.append(f"{number_of(tasks.kept, 'frame')} had been done before")
    if tasks.changed:
        notes.append(f"{number_of(tasks.changed, 'frame')} with other bytes than before, cut again")
    empty = len(frames) - len({where for where, _ in placed})
    if empty:
        notes.append(f"{number_of(empty, 'frame')} of {len(frames)} without boxes")
    if damaged:
        texts = [damaged[where] for where in sorted(damaged)]
        notes.append(f"{number_of(len(damaged), 'frame')} left out: {some(texts, '; ')}")
    tracks = {(frames[cut.frame].camera, cut.track) for cut in cuts}
    if cuts and len(cuts) > 1 and len(tracks) == len(cuts) and all(cut.track for cut in cuts):
        notes.append("every box has a track of its own; do the boxes hold tracks?")
    return notes
