"""The loss of a batch: terms give a value for each sample, weighting and the mean happen here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vireid.errors import ConfigError
from vireid.models import Output
from vireid.terms import Batch, Kept, Move, Term
from vireid.terms.memory import move_rows
from vireid.types import Labelling, Modality


@dataclass(frozen=True)
class Plan:
    """What a term is computed on in one batch, on the host or on the training device."""

    arrays: Mapping[str, Tensor]
    """The arrays that the term planned."""
    groups: tuple[Tensor, ...] = ()
    """Rows of its values of which each group has a mean of its own; one mean where empty."""


def plan_batch(
    terms: Mapping[str, Term], kept: Mapping[str, Kept], labelling: Labelling, batch: Batch
) -> dict[str, Plan]:
    """Choose the rows of all terms, on the host.

    Args:
        terms: of a step, by name.
        kept: what they keep; a term that keeps nothing has an entry too, one whose label spaces
            have no clusters has none.
        labelling: the labels in use.
        batch: what the rows of the batch show.

    Returns:
        The plan of each term that has rows in the batch.
    """
    plans = {}
    for name, term in terms.items():
        if name not in kept or not term.takes_part(batch.epoch):
            continue
        arrays = dict(term.plan(labelling, batch))
        rows = arrays["rows"]
        if not len(rows):
            continue
        arrays.setdefault("modality", batch.modality[rows])
        if term.confidence and "weights" not in arrays:
            trust = np.asarray(labelling.spaces[term.labels].confidence)
            arrays["weights"] = trust[batch.indices[rows]]
        groups = []
        if term.each_modality:
            sides = [(arrays["modality"] == side).nonzero()[0] for side in Modality]
            groups = [torch.from_numpy(side) for side in sides if len(side)]
        tensors = {key: torch.from_numpy(value) for key, value in arrays.items()}
        plans[name] = Plan(tensors, tuple(groups))
    return plans


def flat_plans(plans: Mapping[str, Plan]) -> dict[str, Tensor]:
    """Return all arrays of some plans, to be sent together.

    Args:
        plans: by term.

    Returns:
        The arrays under names that ``planned`` knows.
    """
    return {name: value for _, _, name, value in _flat(plans)}


def planned(plans: Mapping[str, Plan], tensors: Mapping[str, Tensor]) -> dict[str, Plan]:
    """Return plans as they lie elsewhere.

    Args:
        plans: by term.
        tensors: their arrays, sent under the names of ``flat_plans``.

    Returns:
        The plans of these tensors.
    """
    arrays: dict[str, dict[str, Tensor]] = {term: {} for term in plans}
    groups: dict[str, list[Tensor]] = {term: [] for term in plans}
    for term, key, name, _ in _flat(plans):
        if key is None:
            groups[term].append(tensors[name])
        else:
            arrays[term][key] = tensors[name]
    return {term: Plan(arrays[term], tuple(groups[term])) for term in plans}


def _flat(plans: Mapping[str, Plan]) -> Iterator[tuple[str, str | None, str, Tensor]]:
    """Yield term, key (none for a group), full name and tensor of all that plans hold."""
    for term, plan in plans.items():
        for key, value in plan.arrays.items():
            yield term, key, f"plan/{term}/{key}", value
        for number, rows in enumerate(plan.groups):
            yield term, None, f"group/{term}/{number}", rows


def batch_loss(
    terms: Mapping[str, Term],
    kept: Mapping[str, Kept],
    output: Output,
    plans: Mapping[str, Plan],
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum of all terms, and each term's mean for the log.

    Args:
        terms: those that are on, by name; they are added up in this order.
        kept: what they keep; what is trained of it gets gradients.
        output: features and embeddings of the B rows.
        plans: of the batch, by term.

    Returns:
        The scalar loss with its gradient, and detached means by the terms' names.

    Raises:
        ConfigError: a term does not give one value for each of its rows, or without a gradient.
    """
    total = output.embedding.sum() * 0
    parts = {}
    for name, term in terms.items():
        if name not in plans:
            continue
        plan = plans[name]
        values = term.values(kept[name], output, plan.arrays)
        _check(values, plan, name, output)
        mean = _mean(values, plan, term)
        total = total + term.weight * mean
        parts[name] = mean.detach()
    return total, parts


def _check(values: Tensor, plan: Plan, name: str, output: Output) -> None:
    """Refuse what would train something else than it seems to."""
    rows = len(plan.arrays["rows"])
    if values.shape != (rows,):
        raise ConfigError(
            f"the values of term {name} have shape {tuple(values.shape)}; expected ({rows},), one "
            "for each of its rows"
        )
    if output.embedding.requires_grad and not values.requires_grad:
        raise ConfigError(
            f"the values of term {name} take no gradient; expected values of the network's output "
            "that are not detached"
        )


def _mean(values: Tensor, plan: Plan, term: Term) -> Tensor:
    """Return the mean of a term over its rows, or the sum of the means of groups of rows."""
    weights = plan.arrays.get("weights")
    if not term.each_modality:
        return _weighted_mean(values, weights, term)
    return torch.stack(
        [
            _weighted_mean(values[rows], None if weights is None else weights[rows], term)
            for rows in plan.groups
        ]
    ).sum()


def _weighted_mean(values: Tensor, weights: Tensor | None, term: Term) -> Tensor:
    if weights is None:
        return values.mean()
    if term.divide_by == "count":
        return (values * weights).mean()
    return (values * weights).sum() / weights.sum().clamp_min(1e-6)


def update_terms(
    terms: Mapping[str, Term],
    kept: Mapping[str, Kept],
    output: Output,
    plans: Mapping[str, Plan],
) -> None:
    """Move what terms keep, after the optimiser's step.

    Terms that name others, whose memories they may move, go first; then all others, in order.
    What terms only declare, by ``Term.moves``, is moved at the end, all of it side by side.

    Args:
        terms: of the step, those that are not on yet too.
        kept: changes.
        output: of the B rows.
        plans: of the batch, by term.
    """
    still = Output(*(value.detach() for value in output))
    moves: list[Move] = []
    for name in sorted(plans, key=lambda name: not terms[name].others()):
        if type(terms[name]).update is Term.update:
            moves += terms[name].moves(kept[name], plans[name].arrays)
        else:
            terms[name].update(kept[name], still, plans[name].arrays)
    move_rows(moves, still.embedding)
