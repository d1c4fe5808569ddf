"""float32 on a GPU is what is asked for, and what a user has set comes back."""

import subprocess
import sys

import pytest
import torch

from vireid.precision import multiplying

SETTINGS = {
    "nothing": "",
    "legacy products": "b.cuda.matmul.allow_tf32 = True",
    "legacy convolutions": "b.cudnn.allow_tf32 = False",
    "high": "torch.set_float32_matmul_precision('high')",
    "medium": "torch.set_float32_matmul_precision('medium')",
    "new products": "b.cuda.matmul.fp32_precision = 'tf32'",
    "new convolutions": "b.cudnn.conv.fp32_precision = 'ieee'",
    "everything": "b.fp32_precision = 'tf32'",
    "everything exact": "b.fp32_precision = 'ieee'",
}
NEW = hasattr(torch.backends.cuda.matmul, "fp32_precision")
PROGRAM = """
import torch, warnings
from vireid.precision import multiplying
warnings.simplefilter("error")
b = torch.backends
{setting}

def read():
    found = []
    for get in (
        torch.get_float32_matmul_precision,
        lambda: b.cuda.matmul.allow_tf32,
        lambda: b.cudnn.allow_tf32,
        lambda: b.cuda.matmul.fp32_precision,
        lambda: b.cudnn.conv.fp32_precision,
    ):
        try:
            found.append(get())
        except (RuntimeError, AttributeError):
            found.append("refused")
    return found

before = read()
for kind in ("tf32", "ieee"):
    with multiplying(kind, "cuda"):
        now = read()
        assert now[1:3] == [kind == "tf32"] * 2, now
        assert now[3:] in (["refused"] * 2, [kind] * 2), now
    assert [n for n, w in zip(read(), before) if w != "refused"] == [
        w for w in before if w != "refused"
    ], (before, read())
"""


@pytest.mark.parametrize("name", SETTINGS)
def test_whatever_is_set_both_are_what_is_asked_for_and_then_as_before(name):
    setting = SETTINGS[name]
    if "fp32_precision" in setting and not NEW:
        pytest.skip("this torch knows the older settings only")
    words = [sys.executable, "-c", PROGRAM.format(setting=setting)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_on_a_cpu_nothing_is_set():
    before = torch.backends.cudnn.allow_tf32
    with multiplying("ieee", "cpu"):
        assert torch.backends.cudnn.allow_tf32 == before
    with pytest.raises(ValueError, match="mine"), multiplying("tf32", "cpu"):
        raise ValueError("mine")
