"""The settings that a search has chosen, in a small file that can be committed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from vireid.errors import CheckpointError, ConfigError
from vireid.files import whole_file
from vireid.studies.comparison.moves import GRID, Move

Rule = Literal["training_mAP", "neighbour_overlap", "clarity", "matching_margin"]
"""By what settings are chosen: mAP of the training images; or, without identities, how far the
neighbours of both modalities agree, how clear labels are, or how much cheaper matched clusters are
than the next best."""
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True)
class Choice:
    """What was chosen for one method."""

    recipe: str
    """Digest of the recipe before the move."""
    move: Move
    """How far the chosen settings are from it."""


@dataclass(frozen=True)
class Choices:
    """What was chosen for each method, and how."""

    rule: str
    """One of ``RULES``."""
    count: int
    """How many settings each method was tried with."""
    data: Mapping[str, str]
    """Digest of each data set, by name."""
    seeds: tuple[int, ...]
    """Seeds of the trainings."""
    chosen: Mapping[str, Choice]
    """By the name of the method."""
    grid: tuple[str, ...] = tuple(map(str, GRID))
    """The moves that the settings were taken from, in order; none where a file does not say."""

    def move(self, name: str, recipe: str) -> Move | None:
        """Return what was chosen for a method.

        Args:
            name: of the method.
            recipe: digest of its recipe as it is now.

        Returns:
            The move; None where it was not searched.

        Raises:
            ConfigError: the recipe has changed since.
        """
        choice = self.chosen.get(name)
        if choice is not None and choice.recipe != recipe:
            raise ConfigError(
                f"{name}, as it is now with --set and --equal-images, is not the recipe that "
                "settings were chosen for; choose anew with --search, or take the method out of "
                "the file of choices"
            )
        return None if choice is None else choice.move

    def how(self, methods: Collection[str]) -> str:
        """Say how settings were chosen.

        Args:
            methods: names, at least one of which was searched.

        Returns:
            A sentence without its end; it names the methods where not all were searched.
        """
        searched = [f"`{name}`" for name in methods if name in self.chosen]
        every = len(searched) == len(methods)
        who = "each method was" if every else f"{', '.join(searched)} alone: each was"
        data = ", ".join(f"{name} ({digest})" for name, digest in self.data.items())
        word = self.rule.replace("_", " ")
        rule = "the training images' mAP" if self.rule == RULES[0] else f"{word}, without labels"
        return (
            f"{who} tried with {self.count} settings on {data}, training seeds "
            f"{', '.join(map(str, self.seeds))}, and the best was chosen by {rule}"
        )


def read_choices(file: Path) -> Choices | None:
    """Read what was chosen.

    Args:
        file: YAML, as ``write_choices`` writes it.

    Returns:
        The choices; None where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
        chosen = {
            str(name): Choice(str(one["recipe"]), _move(one["move"]))
            for name, one in found["chosen"].items()
        }
        rule, count, data = str(found["rule"]), int(found["settings"]), found["data"]
        seeds = tuple(int(seed) for seed in found["seeds"])
        known = {str(name): str(digest) for name, digest in data.items()}
        moves = tuple(map(str, found.get("moves", ())))
        return Choices(rule, count, known, seeds, chosen, moves)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise CheckpointError(
            f"{file} holds no chosen settings ({reason}); take it away, or choose with --search"
        ) from error


def write_choices(choices: Choices, file: Path) -> None:
    """Write what was chosen.

    Args:
        choices: of a search.
        file: YAML.

    Raises:
        CheckpointError: it cannot be written.
    """
    values = {
        "rule": choices.rule,
        "settings": choices.count,
        "data": dict(choices.data),
        "seeds": list(choices.seeds),
        "moves": list(choices.grid),
        "chosen": {
            name: {"recipe": one.recipe, "move": one.move.settings()}
            for name, one in sorted(choices.chosen.items())
        },
    }
    with whole_file(file, CheckpointError) as place:
        place.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


def merged(earlier: Choices | None, now: Choices) -> Choices:
    """Add choices to those that were made the same way.

    Args:
        earlier: what was chosen before, of other methods, too.
        now: what is chosen now.

    Returns:
        All choices.

    Raises:
        ConfigError: the earlier ones were made in another way.
    """
    if earlier is None:
        return now
    changed = [
        f"{one.name} {getattr(earlier, one.name)} is now {getattr(now, one.name)}"
        for one in fields(Choices)
        if one.name != "chosen" and getattr(earlier, one.name) != getattr(now, one.name)
    ]
    if changed:
        raise ConfigError(
            "settings of other methods were chosen in another way, which is not fair: "
            f"{'; '.join(changed)}; choose in the same way, or delete the file of choices"
        )
    return Choices(
        now.rule, now.count, now.data, now.seeds, dict(earlier.chosen) | dict(now.chosen)
    )


def _move(values: Any) -> Move:
    return Move(**{str(name): float(value) for name, value in values.items()})
