"""What an evaluation leaves on the disk: protocols side by side, in JSON, and tables of queries."""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import CheckpointError, DataError
from vireid.files import whole_file
from vireid.runs import Run
from vireid.runs.scores import VERSION, by_protocol
from vireid.scoring.account import Account
from vireid.scoring.kept import alike, changed_networks, described, lost
from vireid.scoring.query_table import write_queries
from vireid.scoring.scores import ProtocolScores

_log = logging.getLogger("vireid")


def merge_metrics(run: Run, account: Account, seconds: float) -> None:
    """Add scores to metrics.json, beside those of other protocols and of other stages.

    Args:
        run: the run.
        account: the scores. Earlier ones of the same protocol on other test images, and those of
            stages whose network has changed since, are dropped from the file, and named in a
            message.
        seconds: of this evaluation.

    Raises:
        CheckpointError: the file is damaged.
        DataError: it cannot be written.
    """
    metrics, timing = read_scores(run.metrics_file), read_json(run.timing_file)
    protocols, facts = metrics["protocols"], account.facts()
    results = account.scored.results
    _drop_changed(run, protocols, {(account.key, stage) for stage in results})
    earlier = protocols.get(account.key)
    stages: dict[str, Any] = {}
    if earlier is not None:
        _say_replaced(run.metrics_file, earlier, lost(earlier, facts, merged=True), facts)
        if alike(earlier, facts):
            stages = dict(earlier["stages"])
            facts["networks"] = earlier["networks"] | facts["networks"]
    stages |= {stage: result.table() for stage, result in results.items()}
    protocols[account.key] = {**facts, "stages": stages}
    metrics["seconds"] = timing | metrics.get("seconds", {}) | {"evaluation": seconds}
    metrics |= {"seed": run.outline().seed, "protocols": protocols}
    write_json(run.metrics_file, metrics)


def _drop_changed(run: Run, protocols: dict[str, Any], scored: set[tuple[str, str]]) -> None:
    """Drop the scores of networks that the run no longer has, and name them."""
    for key, stage in list(changed_networks(run, protocols, scored)):
        entry = protocols[key]
        where = f"{key}; {entry.get('data')}; another network"
        _log.info("dropped from %s: %s (%s)", run.metrics_file, stage, where)
        for part in ("stages", "networks"):
            del entry[part][stage]
        if not entry["stages"]:
            del protocols[key]


def write_scores(folder: Path, account: Account) -> list[Path]:
    """Write the scores of all draws, and of all queries in all draws.

    Args:
        folder: gets evaluation.json, which keeps what it holds of other protocols, and the table
            of queries, whose name holds that of the protocol.
        account: the scores; earlier ones of the same protocol that go are named in a message.

    Returns:
        The two files.

    Raises:
        CheckpointError: an earlier evaluation.json is damaged.
        DataError: a file cannot be written.
    """
    summary, facts = folder / "evaluation.json", account.facts()
    protocols = read_scores(summary)["protocols"]
    earlier = protocols.get(account.key)
    if earlier is not None:
        _say_replaced(summary, earlier, lost(earlier, facts, merged=False), facts)
    stages = {name: _summary(result) for name, result in account.scored.results.items()}
    protocols[account.key] = {**facts, "stages": stages}
    write_json(summary, {"version": VERSION, "protocols": protocols})
    table = write_queries(named_file(folder, "queries", account.key), account.scored, account.data)
    return [summary, table]


def named_file(folder: Path, name: str, key: str) -> Path:
    """Return where what belongs to a protocol is written, without an ending.

    Args:
        folder: its folder.
        name: what it is.
        key: the whole name of the protocol.

    Returns:
        The path.

    >>> named_file(Path("run"), "queries", "RegDB, visible-to-infrared, 1 draw").name
    'queries-regdb-visible-to-infrared-1-draw'
    """
    return folder / f"{name}-{'-'.join(re.findall('[a-z0-9]+', key.lower()))}"


def _summary(result: ProtocolScores) -> dict[str, Any]:
    """Return scores in percent: mean, standard deviation, of each draw, and the CMC curve."""
    return {
        "mean": result.table(),
        "spread": result.spread(),
        "draws": {name: values.tolist() for name, values in result.columns().items()},
        "cmc": (100 * np.mean([draw.cmc for draw in result.draws], axis=0)).tolist(),
        "valid_queries": [draw.valid_queries for draw in result.draws],
    }


def _say_replaced(
    file: Path, earlier: Mapping[str, Any], stages: Sequence[str], facts: Mapping[str, Any]
) -> None:
    """Name the stages whose earlier scores a file loses."""
    if stages:
        _log.info("replaced in %s: %s (%s)", file, ", ".join(stages), described(earlier, facts))


def read_scores(path: Path) -> dict[str, Any]:
    """Read metrics.json or evaluation.json, of whatever version.

    Args:
        path: the file.

    Returns:
        What it holds, its scores under ``protocols``; none where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        return by_protocol(read_json(path))
    except DataError as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it and try again") from error


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        path: the file.

    Returns:
        The object; an empty one where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it and try again") from error


def write_json(path: Path, value: object) -> None:
    """Write JSON, whole or not at all.

    Args:
        path: the file.
        value: plain values.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(path) as whole:
        whole.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
