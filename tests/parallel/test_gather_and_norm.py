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
from vireid.models.passes import kept_statistics
from vireid.parallel import SynchronisedNorm, gathered, synchronise_norms
from vireid.parallel.norm import synchronised

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


def converted(model: nn.Module) -> nn.Module:
    """Return a network whose norms are replaced as they are on a GPU."""
    for name, layer in list(model.named_children()):
        if isinstance(layer, nn.BatchNorm2d):
            setattr(model, name, synchronised(layer, "cuda"))
    return model


def test_on_a_gpu_torchs_own_layer_stands_in() -> None:
    one, other = network(), converted(network())
    kinds = [type(layer) for layer in other]
    assert kinds[1] is nn.SyncBatchNorm
    assert issubclass(kinds[3], nn.SyncBatchNorm)
    assert list(one.state_dict()) == list(other.state_dict())
    assert [name for name, _ in one.named_parameters()] == [n for n, _ in other.named_parameters()]
    for name, child in one[3].named_children():
        assert type(getattr(other[3], name)) is type(child)
    for training in (True, False):
        for model in (one, other):
            model.train(training)
        torch.testing.assert_close(one(batch(0)), other(batch(0)), rtol=0, atol=0)
        for name, value in one.state_dict().items():
            assert torch.equal(other.state_dict()[name], value), name


def test_statistics_of_torchs_own_layer_are_kept_in_a_second_pass() -> None:
    model = converted(network())
    model(batch(0))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with kept_statistics(model):
        model(batch(1))
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert {layer.momentum for layer in model if hasattr(layer, "momentum")} == {0.1}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (3.0, 0.1)])
@torch.no_grad()
def test_half_precision_is_rounded_once(
    training: bool, dtype: torch.dtype, mean: float, deviation: float
) -> None:
    """Errors are those of torch's layer, also where the mean is far from zero."""
    maps = batch(0) * deviation + mean
    layers = nn.BatchNorm2d(3), SynchronisedNorm(nn.BatchNorm2d(3)), nn.BatchNorm2d(3).double()
    for layer in layers:
        layer.running_mean.fill_(mean)
        layer.running_var.fill_(deviation**2)
        layer.train(training)
    maps = maps.to(dtype)
    theirs, ours, exact = layers[0](maps), layers[1](maps), layers[2](maps.double())
    assert ours.dtype == theirs.dtype == dtype
    largest = [float((found.double() - exact).abs().max()) for found in (theirs, ours)]
    assert largest[1] <= 1.01 * largest[0]
    assert largest[1] < (0.02 if dtype == torch.bfloat16 else 0.002)


def test_rows_of_a_single_process_are_its_own() -> None:
    rows = torch.ones(3, 2, requires_grad=True)
    assert gathered(rows, (3,)) is rows
