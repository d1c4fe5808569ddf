"""`vireid synth`: settings -> a synthetic data set on disk."""

import argparse
from dataclasses import replace
from typing import get_args

import vireid
from vireid import synthetic
from vireid.cli.arguments import folder, parser
from vireid.cli.display import console, progress
from vireid.errors import ConfigError, some
from vireid.synthetic import DEFAULTS, LIKE, SceneSettings, SyntheticSettings
from vireid.synthetic.scenes.settings import BoxesFormat

LAYOUTS = {
    "sysu": "SYSU-MM01: four visible and two near-infrared cameras",
    "regdb": "RegDB: a visible and a thermal camera side by side, ten folds",
    "llcm": "LLCM: nine cameras in little light, visible and near infrared",
    "manifest": "the images of sysu under a manifest.csv",
}
COUNTS = {
    "identities": "people to train on",
    "test_identities": "other people, to test on",
    "visible_images": "images of each person in each visible camera",
    "infrared_images": "images of each person in each infrared camera",
    "seed": "seed of the people, their clothes and all images",
}
SHARES = {
    "unpaired": (
        "ALPHA",
        "share of the people to train on that lose one modality, 0 to 1, half of them visible only "
        "and half infrared only: as many people, fewer images",
    ),
    "replace": (
        "SHARE",
        "share of the people to train on whose visible images are replaced by those of other "
        "people, whom no infrared camera sees, 0 to 1: as many images, more people, as in the "
        "literature on unpaired people",
    ),
    "overlap": (
        "P",
        "probability that a person passes a camera, 0 to 1; everybody passes at least one of each "
        "modality",
    ),
}
SPREADS = {
    "yaw_spread": "how far the tracks of a camera are turned from its usual view",
    "track_jitter": "how far the images of a track are turned from each other",
}


def run(words: list[str]) -> None:
    """Parse the words after `vireid synth` and write the data set.

    Args:
        words: the command line.
    """
    command = parser(
        "synth",
        "Write a synthetic visible-infrared data set: clothed 3-D bodies seen by the cameras of\n"
        "the layout, with a contact sheet.",
        "layouts:\n" + "".join(f"  {name:10s}{text}\n" for name, text in LAYOUTS.items()) + "\n"
        "examples:\n  vireid synth data/synthetic --identities 96 --seed 1\n"
        "  vireid synth sysu-size --like sysu\n"
        "  vireid synth scenes --frames --seed 1",
    )
    command.add_argument("out", type=folder, help="the folder to write")
    command.add_argument("--layout", choices=tuple(LAYOUTS), help="see below (default: sysu)")
    command.add_argument(
        "--like",
        choices=tuple(LIKE),
        help="as many people and images as SYSU-MM01, RegDB or LLCM has, in its layout; of "
        "SYSU-MM01, by person and camera",
    )
    command.add_argument(
        "--size",
        type=_size,
        metavar="HxW",
        help="height and width of the images in pixels (default: 128x64)",
    )
    for name, text in COUNTS.items():
        command.add_argument(
            "--" + name.replace("_", "-"), type=int, help=f"{text} (default: {_defaults(name)})"
        )
    command.add_argument(
        "--cameras",
        type=int,
        nargs=2,
        metavar=("V", "I"),
        help="how many visible and infrared cameras there are, with --layout manifest; the first "
        "four and two are those of sysu (default: 4 2)",
    )
    for name, (metavar, text) in SHARES.items():
        usual = f"{getattr(DEFAULTS['sysu'], name):g}"
        command.add_argument(
            f"--{name}", type=float, metavar=metavar, help=f"{text} (default: {usual})"
        )
    for name, text in SPREADS.items():
        command.add_argument(
            "--" + name.replace("_", "-"),
            type=float,
            metavar="RADIANS",
            help=f"{text}, at most, 0 to pi (default: {_defaults(name)})",
        )
    command.add_argument("--processes", type=int, help="default: one for each core")
    command.add_argument(
        "--frames",
        action="store_true",
        help="write recordings of four cameras instead: frames, boxes, tracks and clocks",
    )
    command.add_argument(
        "--boxes-format",
        choices=get_args(BoxesFormat),
        help="which files of boxes to write with --frames (default: all)",
    )
    arguments = command.parse_args(words)
    if arguments.frames:
        _film(arguments)
        return
    if arguments.boxes_format is not None:
        raise ConfigError("--boxes-format applies to --frames; leave it out or add that")
    settings = _settings(arguments)
    with progress("drawing people") as bar:
        vireid.synthesise(arguments.out, settings, processes=arguments.processes, progress=bar)
    console.print(f"{arguments.out}: look at {arguments.out / 'contact-sheet.png'}")


def _settings(arguments: argparse.Namespace) -> SyntheticSettings:
    """Return what to write: the layout's defaults or the real counts, changed as asked for."""
    given = {name: getattr(arguments, name) for name in OF_CROPS}
    changes = {name: value for name, value in given.items() if value is not None}
    if arguments.size is not None:
        changes["height"], changes["width"] = arguments.size
    if arguments.like is None:
        return replace(DEFAULTS[arguments.layout or "sysu"], **changes)
    fixed = ["layout", *COUNTS, "cameras", *SHARES]
    wrong = [name for name in fixed if name != "seed" and getattr(arguments, name) is not None]
    if wrong:
        options = some(["--" + name.replace("_", "-") for name in wrong])
        raise ConfigError(f"{options}: --like {arguments.like} decides this; leave it out")
    return replace(LIKE[arguments.like], **changes)


def _size(text: str) -> tuple[int, int]:
    """Parse a height and a width."""
    height, cross, width = text.partition("x")
    if not (cross and height.isdecimal() and width.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; expected HxW, such as 128x64")
    return int(height), int(width)


OF_CROPS = (*COUNTS, "cameras", *SHARES, *SPREADS)
"""Options that apply to crops of people."""
OF_FRAMES = ("identities", "test_identities", "seed", "boxes_format")
"""Options that apply to recordings."""


def _film(arguments: argparse.Namespace) -> None:
    """Write recordings; options that are for crops of people are refused."""
    others = [name for name in OF_CROPS if name not in OF_FRAMES]
    wrong = [name for name in others if getattr(arguments, name) is not None]
    own = ("layout", "like", "size")
    wrong += [name for name in own if getattr(arguments, name) is not None]
    if wrong:
        options = some(["--" + name.replace("_", "-") for name in wrong])
        raise ConfigError(f"{options}: not for recordings; leave it out or omit --frames")
    given = {name: getattr(arguments, name) for name in OF_FRAMES}
    settings = SceneSettings(**{k: value for k, value in given.items() if value is not None})
    with progress("drawing cameras") as bar:
        synthetic.film(arguments.out, settings, processes=arguments.processes, progress=bar)
    console.print(f"{arguments.out}: frames, boxes, clocks and truth.csv of two recordings")


def _defaults(name: str) -> str:
    """Name the default of a setting, and the layouts that have another."""
    usual = getattr(DEFAULTS["sysu"], name)
    others = {layout: getattr(settings, name) for layout, settings in DEFAULTS.items()}
    return "; ".join(
        [str(usual), *(f"{layout}: {value}" for layout, value in others.items() if value != usual)]
    )
