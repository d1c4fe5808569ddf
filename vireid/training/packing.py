"""A training's state to and from plain tensors and values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vireid.config import Recipe
from vireid.errors import CheckpointError
from vireid.models import CrossModalNetwork
from vireid.terms import Kept, Term
from vireid.training.compute import prepare
from vireid.training.keeping import link, on_device, trained
from vireid.training.optimiser import train_terms
from vireid.training.outcomes import settle
from vireid.training.signals import Signals
from vireid.training.state import TrainingState, first_state, optimiser_of_stage
from vireid.types import Labelling, Matching, Modality, PseudoLabels

FORMAT = 2
"""Version of what a state is taken apart into; 0.1.0 had none."""
COUNTERS = ("stage", "epoch", "step", "labelled", "images", "skipped", "kept")
"""The whole numbers of a state."""
MATCHING = ("partner", "cost", "next_cost", "visible_partner", "to_visible")
"""The arrays of a matching."""


def pack(state: TrainingState) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Turn a state into tensors and plain values.

    Args:
        state: of a training between two steps.

    Returns:
        Tensors by name, and the rest ready for JSON; ``unpack`` gives the same state back, bit
        for bit.

    Raises:
        VireidError: steps that were not read yet had no finite loss, more than may be skipped.
    """
    settle(state)
    optimiser = state.optimiser.state_dict()
    tensors = {f"network/{name}": value for name, value in state.network.state_dict().items()}
    for number, entries in optimiser["state"].items():
        tensors |= {f"optimiser/{number}/{name}": value for name, value in entries.items()}
    for name, space in state.labelling.spaces.items():
        tensors[f"labels/{name}"] = torch.tensor(space.labels)
        tensors[f"confidence/{name}"] = torch.tensor(np.asarray(space.confidence))
    for term, kept in state.terms.items():
        tensors |= {f"terms/{term}/{name}": value.detach() for name, value in kept.items()}
    if state.teacher is not None:
        tensors |= {f"teacher/{n}": value for n, value in state.teacher.state_dict().items()}
    tensors |= {f"initial/{name}": value for name, value in state.initial.items()}
    for name, labels in state.last_labels.items():
        tensors[f"last_labels/{name}"] = torch.tensor(labels)
    values: dict[str, Any] = {name: getattr(state, name) for name in COUNTERS}
    values |= {"troubles": state.troubles, "clarity": state.clarity}
    values["scaler"] = state.scaler.state_dict()
    values |= {"losses": dict(state.losses), "seconds": dict(state.seconds)}
    values["format"] = FORMAT
    spaces = state.labelling.spaces.items()
    values["spaces"] = {name: space.modality for name, space in spaces}
    values["matched"] = state.labelling.matched
    values["terms"] = {term: list(kept) for term, kept in state.terms.items()}
    values["signals"] = asdict(state.signals)
    values["groups"] = [
        {name: value for name, value in group.items() if name != "params"}
        for group in optimiser["param_groups"]
    ]
    matching = state.labelling.matching
    if matching is not None:
        for name in MATCHING:
            tensors[f"matching/{name}"] = torch.tensor(getattr(matching, name))
        values["infrared_clusters"] = matching.infrared_clusters
    return tensors, values


def unpack(
    network: CrossModalNetwork,
    recipe: Recipe,
    tensors: Mapping[str, Tensor],
    values: Mapping[str, Any],
) -> TrainingState:
    """Return the state that ``pack`` took apart.

    Args:
        network: of the recipe, on the training device; its weights are replaced, in the
            recipe's precision.
        recipe: of the same training.
        tensors: by name.
        values: the rest.

    Returns:
        The state.

    Raises:
        CheckpointError: tensors or values are missing, or belong to another network.
    """
    if values.get("format") != FORMAT:
        raise CheckpointError(
            f"the state has format {values.get('format', 1)}, expected {FORMAT}: another version "
            "of vireid saved it; go on with that version, or train anew"
        )
    prepare(network, recipe.compute)
    try:
        network.load_state_dict(_below("network", tensors))
        state = first_state(network, recipe)
        state.scaler.load_state_dict(values["scaler"])
        state.troubles, state.clarity = list(values["troubles"]), float(values["clarity"])
        for name in COUNTERS:
            setattr(state, name, int(values[name]))
        for name in ("losses", "seconds"):
            getattr(state, name).update(values[name])
        matching = None
        if "matching/partner" in tensors:
            found = {name: tensors[f"matching/{name}"].numpy() for name in MATCHING}
            matching = Matching(**found, infrared_clusters=values["infrared_clusters"])
        spaces = {
            name: PseudoLabels(
                tensors[f"labels/{name}"].numpy(),
                tensors[f"confidence/{name}"].numpy(),
                None if side is None else Modality(side),
            )
            for name, side in values["spaces"].items()
        }
        state.labelling = Labelling(spaces, matching, values["matched"])
        state.signals = Signals(**values["signals"])
        last = _below("last_labels", tensors)
        state.last_labels = {name: labels.numpy() for name, labels in last.items()}
        state.initial = _below("initial", tensors)
        if state.teacher is not None:
            state.teacher.load_state_dict(_below("teacher", tensors))
        terms = recipe.stages[min(state.stage, len(recipe.stages) - 1)].all_terms()
        state.terms = _kept(terms, values["terms"], tensors, network)
        state.optimiser = optimiser_of_stage(network, recipe, state.stage)
        train_terms(state.optimiser, trained(terms, state.terms))
        _restore_optimiser(state.optimiser, _below("optimiser", tensors), values["groups"])
    except (KeyError, RuntimeError, ValueError, TypeError) as error:
        first = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"the state belongs to another training: {first}") from error
    return state


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose names begin with a prefix, without it."""
    start = f"{prefix}/"
    return {name[len(start) :]: value for name, value in tensors.items() if name.startswith(start)}


def _restore_optimiser(
    optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor], groups: list[dict[str, Any]]
) -> None:
    """Fill a fresh optimiser; what belongs to a parameter gets the parameter's memory layout."""
    found = optimiser.state_dict()
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    entries: dict[int, dict[str, Tensor]] = defaultdict(dict)
    for name, value in tensors.items():
        number, entry = name.split("/")
        parameter = parameters[int(number)]
        if value.shape == parameter.shape and value.ndim:
            value = torch.empty_like(parameter, requires_grad=False).copy_(value)
        entries[int(number)][entry] = value
    numbered = zip(found["param_groups"], groups, strict=True)
    device = ("params", "fused", "foreach", "capturable")  # of this machine, not of the file's
    merged = [given | {n: fresh[n] for n in device if n in fresh} for fresh, given in numbered]
    optimiser.load_state_dict({"state": dict(entries), "param_groups": merged})


def _kept(
    terms: Mapping[str, Term],
    names: Mapping[str, Sequence[str]],
    tensors: Mapping[str, Tensor],
    network: CrossModalNetwork,
) -> dict[str, Kept]:
    """Return what the terms keep, each tensor a copy on the network's device."""
    found = {}
    for name, keys in names.items():
        copies = {key: tensors[f"terms/{name}/{key}"].clone() for key in keys}
        found[name] = on_device(terms[name], Kept(copies), network.mean.device)
    link(terms, found)
    return found
