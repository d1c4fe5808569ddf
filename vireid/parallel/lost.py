"""Whether the other processes are still there, asked in a group of its own after an error.

What a broken connection raises is a plain RuntimeError, in a collective as well as in the backward
pass of DistributedDataParallel, and so is many another error. So an error's kind or text is not
looked at; the others are asked whether they are there. A process that has ended has closed its
connections, which all others notice at once. One that is only busy elsewhere does not answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from time import monotonic

import torch
import torch.distributed as dist

from vireid.errors import LostProcess

PATIENCE = timedelta(seconds=10)
"""How long the others have to answer."""
MESSAGE = "another process of this training has ended; see its message"

_groups: list[dist.ProcessGroup] = []
"""The group to ask in, while there is one."""


class Answer(Enum):
    """What the other processes answer."""

    THERE = "all of them ask the same"
    ENDED = "at least one has ended"
    SILENT = "at least one is busy elsewhere, or out of reach"


@contextmanager
def asking() -> Iterator[None]:
    """Open the group to ask in, together with all processes of a new process group.

    Yields:
        Nothing.
    """
    group = dist.new_group(backend="gloo", timeout=PATIENCE)
    assert isinstance(group, dist.ProcessGroup)  # all processes are members
    _groups.append(group)
    try:
        yield
    finally:
        _groups.clear()


def ask() -> Answer:
    """Ask all other processes whether they are there.

    Returns:
        Their answer; all are there where there is no group to ask in.
    """
    if not _groups:
        return Answer.THERE
    given = torch.zeros(dist.get_world_size())
    start = monotonic()
    try:  # to each and from each, so that no broken connection is passed over
        dist.all_to_all_single(torch.empty_like(given), given, group=_groups[0])
    except RuntimeError:
        late = monotonic() - start >= PATIENCE.total_seconds()
        return Answer.SILENT if late else Answer.ENDED
    return Answer.THERE


@contextmanager
def exchange() -> Iterator[None]:
    """Wrap what all processes do together: nothing fails there unless one does not take part.

    Yields:
        Nothing.

    Raises:
        LostProcess: a process has ended or cannot be reached any more.
    """
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        if ask() is Answer.THERE:
            raise
        raise LostProcess(MESSAGE) from error


@contextmanager
def recognising_lost() -> Iterator[None]:
    """Wrap a work of several processes in which errors of any origin may come up.

    Yields:
        Nothing.

    Raises:
        LostProcess: another process has ended, and an error came of it.
    """
    try:
        yield
    except RuntimeError as error:
        if ask() is Answer.ENDED:
            raise LostProcess(MESSAGE) from error
        raise
