"""The memories of C clusters, moved by an explicit update after each step."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of


@torch.no_grad()
def move_rows(moves: Sequence[Move], embeddings: Tensor) -> None:
    """Move memories towards samples, in batch order, at unit length after each sample.

    A row becomes ``momentum * row + (1 - momentum) * embedding``, normalised. Clusters that the
    samples do not show stay as they are. Source: Dai et al., Cluster Contrast for Unsupervised
    Person Re-Identification, equation 2. Moves of different memories are made side by side, in
    one loop over turns; those of the same memories one after the other.

    Args:
        moves: which rows of which memories, by which rows of the batch; the memories are replaced.
        embeddings: [B, D] of unit length.
    """
    for group in _apart(moves):
        turns = [_hardest(move, embeddings) if move.hardest else move.turns for move in group]
        longest, sizes = max(map(len, turns)), [len(move.clusters) for move in group]
        filled = [functional.pad(t, (0, 0, 0, longest - len(t)), value=-1) for t in turns]
        every = torch.cat(filled, dim=1)
        shown, samples = (every >= 0)[..., None], every.clamp(min=0)
        rows = torch.cat([move.kept[move.name][move.clusters] for move in group])
        old, new = (_column(group, rows, part) for part in (0, 1))
        for turn in range(longest):
            moved = functional.normalize(old * rows + new * embeddings[samples[turn]])
            rows = torch.where(shown[turn], moved, rows)
        for move, piece in zip(group, torch.split(rows, sizes), strict=True):
            memory = move.kept[move.name]
            move.kept[move.name] = memory.index_copy(0, move.clusters, piece)


def moved_rows(
    rows: Tensor, embeddings: Tensor, labels: Tensor, *, momentum: float, hardest: bool = False
) -> Tensor:
    """Return memories moved towards samples of known labels, as ``move_rows`` does.

    Where the labels lie on a GPU this waits for it: a term had better plan its turns on the host
    and return a ``Move``.

    Args:
        rows: [C, D] memories of unit length; not modified.
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters 0..C-1; samples with -1 (noise) are left out.
        momentum: share of the old value that an update keeps, in [0, 1].
        hardest: take, of each cluster, only the sample least similar to the memory, the first one
            on a tie.

    Returns:
        [C, D].

    >>> moved_rows(torch.eye(2), torch.tensor([[0.6, 0.8]]), torch.tensor([0]), momentum=0.0)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    found = turns_of(labels.cpu().numpy())
    clusters, turns = (torch.from_numpy(found[n]).to(rows.device) for n in ("clusters", "turns"))
    kept = Kept({"memory": rows})
    move = Move(kept, "memory", clusters, turns, momentum=momentum, hardest=hardest)
    move_rows([move], embeddings.detach())
    return kept["memory"]


def _apart(moves: Sequence[Move]) -> list[list[Move]]:
    """Split moves into groups in each of which all memories are different, keeping the order."""
    groups: list[list[Move]] = []
    for move in moves:
        if not groups or any(move.kept is m.kept and move.name == m.name for m in groups[-1]):
            groups.append([])
        groups[-1].append(move)
    return groups


def _column(group: Sequence[Move], rows: Tensor, part: int) -> Tensor | float:
    """Return the share of the old (0) or the new value (1): a column where memories differ."""
    shares = [(move.momentum, 1 - move.momentum)[part] for move in group]
    if len(set(shares)) == 1:
        return shares[0]
    sizes = [len(move.clusters) for move in group]
    return torch.cat([rows.new_full((n, 1), x) for n, x in zip(sizes, shares, strict=True)])


def _hardest(move: Move, embeddings: Tensor) -> Tensor:
    """Return one turn [1, M]: for each memory the row of the batch that is least similar to it."""
    if not move.turns.numel():
        return move.turns
    memories = move.kept[move.name][move.clusters]
    similarity = (embeddings[move.turns.clamp(min=0)] * memories).sum(2)
    similarity = similarity.masked_fill(move.turns < 0, torch.inf)
    return move.turns.gather(0, similarity.argmin(0, keepdim=True))
