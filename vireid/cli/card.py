"""`vireid card`: a run, and its data -> the model card of the run in Markdown."""

import vireid
from vireid.cli.arguments import folder, parser
from vireid.cli.display import console


def run(words: list[str]) -> None:
    """Parse the words after `vireid card` and write the card.

    Args:
        words: the command line.
    """
    command = parser(
        "card",
        "Write the model card of a run, Markdown with the head that the Hugging Face Hub reads:\n"
        "intended use, what it must not be used for, data, cameras, known failures, chance level,\n"
        "numbers. The Hub takes it under the name README.md.",
        "examples:\n  vireid card runs/first DATA\n  vireid card runs/first --out README.md",
    )
    command.add_argument("run", type=folder, help="a run folder, also of a stopped training")
    command.add_argument(
        "data", type=folder, nargs="?", help="the data it was trained on, for counts and cameras"
    )
    command.add_argument(
        "--out", type=folder, metavar="FILE", help="the file (default: RUN/model-card.md)"
    )
    arguments = command.parse_args(words)
    place = vireid.write_model_card(
        arguments.run, arguments.data, arguments.out, command="vireid card"
    )
    console.print(f"card: {place}")
