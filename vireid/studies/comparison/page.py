"""Rows of a comparison -> a page: a table for each protocol, and what has to be said beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vireid.metrics import Spread, spread
from vireid.studies.by_run import gains_by_run
from vireid.studies.comparison.lines import Line
from vireid.studies.comparison.rows import Row
from vireid.studies.markdown import gain_text, head_lines, spread_text, table_line

SCORES = {"rank1": "Rank-1", "mAP": "mAP", "mINP": "mINP"}
"""Title of each score."""
COSTS = {"ari": ("shared ARI", 3), "minutes": ("minutes", 1), "memory": ("memory (MB)", 0)}
"""Title and digits of what else is measured."""
UNKNOWN = "–"
"""What stands where nothing is known, or nothing is to be compared."""


@dataclass(frozen=True)
class Shown:
    """What a page shows."""

    rows: Mapping[str, Sequence[Row]]
    """By method, in the order of the table."""
    base: str
    """The method that all others are held against."""
    wanted: Mapping[str, int]
    """Trainings of each method, data sets x seeds, by the whole name of the protocol."""
    lines: Mapping[str, Line]
    """What is said of each method."""
    remarks: Sequence[str] = ()
    """Sentences on what is not equal in all rows, and on how settings were chosen."""


def comparison_page(shown: Shown) -> str:
    """Write the page of a comparison.

    Args:
        shown: rows of all methods, and what is to be said of them.

    Returns:
        Markdown.
    """
    parts = [_caption(shown)]
    for protocol in _protocols(shown):
        parts += [f"**{protocol}**", score_table(shown, protocol)]
    further = [*_scored_later(shown), *_failures(shown)]
    return "\n\n".join([*parts, *_list([*shown.remarks, *further])]) + "\n"


def score_table(shown: Shown, protocol: str) -> str:
    """Return the table of one protocol.

    Args:
        shown: rows of all methods.
        protocol: its whole name.

    Returns:
        Lines of Markdown: mean ± standard deviation over the runs; the mean gain in mAP over the
        base and, where there is a bound, the mean share of its mAP, each run by run, ± its
        standard error.
    """
    bound = next((name for name, line in shown.lines.items() if line.oracle), None)
    titles = [
        "", *SCORES.values(), f"mAP over `{shown.base}`",
        *([] if bound is None else [f"mAP, % of `{bound}`"]),
        *(title for title, _ in COSTS.values()), "cameras", "tracks", "settings", "runs",
    ]  # fmt: skip
    held = {name: _of(shown.rows.get(name or "", ()), protocol) for name in (shown.base, bound)}
    lines = head_lines(titles)
    for name, rows in shown.rows.items():
        found = _of(rows, protocol)
        if found:
            over = None if name == shown.base else gain(found, held[shown.base])
            beside = [gain_text(over, unknown=UNKNOWN)]
            if bound is not None:
                of_bound = None if name == bound else share(found, held[bound])
                beside.append(gain_text(of_bound, unknown=UNKNOWN, signed=False))
            lines.append(table_line(_cells(shown, name, found, beside)))
    return "\n".join(lines)


def gain(rows: Sequence[Row], base: Sequence[Row]) -> Spread | None:
    """Compare two methods in mAP run by run: same data, same seed.

    Args:
        rows: of the one that should be better, by one protocol.
        base: of the other one.

    Returns:
        Mean and spread of the differences; None where no run has both.
    """
    return spread(gains_by_run(_precision(rows), _precision(base)).values())


def share(rows: Sequence[Row], bound: Sequence[Row]) -> Spread | None:
    """Hold the mAP of a method against that of a supervised bound, run by run.

    Args:
        rows: of the method, by one protocol.
        bound: of the bound.

    Returns:
        Mean and spread of the shares, in %; None where no run has both.
    """
    own, its = _precision(rows), _precision(bound)
    return spread(100 * own[key] / its[key] for key in own if its.get(key))


def _precision(rows: Sequence[Row]) -> dict[tuple[str, int], float]:
    """Return mAP by what runs are paired by."""
    return {(row.contents, row.seed): row.mAP for row in rows if row.mAP is not None}


def _cells(shown: Shown, name: str, rows: Sequence[Row], beside: Sequence[str]) -> Iterator[str]:
    line, wanted = shown.lines[name], shown.wanted[rows[0].protocol]
    yield f"`{name}` (*oracle*)" if line.oracle else f"`{name}`"
    for score in SCORES:
        yield spread_text(_spread(rows, score), unknown=UNKNOWN)
    yield from beside
    for cost, (_, digits) in COSTS.items():
        yield spread_text(_spread(rows, cost), digits, unknown=UNKNOWN)
    yield line.cameras
    yield line.tracks
    yield line.setting
    failed = sum(bool(row.failed) for row in rows)
    of = "" if len(rows) == wanted else f" of {wanted}"
    yield f"{len(rows)}{of}" + (f", {failed} failed" if failed else "")


def _caption(shown: Shown) -> str:
    """Say what the numbers are of."""
    rows = _once(shown)
    if not rows:
        return "No row is there yet."
    data = dict.fromkeys(f"{row.data} ({row.contents})" for row in rows)
    seeds = sorted({row.seed for row in rows})
    networks = dict.fromkeys(row.network for row in rows)
    least, most = min(row.images for row in rows), max(row.images for row in rows)
    images = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    commits = dict.fromkeys(sorted(row.commit for row in rows))
    return (
        f"Data: {', '.join(data)}; training seeds {', '.join(map(str, seeds))}; network "
        f"{', '.join(networks)}; {images} images seen in a training, of which the last epoch is "
        f"scored; code of commit {', '.join(commits)}. Mean ± standard deviation over the runs "
        "(data x seeds); Rank-1, mAP and mINP in %. "
        f"Gains over `{shown.base}` are those of runs with the same data and seed, mean ± standard "
        "error; so are shares of a bound's mAP. Shared ARI compares the last labels with the "
        "identities of the training images "
        "(matched labels, or mixed ones where nothing is matched). Minutes are those of labelling "
        "and steps; memory is the peak of the process, or of its GPU. *Cameras* and *tracks*: "
        "whether the method is told which camera took a training image, and of which track it is; "
        "*idle* where it would use that and the data do not say it. "
        "*Oracle*: trained with true identities."
    )


def _protocols(shown: Shown) -> list[str]:
    return list(dict.fromkeys(row.protocol for rows in shown.rows.values() for row in rows))


def _once(shown: Shown) -> list[Row]:
    """Return one row of each training."""
    found = {(*row.key[:2], row.seed): row for rows in shown.rows.values() for row in rows}
    return list(found.values())


def _of(rows: Sequence[Row], protocol: str) -> list[Row]:
    return [row for row in rows if row.protocol == protocol]


def _spread(rows: Sequence[Row], name: str) -> Spread | None:
    values = (getattr(row, name) for row in rows)
    return spread(value for value in values if value is not None)


def _scored_later(shown: Shown) -> Iterator[str]:
    """Say which rows were scored by other code than has trained them."""
    for protocol in _protocols(shown):
        commits: dict[str, dict[str, None]] = {}
        for name, rows in shown.rows.items():
            for row in _of(rows, protocol):
                if row.scored_by:
                    commits.setdefault(row.scored_by, {})[f"`{name}`"] = None
        for commit, names in commits.items():
            yield (
                f"{protocol}: {', '.join(names)} scored by the code of commit {commit}, which is "
                "not the code that trained."
            )


def _failures(shown: Shown) -> Iterator[str]:
    for name, rows in shown.rows.items():
        for row in {(row.contents, row.seed): row for row in rows if row.failed}.values():
            yield f"`{name}` on {row.data}, seed {row.seed}, could not be trained: {row.failed}"


def _list(remarks: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {remark}" for remark in remarks)] if remarks else []
