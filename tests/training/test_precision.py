"""The loop itself brings a network to the recipe's precision."""

import threading
from dataclasses import replace

import pytest
import torch

from vireid.runs import new_network
from vireid.training import Stepped, fit, prepare


@pytest.fixture
def double(micro):
    """Return the recipe in double precision."""
    return replace(micro, compute=replace(micro.compute, precision="fp64"))


def test_double_precision_needs_no_other_call(few_images, double, micro, train, bits):
    found = train(few_images, double).network
    assert {value.dtype for value in found.parameters()} == {torch.float64}
    ready = train(few_images, double, network=prepare(new_network(double), double.compute))
    assert bits(found) == bits(ready.network)
    single = train(few_images, micro).network
    assert {value.dtype for value in single.parameters()} == {torch.float32}
    for name, value in found.named_parameters():
        rounded = dict(single.named_parameters())[name]
        torch.testing.assert_close(value.float(), rounded, rtol=0.1, atol=0.05)
        assert not torch.equal(value, rounded.double())


def test_a_state_in_double_precision_is_gone_on_with_bit_equal(few_images, double, train, resumed):
    whole = train(few_images, double).network.state_dict()
    assert resumed(few_images, double, whole) == 2 * (1 + 1 + 2 + 1)


def test_nothing_happens_before_the_first_event_is_asked_for(few_images, double):
    network = new_network(double)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    events = fit(network, few_images, double)
    assert all(torch.equal(before[n], value) for n, value in network.state_dict().items())
    assert {value.dtype for value in network.parameters()} == {torch.float32}
    next(events)
    assert {value.dtype for value in network.parameters()} == {torch.float64}


def test_leaving_the_loop_ends_the_reading_thread(few_images, micro):
    before = threading.active_count()
    events = fit(new_network(micro), few_images, micro)
    for event in events:
        if isinstance(event, Stepped):
            break
    events.close()
    assert threading.active_count() == before
