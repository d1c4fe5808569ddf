"""Progress bars, tables and what the library says, on the terminal."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from vireid.observers.crowding import crowding
from vireid.types import Tell

console = Console(highlight=False, markup=False, soft_wrap=True)
"""Where results go."""
if not console.is_terminal:
    console.width = 1000  # a file or another program gets whole lines


class _Messages(logging.Handler):
    """Prints what the library says; its warnings go where they would go without a handler."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            console.print(record.getMessage())
        elif not logging.getLogger().handlers and logging.lastResort is not None:
            logging.lastResort.handle(record)


@contextmanager
def messages() -> Iterator[None]:
    """Print what the library says meanwhile.

    Yields:
        Nothing.
    """
    logger, handler = logging.getLogger("vireid"), _Messages()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """Show a bar on the terminal; nothing where the output is no terminal.

    At the end it is said once where other programs have slowed the work.

    Args:
        what: a word or two on what is going on.

    Yields:
        A function to call with how many are done and how many there are.
    """
    columns = (
        TextColumn("{task.description:24s}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)
        crowding().begin()
        yield lambda done, total: bar.update(task, completed=done, total=total)
    crowding().end()


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    """Return a table whose first column is text and whose other columns are numbers.

    Args:
        header: names of the columns.
        rows: the cells.
        title: above the table.

    Returns:
        The table, to be printed.
    """
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for i, name in enumerate(header):
        last = i == len(header) - 1  # it may hold a long path, of which nothing is cut off
        table.add_column(name, justify="right" if i else "left", no_wrap=not last, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
