"""The paper's ablation: the rows of its table as changes of a recipe's last stage."""

from collections.abc import Iterable
from dataclasses import replace

from vireid.config import Recipe, StageConfig, TermConfig
from vireid.errors import ConfigError

CLUSTERING, MATCHED = "clustering only", "+ MMLM"
INTRA, INTER, ALL = "+ MMLM + Intra", "+ MMLM + Inter", "all"

GAINS = ((MATCHED, CLUSTERING), (INTRA, MATCHED), (INTER, MATCHED), (ALL, INTRA), (ALL, INTER))
"""Each row beside the one that lacks one module of it."""


def ablation_rows(recipe: Recipe) -> dict[str, Recipe]:
    """Return the paper's ablation of a recipe (MMM, table of components).

    All rows share every stage but the last, which has as many epochs in each. ``clustering only``
    gives it the terms and batches of the stage before, so that a gain is not just longer
    training. ``+ MMLM`` has the recipe's terms without soft alignment: no intra, no inter and no
    weighting by confidence, which is its first step. The other rows have the recipe's terms
    without inter, without intra, and all of them.

    Args:
        recipe: at least two stages, the last one on matched labels with intra and inter terms.

    Returns:
        The recipe of each row, in the paper's order.

    Raises:
        ConfigError: the recipe has nothing to leave out.
    """
    _check(recipe)
    before, last = recipe.stages[-2:]
    clustering = _with_terms(last, before.terms)
    changed = {
        CLUSTERING: replace(clustering, sample_by=before.sample_by),
        MATCHED: _with_terms(last, map(_trusting, _without(last, "intra", "inter"))),
        INTRA: _with_terms(last, _without(last, "inter")),
        INTER: _with_terms(last, _without(last, "intra")),
        ALL: last,
    }
    return {
        name: replace(recipe, stages=(*recipe.stages[:-1], stage))
        for name, stage in changed.items()
    }


def _check(recipe: Recipe) -> None:
    """Check that there is something to leave out."""
    if len(recipe.stages) < 2:
        raise ConfigError(
            "the recipe has one stage; an ablation needs the stage before the last, too, whose "
            "terms are what `clustering only` trains"
        )
    last = recipe.stages[-1]
    losses = {term.loss for term in last.terms}
    missing = [name for name in ("intra", "inter") if name not in losses]
    if missing:
        raise ConfigError(
            f"stage {last.name} has no {' and no '.join(missing)} term; an ablation needs both to "
            "leave them out"
        )
    if not any(term.labels == "matched" for term in _without(last, "intra", "inter")):
        raise ConfigError(
            f"stage {last.name} has no term on matched labels besides intra and inter; an "
            "ablation needs one for `+ MMLM`"
        )


def _without(stage: StageConfig, *losses: str) -> list[TermConfig]:
    """Return the terms of a stage but for some losses."""
    return [term for term in stage.terms if term.loss not in losses]


def _trusting(term: TermConfig) -> TermConfig:
    """Return a term that trusts all labels alike."""
    return replace(term, confidence=False, divide_by="weights")


def _with_terms(stage: StageConfig, terms: Iterable[TermConfig]) -> StageConfig:
    """Return a stage with other terms, without the option that only intra has."""
    chosen = tuple(terms)
    aligned = any(term.loss == "intra" for term in chosen)
    return replace(stage, terms=chosen, recentre_every=stage.recentre_every if aligned else 0)
