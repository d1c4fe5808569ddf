"""`vireid synth`: settings -> a synthetic data set on disk."""

from vireid.cli.arguments import folder, parser
from vireid.cli.display import console, progress
from vireid.data.synthetic import SyntheticSettings, synthesise


def run(words: list[str]) -> None:
    """Parse the words after `vireid synth` and write the data set.

    Args:
        words: the command line.
    """
    defaults = SyntheticSettings()
    command = parser(
        "synth",
        "Write a synthetic visible-infrared data set in SYSU-MM01's layout: clothed 3-D bodies\n"
        "seen by six cameras (1, 2, 4, 5 visible; 3, 6 infrared), with a contact sheet.",
        "example:\n  vireid synth data/synthetic --identities 96 --seed 1",
    )
    command.add_argument("out", type=folder, help="the folder to write")
    for name, text in (
        ("identities", "people to train on"),
        ("test_identities", "other people, to test on"),
        ("visible_images", "images of each person in each visible camera"),
        ("infrared_images", "images of each person in each infrared camera"),
        ("seed", "seed of the people, their clothes and all images"),
    ):
        default = getattr(defaults, name)
        command.add_argument(
            "--" + name.replace("_", "-"),
            type=int,
            default=default,
            help=f"{text} (default: {default})",
        )
    command.add_argument(
        "--unpaired",
        type=float,
        default=defaults.unpaired,
        metavar="ALPHA",
        help="share of the people to train on that are seen in one modality only, 0 to 1, half of "
        f"them visible only and half infrared only (default: {defaults.unpaired:g})",
    )
    command.add_argument("--processes", type=int, help="default: one for each core")
    arguments = command.parse_args(words)
    settings = SyntheticSettings(
        identities=arguments.identities,
        test_identities=arguments.test_identities,
        visible_images=arguments.visible_images,
        infrared_images=arguments.infrared_images,
        seed=arguments.seed,
        unpaired=arguments.unpaired,
    )
    with progress("drawing people") as bar:
        synthesise(arguments.out, settings, processes=arguments.processes, progress=bar)
    console.print(f"{arguments.out}: look at {arguments.out / 'contact-sheet.png'}")
