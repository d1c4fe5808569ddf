"""A training's state to and from plain tensors and values."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vireid.config import Recipe
from vireid.errors import CheckpointError
from vireid.labelling import Labelling
from vireid.models import CrossModalNetwork
from vireid.training.optimiser import train_classifiers
from vireid.training.signals import Signals
from vireid.training.state import TrainingState, first_state, optimiser_of_stage
from vireid.training.targets import Target, new_target
from vireid.types import Matching, PseudoLabels

COUNTERS = ("stage", "epoch", "step", "labelled", "images", "skipped", "kept")
"""The whole numbers of a state."""
MATCHING = ("partner", "cost", "next_cost", "visible_partner")
"""The arrays of a matching."""


def pack(state: TrainingState) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Turn a state into tensors and plain values.

    Args:
        state: of a training between two steps.

    Returns:
        Tensors by name, and the rest ready for JSON; ``unpack`` gives the same state back, bit
        for bit.
    """
    optimiser = state.optimiser.state_dict()
    tensors = {f"network/{name}": value for name, value in state.network.state_dict().items()}
    for number, entries in optimiser["state"].items():
        tensors |= {f"optimiser/{number}/{name}": value for name, value in entries.items()}
    for name, space in state.labelling.spaces.items():
        tensors[f"labels/{name}"] = torch.tensor(space.labels)
        tensors[f"confidence/{name}"] = torch.tensor(np.asarray(space.confidence))
    for name, target in state.targets.items():
        tensors[f"memory/{name}"] = target.memory.rows
        if target.prototypes is not None:
            tensors[f"prototypes/{name}"] = target.prototypes
        if target.classifier is not None:
            tensors[f"classifier/{name}"] = target.classifier.detach()
    tensors |= {f"initial/{name}": value for name, value in state.initial.items()}
    for name, labels in state.last_labels.items():
        tensors[f"last_labels/{name}"] = torch.tensor(labels)
    values: dict[str, Any] = {name: getattr(state, name) for name in COUNTERS}
    values |= {"troubles": state.troubles, "clarity": state.clarity}
    values["scaler"] = state.scaler.state_dict()
    values |= {"losses": dict(state.losses), "seconds": dict(state.seconds)}
    values["spaces"] = list(state.labelling.spaces)
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
        network: of the recipe, on the training device; its weights are replaced.
        recipe: of the same training.
        tensors: by name.
        values: the rest.

    Returns:
        The state.

    Raises:
        CheckpointError: tensors or values are missing, or belong to another network.
    """
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
                tensors[f"labels/{name}"].numpy(), tensors[f"confidence/{name}"].numpy()
            )
            for name in values["spaces"]
        }
        state.labelling = Labelling(spaces, matching)
        state.signals = Signals(**values["signals"])
        last = _below("last_labels", tensors)
        state.last_labels = {name: labels.numpy() for name, labels in last.items()}
        state.initial = _below("initial", tensors)
        state.targets = _targets(state.labelling, tensors, network, recipe)
        state.optimiser = optimiser_of_stage(network, recipe, state.stage)
        train_classifiers(state.optimiser, state.targets.values())
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
    merged = [{**given, "params": fresh["params"]} for fresh, given in numbered]
    optimiser.load_state_dict({"state": dict(entries), "param_groups": merged})


def _targets(
    labelling: Labelling, tensors: Mapping[str, Tensor], network: CrossModalNetwork, recipe: Recipe
) -> dict[str, Target]:
    device = next(network.parameters()).device
    targets = {}
    for name, rows in _below("memory", tensors).items():
        target = new_target(labelling.spaces[name], rows, recipe, device)
        prototypes, classifier = (
            tensors[f"{kind}/{name}"].to(device, copy=True) if f"{kind}/{name}" in tensors else None
            for kind in ("prototypes", "classifier")
        )
        weights = None if classifier is None else nn.Parameter(classifier)
        targets[name] = replace(target, prototypes=prototypes, classifier=weights)
    return targets
