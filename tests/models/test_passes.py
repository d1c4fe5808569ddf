"""A batch in parts and precisions: the same features and gradients, the same running statistics."""

from copy import deepcopy

import pytest
import torch

from vireid.models import CrossModalNetwork, Passes, Pooling, build_network, dealt

PIXELS = torch.rand(9, 3, 32, 16, generator=torch.Generator().manual_seed(0))
MODALITY = torch.tensor([0, 1, 0, 0, 1, 0, 1, 0, 0])


@pytest.fixture
def network() -> CrossModalNetwork:
    return build_network("test_efficientnet", weights="none", seed=0).train()


def gradients(network: CrossModalNetwork, passes: Passes) -> list[torch.Tensor]:
    """Return the gradients of a loss that compares images with each other."""
    output = passes(network.normalise(PIXELS), MODALITY)
    loss = (output.embedding @ output.embedding.T)[0].square().sum() + output.pooled.std()
    loss.backward()
    return [p.grad for p in network.parameters() if p.grad is not None]


def test_every_row_is_in_one_hand_and_modalities_are_spread_evenly() -> None:
    hands = dealt(MODALITY, 2)
    assert sorted(torch.cat(hands).tolist()) == list(range(9))
    assert [MODALITY[rows].bincount().tolist() for rows in hands] == [[3, 2], [3, 1]]


def test_one_part_is_the_network_itself(network: CrossModalNetwork) -> None:
    other = deepcopy(network)
    expected = other(other.normalise(PIXELS), MODALITY)
    found = Passes(network)(network.normalise(PIXELS), MODALITY)
    assert torch.equal(found.pooled, expected.pooled)
    assert torch.equal(found.embedding, expected.embedding)


def test_parts_give_the_gradients_of_a_pass_that_keeps_everything(
    network: CrossModalNetwork,
) -> None:
    other = deepcopy(network)
    found = gradients(network, Passes(network, Pooling(network, parts=3)))
    pixels, hands = other.normalise(PIXELS), dealt(MODALITY, 3)
    pooled = torch.cat([other.pool(pixels[rows], MODALITY[rows]) for rows in hands])
    output = other.finish(pooled[torch.argsort(torch.cat(hands))], MODALITY)
    loss = (output.embedding @ output.embedding.T)[0].square().sum() + output.pooled.std()
    loss.backward()
    expected = [p.grad for p in other.parameters() if p.grad is not None]
    assert len(found) == len(expected) > 10
    for one, two in zip(found, expected, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-6)
    state = other.state_dict()
    for name, value in network.state_dict().items():  # the second pass changes no statistics
        torch.testing.assert_close(value, state[name], rtol=1e-6, atol=1e-6, msg=name)


def test_more_parts_than_images_are_one_image_each(network: CrossModalNetwork) -> None:
    network.eval()
    expected = network(network.normalise(PIXELS), MODALITY)
    found = Passes(network, Pooling(network, parts=50))(network.normalise(PIXELS), MODALITY)
    torch.testing.assert_close(found.embedding, expected.embedding, rtol=0, atol=1e-5)


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float16])
def test_half_precision_is_near_and_single_outside(
    network: CrossModalNetwork, precision: torch.dtype
) -> None:
    network.eval()
    expected = network(network.normalise(PIXELS), MODALITY)
    found = Passes(network, Pooling(network, precision=precision))(
        network.normalise(PIXELS), MODALITY
    )
    assert found.pooled.dtype == found.embedding.dtype == torch.float32
    assert not torch.equal(found.embedding, expected.embedding)
    cosine = (found.embedding * expected.embedding).sum(1)
    assert cosine.min() > 0.99


def test_double_precision_computes_in_it(network: CrossModalNetwork) -> None:
    network.eval()
    single = network(network.normalise(PIXELS), MODALITY).embedding
    found = Passes(network.double())(network.normalise(PIXELS), MODALITY)
    assert found.embedding.dtype == torch.float32
    torch.testing.assert_close(found.embedding, single, rtol=0, atol=1e-5)
