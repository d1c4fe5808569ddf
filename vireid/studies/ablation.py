"""The paper's ablation: the rows of its table as changes of a recipe's last stage."""

from collections.abc import Mapping
from dataclasses import replace

from vireid.config import Recipe, StageConfig
from vireid.errors import ConfigError
from vireid.terms import Term

CLUSTERING, MATCHED = "clustering only", "+ MMLM"
INTRA, INTER, ALL = "+ MMLM + Intra", "+ MMLM + Inter", "all"

INTRA_TERM, INTER_TERM = "intra", "inter"
"""The terms of the last stage that are left out, by name."""
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
        recipe: at least two stages, the last one on matched labels with terms called intra and
            inter.

    Returns:
        The recipe of each row, in the paper's order.

    Raises:
        ConfigError: the recipe has nothing to leave out.
    """
    _check(recipe)
    before, last = recipe.stages[-2:]
    clustering = _with_terms(last, before.terms)
    left = _without(last, INTRA_TERM, INTER_TERM)
    plain = {name: _trusting(term) for name, term in left.items()}
    changed = {
        CLUSTERING: replace(clustering, sample_by=before.sample_by),
        MATCHED: _with_terms(last, plain),
        INTRA: _with_terms(last, _without(last, INTER_TERM)),
        INTER: _with_terms(last, _without(last, INTRA_TERM)),
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
    if last.then or recipe.stages[-2].then:
        raise ConfigError(
            "the last two stages have further steps (then); an ablation leaves terms out of a "
            "single step"
        )
    missing = [name for name in (INTRA_TERM, INTER_TERM) if name not in last.terms]
    if missing:
        raise ConfigError(
            f"stage {last.name} has no {' and no '.join(missing)} term; an ablation needs both to "
            "leave them out"
        )
    spaces = recipe.labelling.spaces()
    left = _without(last, INTRA_TERM, INTER_TERM)
    if not any(spaces[term.labels].matched for term in left.values()):
        raise ConfigError(
            f"stage {last.name} has no term on matched labels besides intra and inter; an "
            "ablation needs one for `+ MMLM`"
        )


def _without(stage: StageConfig, *names: str) -> dict[str, Term]:
    """Return the terms of a stage but for some."""
    return {name: term for name, term in stage.terms.items() if name not in names}


def _trusting(term: Term) -> Term:
    """Return a term that trusts all labels alike."""
    return replace(term, confidence=False, divide_by="weights")


def _with_terms(stage: StageConfig, terms: Mapping[str, Term]) -> StageConfig:
    """Return a stage with other terms, without the option that only some of them have."""
    follows = any(term.follows for term in terms.values())
    return replace(stage, terms=terms, recentre_every=stage.recentre_every if follows else 0)
