"""The small search that every method gets: moves from its own recipe, the same ones for all."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.errors import ConfigError
from vireid.labelling import ClusteringConfig, MultiMemoryMatching
from vireid.studies.comparison.digests import recipe_digest
from vireid.terms import Term


@dataclass(frozen=True)
class Move:
    """How far settings are from those of a method's recipe. Of none, it is the recipe itself."""

    eps: float = 0.0
    """Added to eps of both clusterings."""
    neighbours: float = 1.0
    """Factor of k1 and k2 of both clusterings (more than 0)."""
    weights: float = 1.0
    """Factor of the weights in the last stage that are not 1 (more than 0)."""
    momentum: float = 1.0
    """Factor of the momentum of all memories (more than 0)."""
    rate: float = 1.0
    """Factor of the learning rate of all stages (more than 0)."""
    temperature: float = 1.0
    """Factor of the temperature of all terms (more than 0)."""

    def __str__(self) -> str:
        """Say it in a cell of a table."""
        parts = [f"eps {'+' if self.eps > 0 else '−'} {abs(self.eps):g}"] * bool(self.eps)
        for name, text in (
            ("neighbours", "k1, k2"), ("weights", "weights"), ("momentum", "momentum"),
            ("rate", "learning rate"), ("temperature", "temperature"),
        ):  # fmt: skip
            parts += [f"{text} × {getattr(self, name):g}"] * (getattr(self, name) != 1)
        return ", ".join(parts) or "as it ships"

    def settings(self) -> dict[str, float]:
        """Return what is not as in the recipe, by name."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) != one.default
        }

    def applied(self, recipe: Recipe) -> Recipe:
        """Make the move.

        Args:
            recipe: to begin with.

        Returns:
            The recipe with other settings; what it lacks stays as it is.

        Raises:
            ConfigError: a value would be out of range.
        """
        labelling = recipe.labelling
        if isinstance(labelling, MultiMemoryMatching):
            single, mixed = (self._clustering(one) for one in (labelling.single, labelling.mixed))
            labelling = replace(labelling, single=single, mixed=mixed)
        stages = tuple(self._stage(stage, recipe) for stage in recipe.stages)
        return replace(recipe, labelling=labelling, stages=stages)

    def _clustering(self, found: ClusteringConfig) -> ClusteringConfig:
        k1, k2 = (max(1, round(k * self.neighbours)) for k in (found.k1, found.k2))
        return replace(found, k1=k1, k2=k2, eps=round(found.eps + self.eps, 4))

    def _stage(self, stage: StageConfig, recipe: Recipe) -> StageConfig:
        factor = self.weights if stage is recipe.stages[-1] else 1.0
        then = tuple(self._step(step, factor) for step in stage.then)
        rate = round(stage.learning_rate * self.rate, 8)
        return replace(stage, terms=self._terms(stage.terms, factor), then=then, learning_rate=rate)

    def _step(self, step: StepConfig, factor: float) -> StepConfig:
        return replace(step, terms=self._terms(step.terms, factor))

    def _terms(self, terms: Mapping[str, Term], factor: float) -> dict[str, Term]:
        return {name: self._term(term, factor) for name, term in terms.items()}

    def _term(self, term: Term, factor: float) -> Term:
        if term.weight != 1:
            term = replace(term, weight=round(term.weight * factor, 6))
        factors = {"momentum": self.momentum, "temperature": self.temperature}
        found = {
            name: round(getattr(term, name) * by, 6)
            for name, by in factors.items()
            if getattr(term, name, None) is not None
        }
        return replace(term, **found)


GRID = (
    Move(),
    Move(eps=-0.1),
    Move(neighbours=0.7),
    Move(neighbours=1.5),
    Move(weights=0.5),
    Move(weights=2),
    Move(rate=0.5),
    Move(temperature=0.7),
    Move(momentum=2),
    Move(eps=-0.1, neighbours=1.5),
    Move(momentum=0.5),
    Move(eps=-0.05),
    Move(neighbours=1.25),
    Move(eps=0.05),
)
"""Moves in the order in which a method is given them: the first eight that change its training.
Those behind take the place of moves that do not apply, such as weights where all are 1."""
COUNT = 8
"""How many settings each method is tried with."""


def moves_for(recipe: Recipe, count: int = COUNT, grid: tuple[Move, ...] = GRID) -> list[Move]:
    """Choose the moves that a method is tried with.

    Args:
        recipe: of the method.
        count: how many, at least 1.
        grid: moves to choose from, in order.

    Returns:
        Exactly ``count`` moves that lead to different trainings.

    Raises:
        ConfigError: fewer moves of the grid change this training.
    """
    found: dict[str, Move] = {}
    for move in grid:
        try:
            found.setdefault(recipe_digest(move.applied(recipe)), move)
        except ConfigError:
            continue
        if len(found) == count:
            return list(found.values())
    raise ConfigError(
        f"the search has {len(found)} settings that change this training; expected {count}, as "
        "many as for each other method: ask for fewer"
    )
