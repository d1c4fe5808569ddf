"""Two terms of one loss on one label space know nothing of each other."""

from dataclasses import replace

import numpy as np
import torch

from vireid.terms import ClusterNCE, Intra

TERMS = {
    "quick": ClusterNCE("matched", momentum=0.0),
    "slow": ClusterNCE("matched", momentum=0.99, temperature=0.5),
    "twin": ClusterNCE("matched", momentum=0.99, temperature=0.5),
    "near": Intra("matched", weight=0.1),
    "far": Intra("matched", weight=0.3, norm="l1"),
}


def test_each_has_its_own_memory_and_its_own_line_in_the_log(few_images, micro, train, stopped):
    recipe = replace(micro, stages=(replace(micro.stages[0], terms=TERMS),))
    _, begun = stopped(few_images, recipe, 0)
    start = begun.terms["quick"]["memory"].clone()
    _, state = stopped(few_images, recipe, 1)
    memory = {name: kept["memory"] for name, kept in state.terms.items() if "memory" in kept}
    assert list(memory) == ["quick", "slow", "twin"]
    assert torch.equal(memory["slow"], memory["twin"])
    assert memory["slow"] is not memory["twin"]
    moved = {name: float((rows - start).norm()) for name, rows in memory.items()}
    assert moved["quick"] > 10 * moved["slow"] > 0
    losses = train(few_images, recipe).reports[0].losses
    assert list(losses) == [*TERMS, "total"]
    assert losses["slow"] == losses["twin"] != losses["quick"]
    assert losses["near"] != losses["far"]
    expected = sum(term.weight * losses[name] for name, term in TERMS.items())
    assert np.isclose(losses["total"], expected)


def test_all_of_them_are_gone_on_with_bit_equal(few_images, micro, train, resumed):
    recipe = replace(micro, stages=(replace(micro.stages[0], terms=TERMS),))
    whole = train(few_images, recipe).network.state_dict()
    assert resumed(few_images, recipe, whole) == 2 * (1 + 1 + 2 + 1)
