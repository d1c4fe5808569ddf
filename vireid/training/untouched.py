"""What a skipped step leaves as it was: running statistics, memories, and what follows them."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from vireid.terms import Kept, Term


class Untouched:
    """Copies of what a step changes besides weights, to be given back where it is skipped.

    Args:
        network: before the forward pass.
        wanted: whether a step may be skipped at all.
    """

    def __init__(self, network: nn.Module, *, wanted: bool) -> None:
        buffers = list(network.buffers()) if wanted else []
        self._kinds = [[b for b in buffers if b.dtype == kind] for kind in _kinds(buffers)]
        self._before = [_flat(group) for group in self._kinds]

    def give_back(self, skipped: Tensor) -> None:
        """Give statistics back where a step is skipped, without asking whether it is.

        Args:
            skipped: a scalar where the network is; not 0 where the step is skipped.
        """
        for buffers, before in zip(self._kinds, self._before, strict=True):
            kept = torch.where(skipped > 0, before, _flat(buffers))
            parts = kept.split([buffer.numel() for buffer in buffers])  # type: ignore[no-untyped-call]
            views = [part.view(buffer.shape) for part, buffer in zip(parts, buffers, strict=True)]
            torch._foreach_copy_(buffers, views)


def kept_before(
    terms: Mapping[str, Term], kept: Mapping[str, Kept]
) -> dict[str, dict[str, Tensor]]:
    """Return what the updates of terms may move: what they keep, and what they name.

    Moves replace memories and change none in place, so that the tensors themselves do; an update
    of a term's own may change them, and gets copies.

    Args:
        terms: those that have rows in the batch.
        kept: what all terms of the stage keep, before it moves.

    Returns:
        Tensors by name, by term; what the optimiser moves is left out.
    """
    found = {}
    for updates in (False, True):  # of terms with an update of their own last, as copies
        for name, term in terms.items():
            if (type(term).update is not Term.update) == updates:
                for other in kept.keys() & {name, *term.others()}:
                    tensors = _unlearned(kept[other]).items()
                    found[other] = {key: v.clone() if updates else v for key, v in tensors}
    return found


def give_back_kept(
    kept: Mapping[str, Kept], before: Mapping[str, Mapping[str, Tensor]], skipped: Tensor
) -> None:
    """Give back what terms kept where a step is skipped, without asking whether it is.

    A term that keeps other tensors than before, or of another shape, is asked for: that waits.

    Args:
        kept: what they keep, after it moved; changes.
        before: what ``kept_before`` returned.
        skipped: a scalar where they are; not 0 where the step is skipped.
    """
    for name, old in before.items():
        now = kept[name]
        new = _unlearned(now)
        if {key: v.shape for key, v in new.items()} == {key: v.shape for key, v in old.items()}:
            moved = [key for key in old if new[key] is not old[key]]
            now.update({key: torch.where(skipped > 0, old[key], new[key]) for key in moved})
        elif skipped:
            for key in new:
                del now[key]
            now.update(old)


def _unlearned(kept: Kept) -> dict[str, Tensor]:
    """Return what a term keeps and no optimiser moves."""
    return {key: value for key, value in kept.items() if not isinstance(value, nn.Parameter)}


def _kinds(buffers: Iterable[Tensor]) -> list[torch.dtype]:
    return list(dict.fromkeys(buffer.dtype for buffer in buffers))


def _flat(buffers: list[Tensor]) -> Tensor:
    return torch.cat([buffer.flatten() for buffer in buffers])
