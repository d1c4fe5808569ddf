"""`vireid COMMAND`: finds the command and turns errors into one line and exit code 2."""

import io
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

import vireid

COMMANDS = {
    "demo": "make data, train, evaluate, report: all in one, in minutes on two cores",
    "synth": "write a synthetic visible-infrared data set",
    "crop": "cut people out of frames, by boxes of a tracker",
    "check": "say whether a data set is sound, and what it can be used for",
    "recipe": "print a recipe: what each setting means, may be and is",
    "train": "learn from unlabelled visible and infrared images",
    "evaluate": "score a trained run on identities it has never seen",
    "report": "write a page that says what a run is worth",
    "card": "write the model card of a run",
    "runs": "list runs with their state and best figures",
    "embed": "turn images into embeddings, one npz file",
    "export": "write the network of a run for other runtimes: ONNX, or for the hub",
    "calibrate": "learn how often similar images are of two people, without identities",
    "label": "cluster embeddings, your own ones too",
    "assign": "give new images the numbers of known clusters, or new ones",
    "search": "find the person of a query image in a gallery",
    "judged": "precision at rank 1 from results that a person has marked",
    "gallery": "keep a store of embedded images that grows and forgets",
    "serve": "let colleagues search a gallery on a page of their browser",
    "ablate": "train the paper's ablation over seeds: what each module adds",
    "sweep": "train with several values of a setting, over seeds",
    "reproduce": "train a paper's recipe on its data set and set the scores beside the paper's",
    "compare": "train methods with all else equal: their table, over data and seeds",
    "table": "one table of studies and evaluated runs, also for LaTeX",
    "doctor": "say what is installed here and whether it works, for a bug report",
    "upper-bound": "train the same network with true identities, for comparison",
}

USAGE = """usage: vireid COMMAND ...

Recognise the same person across visible and infrared cameras, without identity labels.

commands:
{commands}

`vireid COMMAND --help` explains a command. Begin with: vireid demo
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `vireid`; those of the process where not given.

    Returns:
        The exit code: 0 done, 1 a self-test failed, 2 the user's mistake, 129 hung up,
        130 interrupted, 143 terminated.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _show_anything(sys.stdout)
    usage = USAGE.format(
        commands="\n".join(f"  {name:12s} {text}" for name, text in COMMANDS.items())
    )
    if not words or words[0] in {"-h", "--help"}:
        print(usage, end="")
        return 0
    if words[0] == "--version":
        print(f"vireid {vireid.__version__}")
        return 0
    if words[0] not in COMMANDS:
        from vireid.errors import meant

        known = f"expected one of: {', '.join(COMMANDS)}{meant(words[0], COMMANDS)}"
        print(f"vireid: no command {words[0]}; {known}", file=sys.stderr)
        return 2
    return _run(words[0], words[1:])


def _show_anything(stream: TextIO) -> None:
    """Let a stream escape what it cannot encode, such as file names that are no UTF-8."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _run(name: str, words: list[str]) -> int:
    from vireid.cli.display import messages
    from vireid.errors import Stopped, VireidError
    from vireid.parallel.environment import told_rank
    from vireid.places import place_for_matplotlib

    place_for_matplotlib()
    rank = told_rank()
    who = f"vireid {name}" if rank == "0" else f"vireid {name}, process {rank}"

    def warn(message: Warning | str, *_: object) -> None:
        print(f"{who}: {message}", file=sys.stderr)

    try:
        with warnings.catch_warnings(), messages():
            warnings.showwarning = warn  # type: ignore[assignment]
            import_module(f"vireid.cli.{name.replace('-', '_')}").run(words)
    except VireidError as error:
        if rank == "0" or not isinstance(error, Stopped):
            print(f"{who}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{who}: interrupted; what was finished is kept", file=sys.stderr)
        return 130
    except (OSError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "out of memory" not in str(error):
            raise
        print(f"{who}: {' '.join((str(error) or 'out of memory').split())}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
