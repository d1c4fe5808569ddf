"""What was found on a machine, and the text of it that goes into a report of a bug."""

from collections.abc import Iterator
from dataclasses import dataclass

from vireid.diagnosis.caches import Cache
from vireid.diagnosis.packages import Package
from vireid.diagnosis.self_tests import SelfTest


@dataclass(frozen=True)
class Examination:
    """What ``examine_machine`` found; ``print`` shows it. Nothing in it names a user or a host."""

    vireid: str
    """Version of this package."""
    python: str
    """Version of Python."""
    system: str
    """Operating system and C library."""
    processor: str
    """Processor, cores and memory."""
    threads: str
    """How many threads compute."""
    devices: tuple[str, ...]
    """What torch can compute on."""
    packages: tuple[Package, ...]
    """What the base and the extras need."""
    caches: tuple[Cache, ...]
    """Folders that keep something between runs."""
    weights: tuple[str, ...]
    """Initial weights that lie here."""
    tests: tuple[SelfTest, ...]
    """What became of the self-tests."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a line for each self-test that failed; none where the base works."""
        return tuple(f"{one.name}: {one.problem}" for one in self.tests if one.problem)

    def __str__(self) -> str:
        """Return all of it as text, to be pasted."""
        lines = [
            _line("vireid", self.vireid),
            _line("Python", self.python),
            _line("system", self.system),
            _line("processor", self.processor),
            _line("threads", self.threads),
            *_listed("devices", self.devices),
            *_listed("packages", _base(self.packages)),
            *_listed("extras", _extras(self.packages)),
            *_listed("folders", map(_cache, self.caches)),
            *_listed("weights", self.weights or ("none: a training needs --weights none, or pip",)),
            *_listed("self-tests", map(_test, self.tests)),
        ]
        return "\n".join(lines)


def _line(title: str, text: str) -> str:
    return f"{title:12s}{text}"


def _listed(title: str, texts: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    """Yield texts, the title before the first of them."""
    for number, text in enumerate(texts):
        yield _line("" if number else title, text)


def _base(packages: tuple[Package, ...]) -> Iterator[str]:
    """Yield the packages of the base, four in a line, then those that do not fit."""
    base = [one for one in packages if one.extra is None]
    here = [f"{one.name} {one.version}" for one in base if one.version]
    for first in range(0, len(here), 4):
        yield ", ".join(here[first : first + 4])
    yield from (_wrong(one) for one in base if not one.fits)
    if not base:
        yield "unknown: vireid is not installed, only imported"


def _extras(packages: tuple[Package, ...]) -> Iterator[str]:
    """Yield a line for each extra."""
    for extra in dict.fromkeys(one.extra for one in packages if one.extra):
        own = [one for one in packages if one.extra == extra]
        wrong = [_wrong(one) for one in own if not one.fits]
        here = ", ".join(f"{one.name} {one.version}" for one in own if one.fits)
        missing = f"missing: {', '.join(wrong)}; pip install 'vireid[{extra}]'"
        yield f"{extra:13s}{missing if wrong else f'present: {here}'}"


def _wrong(one: Package) -> str:
    """Say what is wrong with a package."""
    expected = f"{one.name}{one.expected}"
    return f"{expected} ({one.version} is installed)" if one.version else expected


def _cache(one: Cache) -> str:
    state = "" if one.writable else ", cannot be written to"
    used, free = one.used / 2**20, one.free / 2**30
    return f"{one.use:16s}{one.place}: {used:.1f} MiB, {free:.1f} GiB free{state}"


def _test(one: SelfTest) -> str:
    outcome = f"FAILED: {one.problem}" if one.problem else "passed"
    return f"{one.name:18s}{outcome} ({one.seconds:.1f} s)"
