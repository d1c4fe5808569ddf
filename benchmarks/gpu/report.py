"""What a check found: lines as they come, and a JSON of all of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Literal

Kind = Literal["PASS", "FAIL", "INFO"]
Number = float | int | str | bool | None


@dataclass(frozen=True)
class Line:
    """One thing that was found."""

    section: str
    kind: Kind
    text: str
    second: float
    """Since the beginning."""
    values: Mapping[str, Number]
    """What was measured, for whoever reads the JSON."""


@dataclass
class Report:
    """Where sections say what they found."""

    device: str
    """cpu, cuda, cuda:1 ..."""
    small: bool = False
    """Tiny sizes: the script is tried, nothing is measured."""
    budget: float = 470
    """Seconds for everything."""
    section: str = ""
    """The section that speaks."""
    lines: list[Line] = field(default_factory=list)
    start: float = field(default_factory=perf_counter)

    @property
    def on_gpu(self) -> bool:
        """Tell whether the device is a GPU."""
        return self.device.startswith("cuda")

    @property
    def search_device(self) -> str:
        """Return the device's name for a search: on a CPU the one that takes the GPU's path."""
        return self.device if self.on_gpu else "cpu:0"

    @property
    def failed(self) -> list[Line]:
        """Return the lines that say FAIL."""
        return [line for line in self.lines if line.kind == "FAIL"]

    def passed(self) -> float:
        """Return the seconds since the beginning."""
        return perf_counter() - self.start

    def left(self) -> float:
        """Return the seconds that are left."""
        return self.budget - self.passed()

    def info(self, text: str, values: Mapping[str, Number] | None = None) -> None:
        """Say what was found, where nothing was expected."""
        self._say("INFO", text, values)

    def check(self, right: bool, text: str, values: Mapping[str, Number] | None = None) -> None:
        """Say what was found, and whether it is as it should be."""
        self._say("PASS" if right else "FAIL", text, values)

    def check_on_gpu(
        self, right: bool, text: str, values: Mapping[str, Number] | None = None
    ) -> None:
        """Check what only a GPU at full size can do; elsewhere only say it."""
        if self.on_gpu and not self.small:
            self.check(right, text, values)
        else:
            self.info(text, values)

    def write(self, folder: Path) -> Path:
        """Write everything so far into gpu-check.json of a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "gpu-check.json"
        found = {
            "device": self.device,
            "small": self.small,
            "seconds": self.passed(),
            "failed": len(self.failed),
            "lines": [asdict(line) for line in self.lines],
        }
        file.write_text(json.dumps(found, indent=1), encoding="utf-8")
        return file

    def _say(self, kind: Kind, text: str, values: Mapping[str, Number] | None) -> None:
        numbers = {name: _plain(value) for name, value in (values or {}).items()}
        line = Line(self.section, kind, text, self.passed(), numbers)
        self.lines.append(line)
        print(f"[{line.second:6.1f} s] {kind} {self.section}: {text}", flush=True)


def _plain(value: Number) -> Number:
    """Return what JSON can hold: numbers that are not finite as words."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value
