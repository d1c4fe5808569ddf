"""What the benchmarks share: the best of some goes, Markdown tables, and how a page is written."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

GOES = 3
RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"


def best(
    work: Callable[[], object], before: Callable[[], object] = lambda: None, goes: int = GOES
) -> float:
    """Return the seconds of the fastest of some goes; what is done before each is not timed."""
    seconds = []
    for _ in range(goes):
        before()
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Iterator[str]:
    """Yield the lines of a Markdown table, whose first columns are words and the others numbers."""
    yield f"| {' | '.join(header)} |"
    yield "|" + "---|" * words + "---:|" * (len(header) - words)
    yield from (f"| {' | '.join(row)} |" for row in rows)


def options(description: str, quick: str) -> argparse.ArgumentParser:
    """Return a parser with --quick."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{quick}; writes no page")
    return parser


def publish(name: str, lines: Iterable[str], *, quick: bool) -> None:
    """Print a page and, unless it was quick, write it below docs/results."""
    page = "\n".join(lines) + "\n"
    print(page)
    if not quick:
        (RESULTS / f"{name}.md").write_text(page, encoding="utf-8")
