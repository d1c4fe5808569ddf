"""`vireid crop`: frames and boxes -> crops of people under a manifest."""

import argparse
import math
import re
from collections.abc import Sequence
from typing import get_args

import vireid
from vireid.cli.arguments import folder, parser, whole_from
from vireid.cli.display import console, progress
from vireid.cropping import CropSettings
from vireid.cropping.boxes import Form, Format
from vireid.cropping.settings import IMAGES
from vireid.errors import ConfigError, number_of

EXAMPLES = """formats of boxes, recognised by content:
  mot   MOTChallenge text: frame,track,left,top,width,height,confidence,class,visibility
  coco  COCO JSON, with track_id where there are tracks
  yolo  a folder of text files: class, centre, width, height, confidence, track
  csv   a table with named columns, such as frame,track,xmin,ymin,xmax,ymax

examples:
  vireid crop cam1/img1 --boxes cam1/gt.txt --camera cam1 --modality visible --out crops
  vireid crop night.mp4 --boxes night.csv --camera gate --modality infrared --out crops \\
      --start 2026-03-01T22:00:00+01:00 --first-frame 0
  vireid crop frames --boxes coco.json --modality cam1=visible cam3=infrared --out crops --best 8
"""
TIMES = {
    "start": ("TIME", "time of the first frame with its zone (2026-03-01T08:00:00+01:00), or "
              "CAMERA=TIME ...; `file`: as the video's file says"),
    "fps": ("RATE", "frames in a second, or CAMERA=RATE ...; videos know it"),
    "clock": ("SECONDS", "CAMERA=SECONDS ... to add to the times of cameras whose clocks are off"),
}  # fmt: skip
COUNTS = {
    "every": ("N", "take every n-th frame only"),
    "best": ("K", "keep the best of each track: sharp, large, whole, spread over the track"),
    "workers": ("N", "threads (default: one a processor, at most eight)"),
}
SHARES = {
    "min_confidence": ("VALUE", "leave out boxes of a lower confidence"),
    "min_inside": ("SHARE", "leave out boxes of which less lies in the frame (default: 0.5)"),
    "max_overlap": ("SHARE", "leave out boxes of which another one covers more"),
    "margin": ("SHARE", "cut out more on each side, a share of the box's size (default: 0)"),
    "clock_tolerance": ("SECONDS", "by which times may run backwards (default: 1)"),
}


def run(words: list[str]) -> None:
    """Parse the words after `vireid crop` and crop.

    Args:
        words: the command line.
    """
    command = _parser()
    # Options that take several words may stand before the source.
    arguments = command.parse_intermixed_args(words)
    settings = _settings(arguments)
    with progress("cutting out people") as bar:
        done = vireid.crop(
            arguments.source,
            arguments.boxes,
            arguments.out,
            settings,
            workers=arguments.workers,
            progress=bar,
        )
    for reason, count in sorted(done.left_out.items()):
        console.print(f"left out: {number_of(count, 'box', 'boxes')} {reason}")
    for note in done.notes:
        console.print(note)
    console.print(
        f"{number_of(done.crops, 'crop')} of {number_of(done.tracks, 'track')}: {done.manifest}"
    )


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    command = parser(
        "crop", "Cut people out of frames, by boxes of a tracker or annotator; with a manifest.",
        EXAMPLES,
    )  # fmt: skip
    add = command.add_argument
    add("source", type=folder, help="a folder of frames, or a video file")
    add("--boxes", type=folder, required=True, help="file or folder of boxes, see below")
    add("--out", type=folder, required=True, help="folder for crops; several calls may share it")
    add("--format", choices=get_args(Format), help="of the boxes, if not as recognised")
    add("--corners", dest="form", action="store_const", const="corners", help="the four numbers "
        "are left, top, right and bottom, whatever the format says")  # fmt: skip
    add("--sizes", dest="form", action="store_const", const="size", help="they are left, top, "
        "width and height, though they look like corners")  # fmt: skip
    add("--first-frame", type=whole_from(0), metavar="N", help="number of the first frame in the "
        "boxes, which then count frames in order")  # fmt: skip
    add("--modality", nargs="+", default=[], metavar="KIND", help="visible or infrared, or "
        "CAMERA=visible CAMERA=infrared ...")  # fmt: skip
    add("--camera", help="name of the camera (default: the first folder of a frame's path)")
    add("--recording", default="", help="keeps tracks of several recordings of a camera apart")
    add("--class", dest="classes", nargs="+", default=[], help="categories to take (default: "
        "people)")  # fmt: skip
    add("--min-size", default=(1, 1), type=_size, metavar="[WIDTHx]HEIGHT", help="leave out "
        "smaller boxes, in pixels")  # fmt: skip
    for name, (shown, text) in SHARES.items():
        default = getattr(CropSettings(), name)
        add(_option(name), type=float, default=default, metavar=shown, help=text)
    for name, (shown, text) in COUNTS.items():
        add(_option(name), type=whole_from(1), metavar=shown, help=text)
    for name, (shown, text) in TIMES.items():
        add(_option(name), nargs="+", default=[], metavar=shown, help=text)
    add("--zone", help="zone of times that name none, such as +01:00 or Z")
    add("--name-times", metavar="PATTERN", help="how names of frames tell times, such as "
        "cam_%%Y%%m%%d_%%H%%M%%S_%%f")  # fmt: skip
    add("--image-format", choices=IMAGES, default="png", help="png (default), without loss, or "
        "jpeg of quality 95; crops of 16 bits are always png, of 32 or floating tif")  # fmt: skip
    return command


def _settings(arguments: argparse.Namespace) -> CropSettings:
    """Return the settings that the options stand for."""
    form: Form | None = arguments.form
    return CropSettings(
        modality=_by_camera("--modality", arguments.modality),
        camera=arguments.camera,
        recording=arguments.recording,
        format=arguments.format,
        form=form,
        first_frame=arguments.first_frame,
        classes=tuple(arguments.classes),
        min_width=arguments.min_size[0],
        min_height=arguments.min_size[1],
        every=arguments.every or 1,
        best=arguments.best,
        start=_by_camera("--start", arguments.start),
        fps=_by_camera("--fps", arguments.fps),
        zone=arguments.zone,
        name_times=arguments.name_times,
        clock={
            name: _seconds(text) for name, text in _by_camera("--clock", arguments.clock).items()
        },
        image_format=arguments.image_format,
        **{name: getattr(arguments, name) for name in SHARES},
    )


def _by_camera(option: str, words: Sequence[str]) -> dict[str, str]:
    """Read VALUE or CAMERA=VALUE; the name of all others is empty."""
    found: dict[str, str] = {}
    for word in words:
        camera, sign, value = word.rpartition("=")
        if camera in found:
            who = f"camera {camera}" if sign else "all cameras"
            raise ConfigError(f"{option} is given twice for {who}; expected once")
        found[camera] = value
    return found


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if math.isnan(found):
        raise ConfigError(f"--clock: {text!r} is given; expected CAMERA=SECONDS, such as cam1=-2.5")
    return found


def _size(text: str) -> tuple[int, int]:
    """Read a smallest height, or width and height."""
    found = re.fullmatch(r"(?:([0-9]{1,5})x)?([0-9]{1,5})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is given; expected a height, or WIDTHxHEIGHT")
    return int(found[1] or 1), int(found[2])


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
