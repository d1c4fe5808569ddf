"""`vireid serve`: a gallery + a run -> a page on which colleagues search."""

import argparse
import math

import vireid
from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.gallery.options import storage_of
from vireid.errors import ConfigError
from vireid.serving import Limits, Listening, Places


def run(words: list[str]) -> None:
    """Parse the words after `vireid serve` and serve.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    limits = Limits(
        body=_millions("--max-megabytes", arguments.max_megabytes),
        pixels=_millions("--max-megapixels", arguments.max_megapixels),
        requests=arguments.max_requests,
        each=min(arguments.max_each, arguments.max_requests),
    )
    listening = Listening(arguments.host, arguments.port, tuple(arguments.name), arguments.tokens)
    vireid.serve(
        arguments.gallery,
        arguments.run,
        listening=listening,
        limits=limits,
        places=_places(arguments),
        stage=arguments.stage,
        device=use_machine(arguments, arguments.run),
        storage=storage_of(arguments.storage),
    )


def _millions(option: str, value: float) -> int:
    if not 1e-6 <= value < math.inf:
        raise ConfigError(f"{option} {value}; expected a number above 0, such as 20")
    return int(value * 1e6)


def _places(arguments: argparse.Namespace) -> Places:
    from vireid.serving.serve import default_places  # loads torch

    audit, judgements = arguments.audit, arguments.judgements
    if audit is None or judgements is None:
        usual = default_places(arguments.gallery)
        audit, judgements = audit or usual.audit, judgements or usual.judgements
    return Places(audit, judgements, tuple(arguments.root), arguments.rates, arguments.uploads)


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        gallery, run, stage, host, port, name, tokens, root, uploads, audit, judgements, the limits,
        storage, device and threads.
    """
    usual, listening = Limits(), Listening()
    command = parser(
        "serve",
        "Let colleagues search a gallery on a page of their browser, or over HTTP: by an image or\n"
        "by a result, with filters; add, forget, and mark results right or wrong.",
        "examples:\n"
        "  vireid serve gallery runs/first --root crops --uploads uploads\n"
        "  vireid serve gallery runs/first --host 0.0.0.0 --name search.site --tokens tokens.txt",
    )
    command.add_argument("gallery", help="the folder or URI of a store of `vireid gallery`")
    command.add_argument("run", type=folder, help="the run whose network made it")
    command.add_argument("--stage", help="of the run (default: the last finished one)")
    command.add_argument(
        "--host", default=listening.host, help=f"an address (default: {listening.host})"
    )
    command.add_argument(
        "--port", type=int, default=listening.port, help=f"default: {listening.port}; 0: any"
    )
    _add_places(command)
    command.add_argument(
        "--max-megabytes", type=float, default=usual.body / 1e6, metavar="N", help="of a request"
    )
    command.add_argument(
        "--max-megapixels", type=float, default=usual.pixels / 1e6, metavar="N", help="of an image"
    )
    command.add_argument(
        "--max-requests", type=int, default=usual.requests, metavar="N", help="at once, of all"
    )
    command.add_argument(
        "--max-each", type=int, default=usual.each, metavar="N", help="at once, of one client"
    )
    command.add_argument(
        "--storage",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="options of an object storage",
    )
    add_machine(command)
    return command.parse_args(words)


def _add_places(command: argparse.ArgumentParser) -> None:
    """Add the options on names, tokens and files."""
    command.add_argument(
        "--name",
        nargs="+",
        default=[],
        metavar="NAME",
        help="under which clients ask for the service, as in the address of their browser",
    )
    command.add_argument(
        "--tokens",
        type=folder,
        metavar="FILE",
        help="lines of: read or write, a token, a name; needed where other machines reach it",
    )
    command.add_argument(
        "--root",
        nargs="+",
        type=folder,
        default=[],
        metavar="DIR",
        help="folders below which images may be shown (default: none)",
    )
    command.add_argument(
        "--uploads", type=folder, metavar="DIR", help="keep images that are added here"
    )
    command.add_argument(
        "--audit", type=folder, metavar="FILE", help="default: beside the gallery, .audit.jsonl"
    )
    command.add_argument(
        "--rates",
        type=folder,
        metavar="FILE",
        help="of `vireid calibrate`: expected false matches beside results (default: the run's)",
    )
    command.add_argument(
        "--judgements",
        type=folder,
        metavar="FILE",
        help="default: beside the gallery, .judgements.csv",
    )
