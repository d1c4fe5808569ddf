"""Which process of how many this is, told without loading torch."""

import sys


def share() -> tuple[int, int]:
    """Return which of how many processes this is: (0, 1) where there is only one.

    Processes meet by torch: one that has not loaded it has met no others.
    """
    if sys.modules.get("torch") is None:
        return 0, 1
    import torch.distributed as dist

    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1
