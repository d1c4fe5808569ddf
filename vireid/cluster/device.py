"""Products of rows on a GPU (or any device of torch) that no setting of its precision changes."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.search_options import Search
from vireid.precision import multiplying
from vireid.types import Float, Int

if TYPE_CHECKING:
    from torch import Tensor

Proposal = tuple[Float, Int]
"""Products [B, W], descending, and their columns [B, W] int32."""

_SPARE = 64
"""Columns proposed beyond twice the k wanted."""


def pieces_on_device(embeddings: NDArray[np.floating], rows: Float, how: Search) -> "Tensor | None":
    """Split rows into two pieces each on the device that is to multiply them.

    The first piece is the row rounded to 8 significant bits, the second what remains, rounded
    likewise: values that float32, TF32 and bf16 hold exactly (``margin``).

    Args:
        embeddings: what the search was given; where it is what ``how.held`` holds, nothing is
            copied to the device.
        rows: [N, D] float32, the same checked.
        how: the device, and what it holds.

    Returns:
        [N, 2 D] float32 there: first pieces, second pieces. None where NumPy is to multiply.
    """
    if how.device == "cpu":
        return None
    import torch  # only who asks for a device pays for it

    held = how.held
    if held is not None and held.rows is embeddings and held.fits(rows):
        there = held.tensor.detach().to(how.device)
    else:
        there = torch.tensor(rows, device=how.device)
    first = there.bfloat16().float()
    return torch.cat([first, (there - first).bfloat16().float()], dim=1)


def rows_of(pieces: "Tensor", chosen: Int) -> "Tensor":
    """Return the pieces of some rows.

    Args:
        pieces: [N, 2 D], on a device.
        chosen: [M] of the N rows.

    Returns:
        [M, 2 D], there.
    """
    import torch

    return pieces.index_select(0, torch.from_numpy(chosen).to(pieces.device))


def proposals(
    pieces: "Tensor",
    asking: "Tensor",
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    block: int,
) -> Iterator[list[Proposal]]:
    """Propose the columns with the largest products, a block of queries at a time.

    There is one wait for the device for each block, whatever is wanted. The device works on the
    next block while the caller ranks this one.

    Args:
        pieces: [M, 2 D] pieces of M rows, on a device.
        asking: [N, 2 D] pieces of all rows there.
        queries: which of the N rows are asked for, at least one.
        wanted: which of the M rows may be neighbours, ascending, and k of them.
        block: B queries at a time.

    Yields:
        For each of the wanted, the W columns of largest product: 2 k + 64, or all. Columns count
        within the wanted.
    """
    import torch

    def sent(places: Int) -> "Tensor":
        return torch.from_numpy(places).to(pieces.device)

    widths = [min(2 * k + _SPARE, len(own)) for own, k in wanted]
    columns = [None if len(own) == len(pieces) else sent(own) for own, _ in wanted]
    blocks = torch.split(sent(queries), block)
    began = _best(pieces, asking.index_select(0, blocks[0]), columns, widths)
    for number in range(len(blocks)):
        came = began.cpu().numpy()  # waits
        if number + 1 < len(blocks):
            began = _best(pieces, asking.index_select(0, blocks[number + 1]), columns, widths)
        cuts = np.split(came, np.cumsum(np.repeat(widths, 2))[:-1], axis=1)
        values = [np.ascontiguousarray(cut).view(np.float32) for cut in cuts[::2]]
        yield list(zip(values, cuts[1::2], strict=True))


def _best(
    pieces: "Tensor", queries: "Tensor", columns: Sequence["Tensor | None"], widths: Sequence[int]
) -> "Tensor":
    """Return, on the device, largest products (their bits) and columns side by side, int32."""
    import torch

    with torch.no_grad(), torch.autocast(pieces.device.type, enabled=False):
        found = products(queries, pieces)
        packed = []
        for own, width in zip(columns, widths, strict=True):
            among = found if own is None else found.index_select(1, own)
            best = among.topk(width, dim=1)
            packed += [best.values.view(torch.int32), best.indices.to(torch.int32)]
        return torch.cat(packed, dim=1)


def products(queries: "Tensor", pieces: "Tensor") -> "Tensor":
    """Multiply queries with all rows: a.a' + (b.a' + a.b') for pieces a and b.

    Args:
        queries: [B, 2 D] pieces.
        pieces: [M, 2 D] pieces.

    Returns:
        [B, M] dot products, within half of ``device_margin`` of those that decide.
    """
    import torch

    size = pieces.shape[1] // 2
    first, second = queries[:, :size], queries[:, size:]
    with multiplying("tf32", pieces.device):  # which holds the pieces exactly, and is fast
        near = first @ pieces[:, :size].T
        return near.add_(torch.cat([second, first], dim=1) @ pieces.T)


def within(proposal: Proposal, k: int, count: int, margin: float) -> tuple[Int, Int, Int]:
    """List which of the proposed columns may be among the k nearest.

    Args:
        proposal: products [B, W] and columns.
        k: neighbours wanted; all of the proposed where these are fewer.
        count: M columns that there are.
        margin: how far below the k-th largest product a neighbour may be.

    Returns:
        Bounds [B + 1] and columns, ascending for each query; and the queries, of 0 .. B - 1, for
        which more columns may be neighbours than were proposed. Those have none listed.
    """
    values, columns = proposal
    k = min(k, values.shape[1])
    near = values >= values[:, k - 1 : k] - np.float32(margin)
    undecided = near[:, -1] & (values.shape[1] < count)
    near[undecided] = False
    listed = np.sort(np.where(near, columns, count), axis=1)
    bounds = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    return bounds, listed[listed < count].astype(np.int64), np.flatnonzero(undecided)
