"""Which of a file's state dicts fits a network, under which prefix of its names."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vireid.errors import CheckpointError
from vireid.models.weights_file import State

AVERAGED = re.compile(r"(?:^|[._])ema(?:[._]|$)", re.IGNORECASE)
"""Names of moving averages of the weights, which are taken on request only."""
FORMER = "", "state_dict"
"""Where weights with plain names always come first."""


@dataclass(frozen=True)
class Fit:
    """A state dict that holds every weight of a network."""

    where: str
    """Where it lies in the file."""
    prefix: str
    """What is taken off its names."""
    tensors: dict[str, Tensor]
    """Without the prefix."""

    @property
    def name(self) -> str:
        """What a user calls it: where it lies, and its prefix."""
        return ".".join(part for part in (self.where, self.prefix.removesuffix(".")) if part)


def find_fit(
    states: Mapping[str, State], wanted: Mapping[str, torch.Size], asked: str | None
) -> Fit:
    """Return the one state dict that fits.

    Moving averages (``ema``) are left aside where other weights fit. Of several others plain names
    at the top or in ``state_dict`` are taken; else who means one says so.

    Args:
        states: by where they lie in the file.
        wanted: shapes by name.
        asked: the name of the one to take; where not given, there may be only one.

    Returns:
        The state dict.

    Raises:
        CheckpointError: none fits, or several do that differ; the message begins with the reason.
    """
    fits = [fit for where, state in states.items() for fit in _fits(where, state, wanted)]
    if asked is not None:
        found = [fit for fit in fits if fit.name == asked]
        if not found:
            names = ", ".join(repr(fit.name) for fit in fits if fit.name) or "nothing by name"
            raise CheckpointError(f"it has no weights {asked!r} that fit; it has {names}")
        return found[0]
    if not fits:
        raise CheckpointError(_what_differs(states, wanted))
    chosen = [fit for fit in fits if not AVERAGED.search(fit.name)] or fits
    plain = [fit for fit in chosen if fit.where in FORMER and not fit.prefix]
    first = (plain or chosen)[0]
    if not plain and not all(_equal(first, other, wanted) for other in chosen[1:]):
        names = ", ".join(repr(fit.name) for fit in chosen)
        raise CheckpointError(f"{names} fit and differ; say which one: FILE@{chosen[-1].name}")
    return first


def check_values(fit: Fit, network: nn.Module) -> None:
    """Refuse weights that are no numbers to begin from.

    Args:
        fit: what is to be loaded.
        network: into which.

    Raises:
        CheckpointError: a weight is NaN, infinite, or a whole number where a fraction is expected.
    """
    for name, value in network.state_dict().items():
        given = fit.tensors.get(name)
        if given is None or given.shape != value.shape or not value.is_floating_point():
            continue
        if not given.is_floating_point():
            kind = str(given.dtype).removeprefix("torch.")
            raise CheckpointError(f"{fit.prefix + name!r} is of {kind}; expected floating point")
        wrong = int((~torch.isfinite(given.float())).sum())
        if wrong:
            raise CheckpointError(
                f"{fit.prefix + name!r} holds {wrong} NaN or infinite values of {given.numel()}; "
                "take another file"
            )


def _prefixes(state: State, wanted: Mapping[str, torch.Size], *, shapes: bool) -> Counter[str]:
    """Count for each prefix how many wanted names it makes of a state dict's."""
    found: Counter[str] = Counter()
    for name, value in state.items():
        for prefix in _beginnings(name):
            shape = wanted.get(name[len(prefix) :])
            if shape is not None and (not shapes or shape == value.shape):
                found[prefix] += 1
    return found


def _beginnings(name: str) -> Iterator[str]:
    yield ""
    yield from (name[: found.end()] for found in re.finditer(r"\.", name))


def _fits(where: str, state: State, wanted: Mapping[str, torch.Size]) -> Iterator[Fit]:
    """Yield a state dict under each prefix that makes all its names fit."""
    for prefix, count in _prefixes(state, wanted, shapes=True).items():
        if count == len(wanted):
            names = {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}
            yield Fit(where, prefix, names)


def _equal(first: Fit, other: Fit, wanted: Mapping[str, torch.Size]) -> bool:
    return all(torch.equal(first.tensors[name], other.tensors[name]) for name in wanted)


def _what_differs(states: Mapping[str, State], wanted: Mapping[str, torch.Size]) -> str:
    """Say what keeps the nearest state dict of a file from fitting."""
    best = Fit("", "", {})
    count = -1
    for where, state in states.items():
        (prefix, found), *_ = [*_prefixes(state, wanted, shapes=False).most_common(1), ("", 0)]
        if found > count:
            names = {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}
            best, count = Fit(where, prefix, names), found
    wrong = [name for name, shape in wanted.items() if _shape(best, name) != shape]
    shown = f"{len(wrong)} of {len(wanted)} are missing or of another shape, first "
    first = wrong[0]
    if first in best.tensors:
        has, expects = list(best.tensors[first].shape), list(wanted[first])
        return f"{shown}{best.prefix + first!r}, which is {has} where {expects} is expected"
    others = [name for name in best.tensors if name not in wanted]
    near = difflib.get_close_matches(first, others, 1, cutoff=0)
    beside = f" (the file has {(best.prefix + near[0])[:80]!r})" if near else ""
    return f"{shown}{first!r}{beside}; expected timm's naming"


def _shape(fit: Fit, name: str) -> torch.Size | None:
    return fit.tensors[name].shape if name in fit.tensors else None
