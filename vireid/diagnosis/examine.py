"""The verb: this machine -> what vireid finds here, and whether its base works."""

import platform
from collections.abc import Callable, Iterator

from vireid.diagnosis.caches import find_caches
from vireid.diagnosis.devices import devices, processor, system, threads
from vireid.diagnosis.examination import Examination
from vireid.diagnosis.packages import find_packages, own_version
from vireid.diagnosis.places import without_places
from vireid.diagnosis.self_tests import run_self_tests


def examine_machine() -> Examination:
    """Look at versions, devices, threads, folders, weights and extras, and run the self-tests.

    The self-tests compare a small search, a small network and a compiled loop with what is known
    of their results. They take about a second; where loops are compiled for the first time, some
    more. Nothing is downloaded, and nothing is written but compiled loops.

    Returns:
        What was found. Its text names no user, no host, and no folder but behind ``~`` or a
        variable of the environment; ``problems`` is empty where the base works.
    """
    return Examination(
        vireid=own_version(),
        python=f"{platform.python_version()}, {platform.python_implementation()}",
        system=system(),
        processor=processor(),
        threads=_told(threads),
        devices=tuple(_each(devices)),
        packages=find_packages(),
        caches=tuple(find_caches()),
        weights=tuple(_each(_weights)),
        tests=tuple(run_self_tests()),
    )


def _weights() -> Iterator[str]:
    from vireid.models.found import find_weights  # with torch, which may be broken

    yield from find_weights()


def _told(look: Callable[[], str]) -> str:
    """Return what is found, or why it cannot be looked at, as where torch is broken."""
    try:
        return look()
    except Exception as error:  # a broken installation raises errors of any kind
        return f"unknown ({type(error).__name__}: {without_places(str(error))})"


def _each(look: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Yield what is found, and why no more of it can be looked at."""
    try:
        yield from look()
    except Exception as error:  # likewise
        yield f"unknown ({type(error).__name__}: {without_places(str(error))})"
