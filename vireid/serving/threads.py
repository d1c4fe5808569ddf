"""Work that is done in a thread, so that the event loop goes on with other requests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")


async def inside(threads: Executor, do: Callable[[], T]) -> T:
    """Do something in a thread.

    Args:
        threads: that do it.
        do: what.

    Returns:
        What comes of it.
    """
    return await asyncio.get_running_loop().run_in_executor(threads, do)
