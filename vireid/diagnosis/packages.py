"""Versions of the packages that vireid needs, and which extras are complete."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement


@dataclass(frozen=True)
class Package:
    """A package that vireid needs, or that one of its extras does."""

    name: str
    """As on PyPI."""
    expected: str
    """Which versions are, such as ``>=2.0``."""
    version: str | None
    """The one that is installed, if any."""
    extra: str | None = None
    """The extra that asks for it; None for the base."""
    fits: bool = True
    """Whether the installed version is an expected one."""


def find_packages() -> tuple[Package, ...]:
    """Look up every package that the metadata of vireid names; none is imported.

    Returns:
        Those of the base and of each extra but ``dev``, in the order of the metadata; none where
        vireid runs from a checkout that was never installed.
    """
    try:
        lines = requires("vireid") or []
    except PackageNotFoundError:
        return ()
    return tuple(_found(lines))


def own_version() -> str:
    """Return the version of vireid.

    Returns:
        The version, or that it is not known, as in a checkout that was never installed.
    """
    try:
        return version("vireid")
    except PackageNotFoundError:
        return "not installed"


def _found(lines: list[str]) -> Iterator[Package]:
    for line in lines:
        one = Requirement(line)
        extra = _extra(one)
        if extra == "dev" or (extra is None and one.marker and not one.marker.evaluate()):
            continue
        try:
            here = version(one.name)
        except PackageNotFoundError:
            yield Package(one.name, str(one.specifier), None, extra, fits=False)
            continue
        fits = one.specifier.contains(here, prereleases=True)
        yield Package(one.name, str(one.specifier), here, extra, fits)


def _extra(one: Requirement) -> str | None:
    """Return the extra that a requirement belongs to."""
    found = str(one.marker or "").partition("extra ==")[2]
    return found.strip().strip("'\"") or None
