"""Two processes train each method like one: the same labels and losses, nearly the same weights."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from tests.cut_down import METHODS, People, cut_down, few_pixels
from tests.forked import METHOD
from vireid.models import Output, Passes
from vireid.parallel import (
    SharedForward,
    largest,
    let_first,
    shared_extract,
    shared_neighbours,
    synchronise_norms,
)
from vireid.runs import new_network
from vireid.training import EpochEnded, Workers, fit


class InDouble:
    """Passes batches in double precision, so that Adam does not blow up what is rounded."""

    def __init__(self, forward):
        self.forward = forward

    def share(self, modality):
        return self.forward.share(modality)

    def __call__(self, pixels, modality):
        return Output(*(rows.float() for rows in self.forward(pixels.double(), modality)))


def train(name, shared):
    """Return labels and losses of each epoch, and what network, teacher and terms hold."""
    recipe = cut_down(name)
    network = new_network(recipe).double()
    workers = Workers(InDouble(Passes(network)))
    if shared:
        synchronise_norms(network)
        forward = InDouble(SharedForward(network))
        workers = Workers(forward, shared_extract, shared_neighbours, largest, let_first)
    losses, labels = [], []
    labeller, weights = People(recipe.labelling), {}
    for event in fit(network, few_pixels(), recipe, labeller=labeller, workers=workers):
        state = event.state
        if isinstance(event, EpochEnded):
            report = event.report
            losses.append(dict(report.losses))
            spaces = report.labelling.spaces.items()
            labels.append({name: torch.tensor(space.labels) for name, space in spaces})
    weights |= {f"network/{key}": value for key, value in network.state_dict().items()}
    if state.teacher is not None:
        weights |= {f"teacher/{key}": value for key, value in state.teacher.state_dict().items()}
    kept = {f"{term}/{key}": rows for term, one in state.terms.items() for key, rows in one.items()}
    return losses, labels, weights, kept


def one_of_two(rank: int, folder: str) -> None:
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    for name in METHODS:
        torch.save(train(name, shared=True), f"{folder}/{name}-{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_two_processes_train_all_methods_like_one(tmp_path: Path) -> None:
    multiprocessing.start_processes(one_of_two, (str(tmp_path),), nprocs=2, start_method=METHOD)
    for name in METHODS:
        found = [torch.load(tmp_path / f"{name}-{rank}.pt", weights_only=True) for rank in range(2)]
        compare(name, train(name, shared=False), found)


def compare(name, alone, found) -> None:
    """Compare two processes with each other, bit for bit, and with one that trained alone."""
    losses, labels, weights, kept = alone
    for part in (2, 3):
        assert found[0][part].keys() == found[1][part].keys()
        for key, value in found[0][part].items():
            assert torch.equal(value, found[1][part][key]), f"{name}: {key} differs between both"
    for mine, theirs in zip(losses, found[0][0], strict=True):
        assert theirs == pytest.approx(mine, rel=1e-5), name
    for mine, theirs in zip(labels, found[0][1], strict=True):
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[space], theirs[space]) for space in mine), name
    assert kept.keys() == found[0][3].keys()
    for mine, theirs in ((weights, found[0][2]), (kept, found[0][3])):
        for key, value in mine.items():
            assert torch.allclose(theirs[key], value, rtol=1e-4, atol=1e-5), f"{name}: {key}"
