"""Terms that keep several rows for each cluster train, and go on bit-equal after any event."""

from dataclasses import replace

import torch

from vireid.config import StepConfig, TeacherConfig
from vireid.runs import new_network
from vireid.terms import DynamicPrototypes, HybridNCE, ProxyNCE
from vireid.training import fit, unpack


def method(micro):
    """Return the smallest recipe with such terms in two steps of an iteration, and a teacher."""
    (stage,) = micro.stages
    first = {
        "visible": HybridNCE("visible"),
        "infrared": HybridNCE("infrared"),
        "drawn": DynamicPrototypes("visible", draws=3),
    }
    second = {
        "both": HybridNCE("matched", each_modality=True, slack=0.0),
        "proxies": ProxyNCE("matched", each_modality=True, weight=0.5, nearest=4),
    }
    stage = replace(stage, terms=first, then=(StepConfig(second, "matched"),))
    return replace(micro, stages=(stage,), teacher=TeacherConfig(0.9))


def test_they_train_and_go_on_bit_equal_after_any_event(few_images, micro, train, copied, bits):
    recipe = method(micro)
    states = [copied(event.state) for event in fit(new_network(recipe), few_images, recipe)]
    whole = train(few_images, recipe)
    assert {"visible", "infrared", "drawn", "both", "proxies"} < set(whole.reports[-1].losses)
    assert all(value == value for value in whole.reports[-1].losses.values())
    for packed in states:
        network = new_network(replace(recipe, seed=5))
        begin = unpack(network, recipe, *packed)
        again = train(few_images, recipe, network=network, begin=begin)
        assert bits(network) == bits(whole.network)
        for name, kept in whole.state.terms.items():
            assert all(torch.equal(again.state.terms[name][key], kept[key]) for key in kept)
