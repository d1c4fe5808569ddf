"""`vireid export`: a run -> files that other runtimes load."""

import vireid
from vireid.cli.arguments import folder, parser
from vireid.cli.display import console


def run(words: list[str]) -> None:
    """Parse the words after `vireid export` and export.

    Args:
        words: the command line.
    """
    command = parser(
        "export",
        "Write the network of a run for other runtimes: two ONNX graphs, visible and infrared,\n"
        "into one space, from bytes [B, H, W, 3] to unit vectors; or weights, configuration and\n"
        "card as the Hugging Face Hub has them.",
        "examples:\n"
        "  vireid export runs/first --to onnx exported\n"
        "  vireid search exported night.jpg --modality infrared --gallery all.npz   # no torch",
    )
    command.add_argument(
        "run", type=folder, help="a run folder written by `vireid train`, or a checkpoint's file"
    )
    command.add_argument("out", type=folder, help="the folder to write, new or empty")
    command.add_argument(
        "--to", choices=("onnx", "hub"), default="onnx", help="what to write (default: onnx)"
    )
    command.add_argument("--stage", help="after which stage of the run (default: the last)")
    command.add_argument(
        "--licence",
        help="of the weights, such as CC-BY-4.0 (default: what is known of the initial weights)",
    )
    command.add_argument(
        "--rates",
        type=folder,
        metavar="JSON",
        help="error rates from `vireid calibrate` (default: those of the run)",
    )
    arguments = command.parse_intermixed_args(words)
    out = vireid.export(
        arguments.run,
        arguments.out,
        to=arguments.to,
        stage=arguments.stage,
        licence=arguments.licence,
        rates=arguments.rates,
    )
    console.print(f"written: {out}")
