"""`vireid gallery info`: what is in a store."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from vireid.cli.display import console
from vireid.cli.gallery.index import line
from vireid.cli.gallery.options import opened, verb_parser
from vireid.gallery.info import Info


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery info` and print what is in a store.

    Args:
        words: the command line.
    """
    command = verb_parser("info", "Say what is in a store: rows, network, size, versions, index.")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--events", action="store_true", help="print the audit log instead")
    arguments = command.parse_args(words)
    store = opened(arguments)
    if arguments.events:
        console.print(json.dumps([asdict(event) for event in store.events()], indent=2))
    elif arguments.json:
        console.print(json.dumps(asdict(store.info()), indent=2))
    else:
        console.print("\n".join(_lines(store.info())))


def _lines(info: Info) -> list[str]:
    """Return what is in a store, a line for each."""
    head, made = info.head, info.head.made
    keep = "for ever" if head.keep is None else f"for {head.keep:g} days"
    lines = [
        f"store     {info.place}",
        f"rows      {info.rows}, {info.expired} of them expired; new ones are kept {keep}",
        f"modality  {_counts(info.modalities)}",
        f"cameras   {_counts(info.cameras)}",
        f"days      {_counts(info.days)}",
        f"made by   {'none yet' if made.network is None else made.words()}, {made.size} numbers",
        f"size      {info.size / 1e6:.1f} MB in {info.versions} versions",
        "index     none" if head.index is None else f"index     {line(head.index)}",
    ]
    if info.renewed is not None and head.renewing is not None:
        lines.append(f"re-embedding by {head.renewing.words()}: {info.renewed} rows so far")
    if head.erasing:
        lines.append("rows were deleted whose bytes still lie in files: vireid gallery prune")
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'unknown'} {count}" for name, count in counts.items()) or "none"
