"""What an export says of the network in it: values, and the JSON file that keeps them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vireid.errors import CheckpointError, DataError
from vireid.types import Levels, NamedStatistics

FORMAT = 1
"""Version of an export."""
FILE = "export.json"
"""Its file; a folder that holds one is an export."""
CENTRES = ("training", "own", "none")
"""What may be taken off embeddings."""


@dataclass(frozen=True)
class Facts:
    """What an export says of its network, beside its weights."""

    network: str
    """Fingerprint of the network that was exported, as galleries keep it."""
    height: int
    """Of its images, in pixels."""
    width: int
    """Of its images, in pixels."""
    dimensions: int
    """D of its embeddings."""
    stage: str
    """The stage after which the network was saved."""
    source: str
    """Which run it is of, in words."""
    licence: str
    """Licence of the weights, in words."""
    centre: str = "none"
    """What the recipe takes off embeddings: training, own or none."""
    levels: Levels | None = None
    """What became black and white of training images of more than 8 bits."""
    statistics: NamedStatistics | None = None
    """Of the cameras of the training images, where the recipe takes them off."""
    labelling: str | None = None
    """Settings by which the run labels, as galleries carry them."""
    thresholds: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """By the modalities compared and by a false-match rate, the similarity that keeps to it."""
    data: str | None = None
    """Name of the data of the training, where known."""
    fold: int | None = None
    """Which fold of it."""

    def to_json(self) -> str:
        """Return the facts as text."""
        told = {"format": FORMAT} | vars(self)
        for name in ("levels", "statistics"):
            value = told[name]
            told[name] = None if value is None else json.loads(value.to_json())
        return json.dumps(told, indent=1, default=dict) + "\n"


def is_export(path: object) -> bool:
    """Tell whether something is the folder of an export.

    Args:
        path: a path, or anything else.

    Returns:
        True where a folder holds the file of an export.
    """
    return isinstance(path, Path | str) and (Path(path) / FILE).is_file()


def read_facts(folder: Path) -> Facts:
    """Read what an export says of itself.

    Args:
        folder: of the export.

    Returns:
        The facts.

    Raises:
        CheckpointError: the file is missing, damaged or of a later version.
    """
    file = folder / FILE
    try:
        return facts_of(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read ({error.strerror}); {_EXPECTED}") from error
    except KeyError as error:
        raise CheckpointError(f"{file} lacks {error}; {_EXPECTED}") from error
    except (ValueError, TypeError, RecursionError, DataError) as error:
        raise CheckpointError(f"{file} cannot be used: {error}; {_EXPECTED}") from error


_EXPECTED = "expected the folder that `vireid export` wrote: export anew"


def facts_of(told: Any) -> Facts:
    """Return the facts that a file holds.

    Args:
        told: plain values, as ``Facts.to_json`` writes them; changed.

    Returns:
        The facts.

    Raises:
        ValueError: a value is not what it can be, or of a later version.
        TypeError: a value is of another type, or unknown.
        LookupError: one is missing.
        DataError: levels or statistics are damaged.
    """
    if not isinstance(told, dict):
        raise TypeError("it holds no object")
    version = told.pop("format")
    if version != FORMAT:
        raise ValueError(f"it has format {version!r}; this version of vireid reads {FORMAT}")
    for name, kind in (("height", int), ("width", int), ("dimensions", int), ("network", str)):
        if not isinstance(told[name], kind) or isinstance(told[name], bool):
            raise TypeError(f"{name} is {told[name]!r}")
    if told["centre"] not in CENTRES:
        raise ValueError(f"centre is {told['centre']!r}")
    for name, kind_of in (("levels", Levels), ("statistics", NamedStatistics)):
        if told[name] is not None:
            told[name] = kind_of.from_json(json.dumps(told[name]))
    return Facts(**told)
