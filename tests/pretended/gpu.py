"""The context in which a GPU is pretended."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.pretended.cuda import MEMORY, patched
from tests.pretended.dispatch import Operations, compute
from tests.pretended.functions import Functions
from tests.pretended.record import Record
from tests.pretended.tensor import PretendedTensor
from tests.pretended.transfer import Transfers


@contextmanager
def pretended_gpu(*, free: int = MEMORY) -> Iterator[Record]:
    """Pretend that there is one GPU, in this thread and in those that begin meanwhile.

    Args:
        free: bytes of its memory that are free.

    Yields:
        What it is asked to do.
    """
    record = Record()
    transfers = Transfers(record)

    @contextmanager
    def modes() -> Iterator[None]:
        with Operations(transfers), Functions(transfers):
            yield

    assert PretendedTensor.compute is None, "one pretended GPU at a time"
    PretendedTensor.compute = partial(compute, transfers)
    try:
        with patched(transfers, free, modes), modes():
            yield record
    finally:
        PretendedTensor.compute = None
