"""A network as the Hugging Face Hub lays it out: weights, configuration and a card."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.exporting.card import hub_card
from vireid.exporting.facts import Facts, facts_of
from vireid.files import whole_file

WEIGHTS, CONFIGURATION, CARD = "model.safetensors", "config.json", "README.md"
"""The files; the first two are read."""
MODEL = "vireid"
"""What the configuration says it is of."""
HUB = "hub:"
"""What a word begins with that names a repository of the hub."""
NAME = re.compile(r"hub:([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
SECONDS = 10
"""After which a server that says nothing counts as out of reach."""


def write_hub(
    weights: Mapping[str, Any], facts: Facts, recipe: Mapping[str, Any], folder: Path
) -> None:
    """Write the files.

    Args:
        weights: tensors by name.
        facts: of the network.
        recipe: what its network is built by, as plain values.
        folder: which exists.

    Raises:
        CheckpointError: a file cannot be written.
    """
    from safetensors.torch import save_file

    plain = {name: value.detach().cpu().contiguous() for name, value in weights.items()}
    with whole_file(folder / WEIGHTS, CheckpointError) as file:
        save_file(plain, file, {"format": "pt"})
    told = {"model_type": MODEL, "facts": json.loads(facts.to_json()), "recipe": recipe}
    with whole_file(folder / CONFIGURATION, CheckpointError) as file:
        file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    with whole_file(folder / CARD, CheckpointError) as file:
        file.write_text(hub_card(facts), encoding="utf-8")


def hub_copy(place: Path | str) -> Path | None:
    """Return the folder of a copy, fetched from the hub where its repository is named.

    Args:
        place: a folder, or ``hub:OWNER/NAME``, with ``@REVISION`` of a commit, branch or tag.

    Returns:
        The folder; None where the place is something else.

    Raises:
        ConfigError: what stands behind ``hub:`` is no repository.
        CheckpointError: the repository cannot be had.
    """
    if str(place).startswith(HUB):
        return _fetched(str(place))
    folder = Path(place)
    found = (folder / CONFIGURATION).is_file() and (folder / WEIGHTS).is_file()
    return folder if found and not (folder / "recipe.yaml").exists() else None


def _fetched(word: str) -> Path:
    """Fetch the two files that are read, and nothing else of the repository."""
    named = NAME.fullmatch(word)
    if named is None:
        raise ConfigError(f"{word}: expected hub:OWNER/NAME or hub:OWNER/NAME@REVISION")
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            named[1],
            revision=named[2],
            allow_patterns=[CONFIGURATION, WEIGHTS],
            etag_timeout=SECONDS,
        )
    except Exception as error:  # the client's errors have no common base
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise CheckpointError(
            f"{word} cannot be had from the hub: {line}; see the name and the network, or name a "
            "folder"
        ) from error
    return Path(folder)


def read_hub(folder: Path) -> tuple[dict[str, Any], Facts, str]:
    """Read a copy; nothing that it names is imported or run.

    Args:
        folder: of the copy.

    Returns:
        The tensors by name, the facts, and the recipe of the network as text.

    Raises:
        CheckpointError: a file is missing, damaged, of a later version or of another library.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / CONFIGURATION
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["model_type"] != MODEL:
            raise ValueError(f"it is of {told['model_type']!r}, not of {MODEL}")
        facts, recipe = facts_of(told["facts"]), json.dumps(told["recipe"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError, DataError) as error:
        raise CheckpointError(
            f"{file} cannot be used: {error}; expected what `vireid export --to hub` wrote"
        ) from error
    try:
        return load_file(folder / WEIGHTS), facts, recipe
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{folder / WEIGHTS} is missing or damaged: {error}") from error
