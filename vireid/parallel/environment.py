"""What the environment says of the other processes that were started with this one."""

import os
from collections.abc import Mapping

from vireid.errors import ConfigError
from vireid.parallel.slurm import is_one_of_several, torchrun_variables


def told(environment: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return the environment with what torchrun would have set, also in a task of `srun`.

    Where WORLD_SIZE is set, as by torchrun, it counts, and SLURM is only asked for a local rank
    that is lacking. So WORLD_SIZE=1 lets every task of `srun` work by itself.

    Args:
        environment: variables by name; those of this process where not given.

    Returns:
        The variables, WORLD_SIZE, RANK, LOCAL_RANK, MASTER_ADDR and MASTER_PORT among them as far
        as they are known; not checked.
    """
    given = os.environ if environment is None else environment
    if not is_one_of_several(given):
        return given
    derived = torchrun_variables(given)
    if "WORLD_SIZE" not in given:
        places = {name: given[name] for name in ("MASTER_ADDR", "MASTER_PORT") if name in given}
        return {**given, **derived, **places}
    same = all(given.get(name) == derived[name] for name in ("WORLD_SIZE", "RANK"))
    if same and "LOCAL_RANK" in derived:
        return {"LOCAL_RANK": derived["LOCAL_RANK"], **given}
    return given


def is_several(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether other processes were started with this one.

    Args:
        environment: variables by name; those of this process where not given.

    Returns:
        True where WORLD_SIZE is not 1, be it wrong, and for one of several tasks of `srun`.
    """
    return told(environment).get("WORLD_SIZE", "1") != "1"


def told_rank(environment: Mapping[str, str] | None = None) -> str:
    """Return the number of this process among those that were started together.

    Args:
        environment: variables by name; those of this process where not given.

    Returns:
        As it is told, not checked; 0 where nothing is.
    """
    return told(environment).get("RANK", "0")


def launcher(environment: Mapping[str, str] | None = None) -> str:
    """Return what the command of this process has to begin with to start all of them again.

    Args:
        environment: variables by name; those of this process where not given.

    Returns:
        ``torchrun ... -m`` or ``srun ...`` with a blank behind, or nothing.
    """
    given = os.environ if environment is None else environment
    if "WORLD_SIZE" in given:
        return "torchrun ... -m "
    return "srun ... " if is_one_of_several(given) else ""


def own_gpu(count: int, environment: Mapping[str, str] | None = None) -> int:
    """Return which GPU belongs to this process, one of several.

    Args:
        count: GPUs that it sees.
        environment: variables by name; those of this process where not given.

    Returns:
        The number of its GPU among those: its local rank; 0 where it sees only one, which SLURM
        or whoever started the process has given it.

    Raises:
        ConfigError: nothing says which GPU is its own, or there are more processes than GPUs.
    """
    given = os.environ if environment is None else environment
    local = told(given).get("LOCAL_RANK")
    if count == 0:
        raise ConfigError("this process sees no GPU; give it one, or take --device cpu")
    if count == 1 and "LOCAL_RANK" not in given:
        return 0
    if local is None:
        raise ConfigError(
            f"this process sees {count} GPUs and LOCAL_RANK does not say which is its own; start "
            "with torchrun or srun, or set LOCAL_RANK"
        )
    if not local.isdecimal():
        raise ConfigError(f"LOCAL_RANK is {local!r}; expected a whole number of at least 0")
    if int(local) >= count:
        raise ConfigError(
            f"no GPU is left for the process of local rank {local}: it sees {count}; start as "
            "many processes on a machine as it has GPUs"
        )
    return int(local)
