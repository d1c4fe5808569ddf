"""A teacher: a moving average of the network, saved with it and used in its place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import GuardConfig, TeacherConfig
from vireid.models.extract import extract
from vireid.runs import new_network
from vireid.training import Labelled, Stepped, Workers, fit, step, unpack
from vireid.training.teacher import new_teacher, update_teacher


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def taught(recipe, **settings):
    """Return the recipe with a teacher."""
    return replace(recipe, teacher=TeacherConfig(**settings))


@pytest.mark.parametrize("momentum", [0.0, 0.7, 0.999])
def test_it_moves_as_the_formula_says_after_every_step(few_images, micro, momentum):
    recipe = taught(micro, momentum=momentum)
    network = new_network(recipe)
    expected, steps = weights(network), 0
    for event in fit(network, few_images, recipe):
        teacher = event.state.teacher
        assert not any(parameter.requires_grad for parameter in teacher.parameters())
        if isinstance(event, Stepped):
            steps += 1
            for name, value in network.state_dict().items():
                old = expected[name]
                whole = not value.is_floating_point()
                expected[name] = value if whole else momentum * old + (1 - momentum) * value
        for name, value in teacher.state_dict().items():
            torch.testing.assert_close(value, expected[name], rtol=1e-5, atol=1e-6)
        expected = weights(teacher)
    assert steps == 4
    assert equal(weights(network), weights(teacher)) == (momentum == 0)


def test_it_changes_nothing_of_the_network_where_it_is_only_evaluated(few_images, micro, train):
    plain = train(few_images, micro).network
    other = train(few_images, taught(micro, momentum=0.5)).network
    assert equal(weights(plain), weights(other))


@pytest.mark.parametrize("used_for", ["evaluation", "both"])
def test_it_goes_on_bit_equal_after_any_event(few_images, micro, train, copied, bits, used_for):
    recipe = taught(micro, momentum=0.6, used_for=used_for)
    states = [copied(event.state) for event in fit(new_network(recipe), few_images, recipe)]
    whole = train(few_images, recipe).state
    assert bits(whole.teacher) != bits(whole.network)
    for packed in states:
        network = new_network(replace(recipe, seed=5))
        begin = unpack(network, recipe, *packed)
        for name, value in begin.teacher.state_dict().items():
            assert torch.equal(value, packed[0][f"teacher/{name}"])
        train(few_images, recipe, network=network, begin=begin)
        assert bits(network) == bits(whole.network)
        assert bits(begin.teacher) == bits(whole.teacher)


@pytest.mark.parametrize("used_for", ["evaluation", "labels", "both"])
def test_it_does_what_it_is_used_for(few_images, micro, used_for):
    recipe = taught(micro, momentum=0.6, used_for=used_for)
    network, seen = new_network(recipe), []

    def embed(given, *arguments, **named):
        seen.append(given)
        return extract(given, *arguments, **named)

    for event in fit(network, few_images, recipe, workers=Workers(embed=embed)):
        state = event.state
        if isinstance(event, Labelled):
            assert seen.pop() is (network if used_for == "evaluation" else state.teacher)
        assert state.evaluated_network(recipe) is (
            network if used_for == "labels" else state.teacher
        )
    assert not seen


def test_labels_are_made_of_its_embeddings(few_images, micro, train, changed):
    """The labeller gets what the teacher, not the network, makes of the images."""
    found = {}
    for used_for in ("evaluation", "labels"):
        recipe, seen = taught(micro, momentum=0.9, used_for=used_for), []

        def note(labelling, embeddings, seen=seen):
            seen.append(embeddings.vectors.copy())
            return labelling

        train(few_images, recipe, labeller=changed(recipe.labelling, note))
        found[used_for] = seen
    assert np.array_equal(found["evaluation"][0], found["labels"][0]), "before the first step"
    assert not np.array_equal(found["evaluation"][1], found["labels"][1])


def test_it_begins_again_with_its_stage(few_images, micro):
    (stage,) = micro.stages
    again = replace(stage, name="again", init="pretrained", epochs=1)
    recipe = replace(taught(micro, momentum=0.6, used_for="both"), stages=(stage, again))
    network = new_network(recipe)
    initial = weights(network)
    for event in fit(network, few_images, recipe):
        state = event.state
        if isinstance(event, Labelled) and state.stage == 1:
            assert equal(weights(state.teacher), initial)
            assert equal(weights(network), initial)
            break
    else:
        pytest.fail("the second stage was never labelled")


def test_without_one_the_network_does_all(few_images, micro, stopped):
    _, state = stopped(few_images, micro, 1)
    assert state.teacher is None
    assert state.labelling_network(micro) is state.evaluated_network(micro) is state.network


def test_a_skipped_step_does_not_move_it(few_images, micro, monkeypatch):
    plain = step.load_batch

    def spoil(*given):
        pixels, *rest = plain(*given)
        return pixels * float("nan"), *rest

    monkeypatch.setattr(step, "load_batch", spoil)
    recipe = replace(taught(micro, momentum=0.5), guard=GuardConfig(skipped=9))
    network = new_network(recipe)
    initial = weights(network)
    for event in fit(network, few_images, recipe):
        assert equal(weights(event.state.teacher), initial)
    assert equal(weights(network), initial)


def test_golden_average_of_the_weights(golden):
    arrays = golden("pclhd_dynamic")
    student, teacher = (torch.nn.Linear(5, 3, bias=False) for _ in range(2))
    student.weight = torch.nn.Parameter(torch.from_numpy(arrays["ema_student"]))
    teacher.weight = torch.nn.Parameter(torch.from_numpy(arrays["ema_teacher"]))
    teacher = new_teacher(teacher)
    for step_number in range(1, 11):
        update_teacher(teacher, student, float(arrays["ema_alpha"]))
        if step_number in (1, 10):
            expected = arrays[f"ema_teacher_after{step_number}"]
            np.testing.assert_allclose(teacher.weight, expected, atol=2e-6)


def test_running_statistics_are_averaged_too_unlike_in_the_released_code_of_pclhd():
    student, teacher = torch.nn.BatchNorm1d(4), torch.nn.BatchNorm1d(4)
    student(torch.randn(9, 4, generator=torch.Generator().manual_seed(0)))
    update_teacher(teacher, student, 0.9)  # no second pass of the batch through the teacher
    assert torch.allclose(teacher.running_mean, 0.1 * student.running_mean)
    assert torch.allclose(teacher.running_var, 0.9 + 0.1 * student.running_var)
    assert torch.equal(teacher.num_batches_tracked, student.num_batches_tracked)
