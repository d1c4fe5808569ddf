"""Whether training on one GPU is right, how fast it is, and whether it is bit-equal.

    make gpu                                              # at most 8 minutes on one GPU
    python benchmarks/gpu_check.py --device cpu --small   # tries the script itself, anywhere
    python benchmarks/gpu_check.py --only parity waits    # some sections

Each section is tried by itself: one that fails does not end the others, and those that there is no
time for are left out. A line says PASS, FAIL or INFO; all of them go to gpu-check.json in the
folder of --out too. The exit code is 1 if anything failed. Nothing is downloaded.
"""

import argparse
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from gpu.clock import forget_peak
from gpu.demo import demo
from gpu.embedding import embedding
from gpu.machine import machine
from gpu.paper_scale import paper_scale
from gpu.parity import parity
from gpu.report import Report
from gpu.resume import resume
from gpu.search import search
from gpu.throughput import compiled, throughput
from gpu.waits import waits

Section = Callable[[Report], None]
SECTIONS: dict[str, Section] = {
    "machine": machine,
    "parity": parity,
    "search": search,
    "waits": waits,
    "embedding": embedding,
    "resume": resume,
    "throughput": throughput,
    "paper_scale": paper_scale,
    "demo": demo,
    "compiled": compiled,
}
"""In this order."""
NEEDED = 10
"""Seconds that must be left for a section to begin."""
TOLD = 700
"""Characters of an error."""


class OutOfTimeError(Exception):
    """The budget is used up in the middle of a section."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``OutOfTimeError`` in what is done meanwhile, once the seconds have passed."""

    def stop(*_: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_section(name: str, section: Section, report: Report) -> None:
    """Run a section; whatever becomes of it is a line of the report."""
    report.section = name
    if report.left() < NEEDED:
        report.info("left out for time")
        return
    before = report.passed()
    try:
        with time_limit(report.left()):
            forget_peak(report.device)
            section(report)
    except Exception:
        if report.left() <= 0:
            report.info("ended for time")
        else:
            said = traceback.format_exc(limit=-4).strip().replace("\n", " | ")
            report.check(False, said[-TOLD:])
    report.info(f"took {report.passed() - before:.1f} s")


def run_sections(sections: Mapping[str, Section], report: Report, out: Path) -> None:
    """Run sections one after the other; what is found is written after each."""
    for name, section in sections.items():
        run_section(name, section, report)
        report.write(out)


def options() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").strip(), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda", help="default: cuda")
    parser.add_argument("--small", action="store_true", help="tiny sizes: measures nothing")
    parser.add_argument("--budget", type=float, default=470, help="seconds; default: 470")
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=f"of: {', '.join(SECTIONS)}"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(os.environ.get("OUT", "gpu-check")),
        help="folder of gpu-check.json; default: what OUT names in the environment, or gpu-check",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections and print what failed; return the exit code."""
    parser = options()
    asked = parser.parse_args(arguments)
    if asked.device.startswith("cuda") and not torch.cuda.is_available():
        parser.error(
            f"torch finds no GPU for {asked.device}; try the script by --device cpu --small"
        )
    # Trainings set it too, but cuBLAS reads it once, before the first of them begins here.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    report = Report(asked.device, small=asked.small, budget=asked.budget)
    chosen = {name: SECTIONS[name] for name in SECTIONS if not asked.only or name in asked.only}
    run_sections(chosen, report, asked.out)
    failed = report.failed
    print(f"\n{len(failed)} failed, {report.passed():.0f} s, {asked.out / 'gpu-check.json'}")
    for line in failed:
        print(f"  {line.section}: {line.text[:300]}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
