"""Two processes with parts of a batch compute what one computes with all of it."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from timm.layers import BatchNormAct2d
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from tests.forked import METHOD
from vireid.parallel import SynchronisedNorm, gathered, synchronise_norms

SIZES = (5, 3)
TIMES = 2


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3), BatchNormAct2d(6), nn.Flatten()
    )


def batch(time: int) -> torch.Tensor:
    return torch.randn(sum(SIZES), 3, 6, 6, generator=torch.Generator().manual_seed(time))


def loss_of(rows: torch.Tensor) -> torch.Tensor:
    """Return a loss that no part of the batch can compute by itself."""
    return torch.cdist(rows, rows.detach().flip(0)).square().mean() + rows.std()


def train(step_of: nn.Module, sizes: tuple[int, ...], rank: int) -> list[float]:
    optimiser = torch.optim.SGD(step_of.parameters(), lr=0.1)
    losses = []
    for time in range(TIMES):
        own = batch(time).split(sizes)[rank]
        loss = loss_of(gathered(step_of(own), sizes))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def one_of_two(rank: int, folder: str) -> None:
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    model = network()
    synchronise_norms(model)
    losses = train(DistributedDataParallel(model), SIZES, rank)
    torch.save((losses, model.state_dict()), f"{folder}/{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_losses_weights_and_statistics_are_those_of_one_process(tmp_path: Path) -> None:
    multiprocessing.start_processes(one_of_two, (str(tmp_path),), nprocs=2, start_method=METHOD)
    alone = network()
    losses = train(alone, (sum(SIZES),), 0)
    for rank in range(2):
        found, weights = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert found == pytest.approx(losses, rel=1e-5)
        for name, value in alone.state_dict().items():
            torch.testing.assert_close(weights[name], value, rtol=1e-4, atol=1e-6, msg=name)


def test_alone_it_is_the_layer_that_it_stands_in_for() -> None:
    for training in (True, False):
        one, other = network(), network()
        synchronise_norms(other)
        assert sum(isinstance(layer, SynchronisedNorm) for layer in other.modules()) == 2
        assert list(one.state_dict()) == list(other.state_dict())
        for model in (one, other):
            model.train(training)
        torch.testing.assert_close(one(batch(0)), other(batch(0)), rtol=1e-4, atol=1e-5)
        for name, value in one.state_dict().items():
            torch.testing.assert_close(other.state_dict()[name], value, msg=name)


def test_frozen_layers_stay_as_they_are() -> None:
    model = network().requires_grad_(False)
    synchronise_norms(model)
    assert not any(isinstance(layer, SynchronisedNorm) for layer in model.modules())


def test_rows_of_a_single_process_are_its_own() -> None:
    rows = torch.ones(3, 2, requires_grad=True)
    assert gathered(rows, (3,)) is rows
