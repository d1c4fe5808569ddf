"""A table for a paper: rows x protocols, mean and spread over data and seeds, the best in bold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vireid.errors import ConfigError, some
from vireid.metrics import Spread, spread
from vireid.studies.markdown import head_lines, table_line
from vireid.studies.protocol_heads import protocol_heads
from vireid.studies.results import SCORES, Result, of_protocol, protocols_of, values_of
from vireid.studies.sources import read_sources
from vireid.studies.table import COLUMNS

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "±": r"$\pm$", "×": r"$\times$", "→": r"$\rightarrow$",
}  # fmt: skip
"""What stands for a character that LaTeX takes for something else."""


@dataclass(frozen=True)
class Cell:
    """Mean and spread of a row by one protocol."""

    found: Spread | None
    """None where the row was not scored by it."""
    best: bool = False
    """Whether no other row of the column has a higher mean, as it is printed."""


@dataclass(frozen=True)
class PaperTable:
    """What a table shows, however it is written."""

    caption: str
    """What all columns have in common, and what the numbers are."""
    protocols: tuple[str, ...]
    """What each protocol is called beside the others; one empty name where there is one alone."""
    scores: tuple[str, ...]
    """Titles of the scores, the columns of each protocol."""
    rows: dict[str, tuple[Cell, ...]]
    """Cells by row: all scores of the first protocol, then those of the next one."""


def paper_table(
    sources: Sequence[Path | str],
    *,
    scores: Sequence[str] = ("rank1", "mAP"),
    protocols: Sequence[str] = (),
    latex: bool = False,
) -> str:
    """Return a table of studies and evaluated runs for a paper.

    Rows are those of studies, methods of comparisons, or the recipes of runs, columns the protocols
    that scored them; a cell is the mean over data sets and seeds with the standard deviation
    between these runs. Rows that were trained with true identities are never the best; runs of
    ``vireid upper-bound`` are such rows, named ``bound of`` and their recipe.

    Args:
        sources: folders of studies, their ``results.csv``, files of rows of ``compare``, and
            evaluated runs or folders above some.
        scores: which, of rank1, mAP and mINP.
        protocols: words of which a protocol's name must hold one, such as ``indoor``; all
            protocols where not given.
        latex: for LaTeX with the package booktabs; Markdown otherwise.

    Returns:
        Lines of text.

    Raises:
        VireidError: a source cannot be read, or there is nothing to show.
    """
    found = read_sources(sources)
    made = make_paper_table(found.results, scores=scores, protocols=protocols, bounds=found.bounds)
    return _latex(made) if latex else _markdown(made)


def make_paper_table(
    results: Sequence[Result],
    *,
    scores: Sequence[str],
    protocols: Sequence[str] = (),
    bounds: Collection[str] = (),
) -> PaperTable:
    """Gather what a table shows.

    Args:
        results: of studies or runs.
        scores: which, of rank1, mAP and mINP.
        protocols: words of which a protocol's name must hold one; all where not given.
        bounds: rows that were trained with true identities; the best is looked for among others.

    Returns:
        The table.

    Raises:
        ConfigError: a score is unknown, or no protocol has such a name.
    """
    unknown = [name for name in scores if name not in SCORES]
    if unknown or not scores:
        given = ", ".join(unknown) or "nothing"
        raise ConfigError(f"scores: {given} given; expected some of {', '.join(SCORES)}")
    names = protocols_of(results)
    wanted = [n for n in names if not protocols or any(word in n for word in protocols)]
    if not wanted:
        raise ConfigError(
            f"no protocol holds {some(list(protocols))}; there are: {'; '.join(names)}"
        )
    shown = [result for result in results if result.protocol in wanted]
    rows = list(dict.fromkeys(result.row for result in shown))
    columns = []
    for protocol in wanted:
        own = of_protocol(shown, protocol)
        for score in scores:
            found = {row: spread(values_of(own, row, score).values()) for row in rows}
            columns.append(_column(found, bounds))
    common, apart = protocol_heads(wanted)
    return PaperTable(
        _caption(shown, rows, common) + _bounds_told([row for row in rows if row in bounds]),
        tuple(apart),
        tuple(COLUMNS[name] for name in scores),
        dict(zip(rows, zip(*columns, strict=True), strict=True)),
    )


def _column(found: Mapping[str, Spread | None], bounds: Collection[str]) -> list[Cell]:
    """Mark the best rows of a column: those whose printed mean is the highest, bounds left out."""
    means = {
        row: round(one.mean, 1)
        for row, one in found.items()
        if one is not None and row not in bounds
    }
    best = max(means.values()) if len(means) > 1 else None
    return [Cell(one, best is not None and means.get(row) == best) for row, one in found.items()]


def _caption(results: Sequence[Result], rows: Sequence[str], common: str) -> str:
    """Say what the numbers are."""
    counts = sorted({len({(r.data, r.seed) for r in results if r.row == row}) for row in rows})
    runs = " or ".join(map(str, counts)) + (" run" if counts == [1] else " runs")
    what = f"Mean ± standard deviation over {runs}" if counts[-1] > 1 else "One run of each row"
    data = ", ".join(dict.fromkeys(result.data for result in results))
    seeds = ", ".join(map(str, sorted({result.seed for result in results})))
    by = f" {common[0].upper()}{common[1:]}." if common else ""
    unequal = " Rows have different runs: compare their means with care." * (len(counts) > 1)
    return f"{what}, in %. Data: {data}; training seeds {seeds}.{by}{unequal}"


def _bounds_told(rows: Sequence[str]) -> str:
    """Say which rows are no methods."""
    if not rows:
        return ""
    return f" Trained with true identities, and not among the best: {', '.join(rows)}."


def _latex(made: PaperTable) -> str:
    """Write a table for LaTeX."""
    width, count = len(made.scores), len(made.protocols)
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{escaped(made.caption)}}}",
        f"\\begin{{tabular}}{{l{'c' * width * count}}}",
        "\\toprule",
    ]
    if any(made.protocols):
        heads = [f"\\multicolumn{{{width}}}{{c}}{{{escaped(name)}}}" for name in made.protocols]
        starts = range(2, 2 + width * count, width)
        rules = " ".join(f"\\cmidrule(lr){{{s}-{s + width - 1}}}" for s in starts)
        lines += [" & ".join(["", *heads]).strip() + r" \\", rules]
    lines += [" & ".join(["", *map(escaped, made.scores * count)]).strip() + r" \\", "\\midrule"]
    for row, cells in made.rows.items():
        lines.append(" & ".join([escaped(row), *map(_latex_cell, cells)]) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", "\\end{table}", ""])


def _latex_cell(cell: Cell) -> str:
    mean, deviation = _numbers(cell)
    mean = f"\\textbf{{{mean}}}" if cell.best else mean.replace("-", "--")
    return f"{mean} $\\pm$ {deviation}" if deviation else mean


def _numbers(cell: Cell) -> tuple[str, str]:
    """Return the texts of mean and deviation; a dash where there is no score."""
    if cell.found is None:
        return "-", ""
    deviation = cell.found.deviation
    return f"{cell.found.mean:.1f}", "" if deviation is None else f"{deviation:.1f}"


def escaped(text: str) -> str:
    """Return a text as LaTeX shows it.

    Args:
        text: any.

    Returns:
        The text, its special characters escaped.

    >>> print(escaped("+ 50% of n_1 & 2"))
    + 50\\% of n\\_1 \\& 2
    """
    return "".join(LATEX.get(sign, sign) for sign in text)


def _markdown(made: PaperTable) -> str:
    """Write a table as Markdown."""
    titles = [f"{name}: {s}" if name else s for name in made.protocols for s in made.scores]
    lines = [made.caption, "", *head_lines(["", *titles])]
    for row, cells in made.rows.items():
        texts = []
        for cell in cells:
            mean, deviation = _numbers(cell)
            mean = f"**{mean}**" if cell.best else mean
            texts.append(f"{mean} ± {deviation}" if deviation else mean)
        lines.append(table_line([row, *texts]))
    return "\n".join([*lines, ""])
