"""A pretended GPU: tensors that say they lie on cuda:0, whose values are computed on the CPU.

    with pretended_gpu() as gpu:
        rows = torch.from_numpy(array).to("cuda")
        gpu.clear()
        rows[rows > 0]
        assert gpu.waited == 1, gpu.told()

While it lasts, `torch.cuda` says that there is one GPU, and everything that a real one would do is
recorded: operations launched, moments in which the host waits for it, with the line that waits,
bytes sent, and operations whose arguments lie on both devices. What a copy that nobody waited for
brings to the host is spoiled until somebody waits.

What it does not know: how long anything takes; several GPUs or processes; torch.compile; functions
that torch composes in C++ by asking for the device see a CPU (``one_hot`` checks its labels there,
and waits); what a kernel of CUDA does inside (``isin`` of many values waits there); generators of
the GPU; order between streams.
"""

from tests.pretended.gpu import pretended_gpu
from tests.pretended.record import Record, Wait
from tests.pretended.tensor import on_host

__all__ = ["Record", "Wait", "on_host", "pretended_gpu"]
