"""What papers report of their methods, by data set and setting: facts out of one small file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

from vireid.recipes import FORMER, is_shipped

SCORES = ("rank1", "mAP")
"""The scores that papers report, in the order of the file."""


@dataclass(frozen=True)
class Published:
    """What a paper reports of a method on one data set."""

    source: str
    """The paper, and where in it."""
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By setting, then by name of the score, in percent; what is unknown is absent."""

    def score(self, setting: str, name: str) -> float | None:
        """Return one number.

        Args:
            setting: as ``settings_of`` names it.
            name: of the score.

        Returns:
            Percent; None where it is unknown.
        """
        return self.scores.get(setting, {}).get(name)


def published(recipe: str, which: str) -> Published | None:
    """Return what the paper of a recipe's method reports.

    Args:
        recipe: as it is named on the command line; METHOD-DATA of those that ship is known.
        which: sysu, regdb or llcm.

    Returns:
        The numbers; None where the recipe is of nobody's paper or of another data set.

    >>> published("mmm-sysu", "sysu").score("all, single-shot", "mAP")
    57.9
    """
    name = FORMER.get(recipe, recipe)
    method, dash, data = name.rpartition("-")
    if not (is_shipped(recipe) and dash and data == which):
        return None
    found = _methods().get(method)
    if found is None or which not in found:
        return None
    return Published(found["source"], {s: _named(pair) for s, pair in found[which].items()})


def _methods() -> dict[str, dict[str, Any]]:
    """Return what the file holds, by method."""
    text = (files(__package__) / "published.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


def _named(pair: list[float | None]) -> dict[str, float]:
    return {name: v for name, v in zip(SCORES, pair, strict=True) if v is not None}
