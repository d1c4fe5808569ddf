"""Which process of how many this is."""

import torch.distributed as dist


def share() -> tuple[int, int]:
    """Return which of how many processes this is: (0, 1) where there is only one."""
    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1
