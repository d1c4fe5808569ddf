"""Arrays on their way to a device and back."""

import pytest
import torch

from tests.pretended import on_host, pretended_gpu
from vireid.models.sending import brought, packed, sent

ARRAYS = {
    "bytes": torch.arange(7, dtype=torch.uint8),
    "none": torch.empty(0, 3),
    "flags": torch.tensor([True, False, True]),
    "numbers": torch.arange(6).view(2, 3).T,
    "levels": torch.rand(3, 5),
    "one": torch.tensor(2.5, dtype=torch.float64),
}


def equal(found, expected=ARRAYS):
    assert list(found) == list(expected)
    for name, value in expected.items():
        there = on_host(found[name])
        assert there.dtype == value.dtype, name
        assert torch.equal(there, value), name


def test_on_a_cpu_nothing_is_copied():
    parcel = packed(ARRAYS, pin=False)
    found = parcel.unpacked("cpu")
    assert all(found[name] is value for name, value in ARRAYS.items())
    assert sent(ARRAYS["levels"], "cpu") is ARRAYS["levels"]


def test_a_gpu_gets_all_arrays_in_one_copy_that_nobody_waits_for():
    with pretended_gpu() as gpu:
        parcel = packed(ARRAYS, pin=True)
        found = parcel.unpacked("cuda")
        assert sum(gpu.copies.values()) == 1, gpu.told()
        assert not gpu.waited, gpu.told()
        assert all(value.device.type == "cuda" for value in found.values())
        equal(found)
        gpu.clear()
        there = sent(ARRAYS["numbers"], "cuda")
        assert not gpu.waited, gpu.told()
        assert torch.equal(on_host(there), ARRAYS["numbers"])


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_what_is_brought_is_a_copy(device):
    with pretended_gpu() as gpu:
        given = {name: value.clone().to(device) for name, value in ARRAYS.items()}
        given["plain"] = torch.ones(2)
        gpu.clear()
        found = brought(given)
        if device == "cuda":
            kinds = {value.dtype for value in ARRAYS.values()}
            assert gpu.waited == len(kinds), "one copy of each type"
        for value in given.values():
            value.zero_()
    equal({name: found[name] for name in ARRAYS})
    assert torch.equal(found["plain"], torch.ones(2))
    assert all(value.device.type == "cpu" and value.is_contiguous() for value in found.values())
    starts = [value.untyped_storage().data_ptr() for value in found.values() if value.numel()]
    assert len(set(starts)) == len(starts), "each has memory of its own"
