"""Two processes train like one: the same labels, losses and memories, nearly the same weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from tests.forked import METHOD
from vireid.cluster import modal_neighbours
from vireid.errors import DegenerateClusters
from vireid.models import Output, Passes
from vireid.models.extract import extract
from vireid.models.passing import KeptMaps, Passing
from vireid.parallel import (
    SharedForward,
    any_of,
    from_first,
    largest,
    share,
    shared_extract,
    shared_neighbours,
    synchronise_norms,
)
from vireid.recipes import dump_recipe, parse_recipe
from vireid.runs import new_network
from vireid.training import EpochEnded, TrainingImages, Workers, fit


class InDouble:
    """Passes batches in double precision."""

    def __init__(self, forward):
        self.forward = forward

    def share(self, modality):
        return self.forward.share(modality)

    def __call__(self, pixels, modality):
        return Output(*(rows.float() for rows in self.forward(pixels.double(), modality)))


def train(recipe_text, pixels, modality, shared):
    """Return the reports, memories and weights of a training.

    The network computes in double precision: Adam blows the rounding of single precision up to
    more than any mistake in the sharing would show.
    """
    recipe, reports, memories = parse_recipe(recipe_text), [], []
    network = new_network(recipe).double()
    forward, embed, search = Passes(network), extract, modal_neighbours
    if shared:
        synchronise_norms(network)
        forward, embed, search = SharedForward(network), shared_extract, shared_neighbours

    workers, kept = Workers(InDouble(forward), embed, search, largest), {}
    for event in fit(network, TrainingImages(pixels, modality), recipe, workers=workers):
        if isinstance(event, EpochEnded):
            reports.append(event.report)
            memories.append(kept)
        kept = {
            f"{term}/{name}": value.detach().clone()
            for term, tensors in event.state.terms.items()
            for name, value in tensors.items()
        }
    lines = [
        {
            "losses": dict(report.losses),
            "labels": {n: torch.tensor(s.labels) for n, s in report.labelling.spaces.items()},
        }
        for report in reports
    ]
    vectors = torch.tensor(extract(network, pixels, modality).vectors)
    return lines, memories, network.state_dict(), vectors


def one_of_two(rank: int, folder: str, recipe_text: str) -> None:
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    with np.load(f"{folder}/crops.npz") as crops:
        pixels, modality = crops["pixels"], crops["modality"]
    torch.save(train(recipe_text, pixels, modality, shared=True), f"{folder}/{rank}.pt")
    network = new_network(parse_recipe(recipe_text))
    alone = extract(network, pixels, modality, with_features=True)
    kept = Passing(kept=KeptMaps())
    for _ in range(2):
        together = shared_extract(network, pixels, modality, with_features=True, how=kept)
        assert np.array_equal(alone.vectors, together.vectors)
        assert np.array_equal(alone.features, together.features)
    assert from_first({"rank": rank}) == {"rank": 0}
    assert any_of(lambda: rank == 1)()
    assert not any_of(lambda: False)()
    with pytest.raises(DegenerateClusters, match="1 images of one modality for 2 processes"):
        SharedForward(network).share(np.array([0, 0, 0, 1]))
    dist.destroy_process_group()


RELEASED = [
    "stages.aligned.relabel_every=0",
    "stages.aligned.recentre_every=1",
    "stages.aligned.init=pretrained",
    "stages.aligned.optimiser=sgd",
    "stages.aligned.terms={layer: {loss: classifier, labels: matched}, "
    "intra: {loss: intra, labels: matched}}",
]


BALANCED = ["labelling.mixed.neighbours=balanced", "labelling.subset=0.8"]


@pytest.mark.parametrize(
    "changes", [[], RELEASED, BALANCED], ids=["clusters", "classifier", "balanced"]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_two_processes_train_like_one(tmp_path: Path, crops, tiny_text, changes) -> None:
    tiny_text = dump_recipe(parse_recipe(tiny_text, changes))
    np.savez(tmp_path / "crops.npz", pixels=crops.pixels, modality=crops.modality)
    lines, memories, _, vectors = train(tiny_text, crops.pixels, crops.modality, shared=False)
    multiprocessing.start_processes(
        one_of_two, (str(tmp_path), tiny_text), nprocs=2, start_method=METHOD
    )
    found = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2)]
    for name, value in found[0][2].items():
        assert torch.equal(value, found[1][2][name]), f"{name} differs between the processes"
    for one, other in zip(found[0][1], found[1][1], strict=True):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert len(memories) == len(lines) == 3
    assert all(memories)
    assert any("layer/layer" in rows for rows in memories) == (changes is RELEASED)
    for mine, theirs in zip(lines, found[0][0], strict=True):
        assert mine["losses"].keys() == theirs["losses"].keys()
        for name, value in mine["losses"].items():
            assert theirs["losses"][name] == pytest.approx(value, rel=1e-6), name
        for name, labels in mine["labels"].items():
            assert torch.equal(labels, theirs["labels"][name]), name
    torch.testing.assert_close(found[0][3], vectors, rtol=0, atol=1e-5)


def test_alone_everything_is_as_it_was(crops, tiny) -> None:
    assert share() == (0, 1)
    assert from_first("x") == "x"
    assert any_of(lambda: True)()
    network = new_network(tiny)
    alone = extract(network, crops.pixels, crops.modality)
    together = shared_extract(network, crops.pixels, crops.modality)
    np.testing.assert_array_equal(alone.vectors, together.vectors)


def one_of_three(rank: int, folder: str, recipe_text: str) -> None:
    dist.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=3)
    with np.load(f"{folder}/crops.npz") as crops:
        pixels, modality = crops["pixels"], crops["modality"]
    network = new_network(parse_recipe(recipe_text))
    for count, with_features in [(128, True), (64, True), (1, True), (128, False)]:
        images, sides = pixels[:count], modality[:count]
        alone = extract(network, images, sides, with_features=with_features)
        together = shared_extract(network, images, sides, with_features=with_features)
        assert np.array_equal(alone.vectors, together.vectors)
        assert with_features == (together.features is not None)
        assert not with_features or np.array_equal(alone.features, together.features)
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_process_without_an_image_takes_part_in_embedding(tmp_path, crops, tiny_text) -> None:
    np.savez(tmp_path / "crops.npz", pixels=crops.pixels, modality=crops.modality)
    multiprocessing.start_processes(
        one_of_three, (str(tmp_path), tiny_text), nprocs=3, start_method=METHOD
    )
