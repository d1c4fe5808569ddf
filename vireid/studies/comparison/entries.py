"""The methods of a comparison: recipes by name, their settings made equal, and chosen ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import is_shipped, load_recipe
from vireid.studies.comparison.choices import Choices
from vireid.studies.comparison.digests import recipe_digest
from vireid.studies.comparison.fairness import demand_equal, images_seen, with_images
from vireid.studies.upper_bound import Identities
from vireid.types import Known

NOT_SEARCHED = "as it ships, not searched"
"""What is said of the settings of a method that got no search where others did."""


@dataclass(frozen=True)
class Entry:
    """A line of the table: a method with its settings."""

    name: str
    """What it is called."""
    recipe: Recipe
    """All settings; the seed does not count."""
    setting: str = ""
    """How they differ from the method's recipe, where settings were searched for."""

    @property
    def digest(self) -> str:
        """Names the training."""
        return recipe_digest(self.recipe)

    @property
    def oracle(self) -> bool:
        """Whether it is trained with true identities."""
        return isinstance(self.recipe.labelling, Identities)

    @property
    def cameras(self) -> bool:
        """Whether its labeller makes anything of cameras."""
        return self._misses(Known(np.array([0, 1]), track=np.array([1, 2]), time=np.zeros(2)))

    @property
    def tracks(self) -> bool:
        """Whether its labeller makes anything of tracks."""
        return self._misses(Known(np.array([0, 1]), camera=np.array([1, 2])))

    def told(self, what: Literal["camera", "track"], known: Known) -> str:
        """Say whether it is told of cameras or tracks.

        Args:
            what: which of them.
            known: what is known of the training images.

        Returns:
            ``yes``; ``no`` where it makes nothing of them; ``idle`` where it would, and the data do
            not say them.
        """
        if not (self.cameras if what == "camera" else self.tracks):
            return "no"
        without = replace(known, camera=None) if what == "camera" else replace(known, track=None)
        return "idle" if self._idle(known) == self._idle(without) else "yes"

    def _misses(self, known: Known) -> bool:
        """Tell whether settings of the labeller lie idle, by what is not known."""
        return bool(self._idle(known))

    def _idle(self, known: Known) -> list[str]:
        """Return what the labeller says of settings that lie idle."""
        idle = getattr(self.recipe.labelling, "idle", None)
        return [] if idle is None else list(idle(known))

    @property
    def folder(self) -> str:
        """Name and digest, fit for a folder."""
        return f"{re.sub(r'[^A-Za-z0-9=.]+', '-', self.name).strip('-.')[:60]}-{self.digest}"


def load_entries(
    recipes: Sequence[Path | str], settings: Sequence[str], *, base: str, equal_images: bool
) -> list[Entry]:
    """Read the recipes of a comparison, and make equal what has to be.

    Whose statistics are taken off test embeddings, the comparison says, for all rows alike: what
    recipes say of it does not count, and makes no other row.

    Args:
        recipes: names of recipes that ship, or YAML files.
        settings: changes of all of them, such as ``augmentation.exchange_grey=true``.
        base: the name of the row that all others are held against.
        equal_images: let all see as many images as the base, by the iterations of their epochs.

    Returns:
        A line for each recipe, named as it, or as its file.

    Raises:
        ConfigError: a recipe cannot be read, two have one name, there is no base, or rows cannot be
            compared.
    """
    if any(setting.partition("=")[0] == "seed" for setting in settings):
        raise ConfigError("--set seed: a comparison has its seeds from --seeds; name them there")
    loaded = {
        one: replace(load_recipe(one, settings, allow_unused=True), evaluation=None)
        for one in recipes
    }
    _demand_use(recipes, settings)
    found = [Entry(name_of(one), loaded[one]) for one in recipes]
    names = [entry.name for entry in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"two recipes are called {twice}; rows need a name for each: rename one")
    if base not in names:
        raise ConfigError(f"--base {base} is none of the rows: {', '.join(names)}")
    rows = {entry.name: entry.recipe for entry in found}
    demand_equal(rows, base)
    if equal_images:
        images = images_seen(rows[base])
        return [replace(one, recipe=with_images(one.recipe, images)) for one in found]
    return found


def _demand_use(recipes: Sequence[Path | str], settings: Sequence[str]) -> None:
    """Refuse settings that no method makes any use of."""
    problems = []
    for one in recipes:
        try:
            load_recipe(one, settings)
        except ConfigError as error:
            problems.append(error)
    if problems and len(problems) == len(recipes):
        raise problems[0]


def with_choices(entries: Sequence[Entry], choices: Choices | None) -> list[Entry]:
    """Give methods the settings that were chosen for them.

    Args:
        entries: as they ship.
        choices: what a search chose; None where there was none.

    Returns:
        The lines of the table.

    Raises:
        ConfigError: a recipe has changed since its settings were chosen.
    """
    if choices is None:
        return list(entries)
    found = []
    for entry in entries:
        move = choices.move(entry.name, entry.digest)
        if move is None:
            found.append(replace(entry, setting=NOT_SEARCHED))
        else:
            found.append(replace(entry, recipe=move.applied(entry.recipe), setting=str(move)))
    return found


def bounds(entries: Sequence[Entry], names: Sequence[str]) -> list[Entry]:
    """Return the supervised bound of some methods.

    Args:
        entries: lines of the table.
        names: of those whose bound is wanted.

    Returns:
        A line for each: the same training with true identities.

    Raises:
        ConfigError: there is no such line, or its stages need labels that identities do not give.
    """
    known: Mapping[str, Entry] = {entry.name: entry for entry in entries}
    absent = [name for name in names if name not in known]
    if absent:
        raise ConfigError(f"--bound {absent[0]} is none of the rows: {', '.join(known)}")
    return [
        Entry(
            f"bound of {name}",
            replace(known[name].recipe, labelling=Identities()),
            known[name].setting,
        )
        for name in names
    ]


def name_of(recipe: Path | str) -> str:
    """Return what the row of a recipe is called.

    Args:
        recipe: the name of one that ships, or a YAML file.

    Returns:
        The name, or that of the file without its ending.
    """
    return str(recipe) if is_shipped(str(recipe)) else Path(recipe).stem
