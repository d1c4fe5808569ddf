"""Terms that look across modalities take turns, and go on bit-equal after any event."""

from dataclasses import replace

import pytest
import torch

from vireid.runs import new_network
from vireid.terms import CrossHybrid, CrossNCE, HybridNCE, JoinedNCE, PairHybrid, Relaxed
from vireid.training import EpochEnded, fit, unpack

PLAIN = {
    "back": CrossNCE("infrared", against="visible", weight=0.25, phase="odd"),
    "forth": CrossNCE("visible", against="infrared", weight=0.25, phase="even", focal=0.5),
    "visible": JoinedNCE("visible"),
    "infrared": JoinedNCE("infrared", memory_update="hardest"),
    "near": Relaxed("visible", weight=10.0),
}
HYBRID = {
    "visible": HybridNCE("visible"),
    "infrared": HybridNCE("infrared"),
    "back": CrossHybrid("infrared", against="visible", weight=0.25, phase="odd"),
    "forth": CrossHybrid("visible", against="infrared", weight=0.25, phase="even"),
    "pair": PairHybrid("infrared", weight=0.5, phase="odd"),
    "to_pair": CrossHybrid("visible", against="pair", weight=0.5, phase="even"),
}


def method(micro, terms):
    """Return the smallest recipe with such terms, over two epochs."""
    (stage,) = micro.stages
    return replace(micro, stages=(replace(stage, epochs=2, sample_by="own", terms=terms),))


@pytest.mark.parametrize("terms", [PLAIN, HYBRID], ids=["plain", "hybrid"])
def test_they_train_in_turns_and_go_on_bit_equal(terms, few_images, micro, train, copied, bits):
    recipe = method(micro, terms)
    states, losses = [], []
    for event in fit(new_network(recipe), few_images, recipe):
        states.append(copied(event.state))
        if isinstance(event, EpochEnded):
            losses.append(event.report.losses)
    off = {"odd": set(), "even": set()}
    for name, term in terms.items():
        if term.phase != "all":
            off["even" if term.phase == "odd" else "odd"].add(name)
    assert [set(terms) - set(one) for one in losses] == [off["odd"], off["even"]]
    assert all(value == value for one in losses for value in one.values())
    whole = train(few_images, recipe)
    for packed in states:
        network = new_network(replace(recipe, seed=5))
        begin = unpack(network, recipe, *packed)
        again = train(few_images, recipe, network=network, begin=begin)
        assert bits(network) == bits(whole.network)
        for name, kept in whole.state.terms.items():
            assert all(torch.equal(again.state.terms[name][key], kept[key]) for key in kept)


def test_a_term_moves_the_memory_that_it_names_in_its_turn_alone(few_images, micro):
    def memory(phase):
        """Return the visible memories after an epoch, an odd one."""
        terms = {
            "back": CrossNCE("infrared", against="visible", weight=0.0, phase=phase),
            "visible": JoinedNCE("visible"),
            "infrared": JoinedNCE("infrared"),
        }
        recipe = method(micro, terms)
        for event in fit(new_network(recipe), few_images, recipe):
            if isinstance(event, EpochEnded):
                return event.state.terms["visible"]["memory"].clone()
        return None

    assert torch.equal(memory("odd"), memory("all"))
    assert not torch.equal(memory("odd"), memory("even"))
